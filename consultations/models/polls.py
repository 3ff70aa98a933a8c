"""Polls. Of a secret ballot only who voted and how many votes each option has are stored."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class PollState(models.TextChoices):
    DRAFT = "draft", _("prepared")
    OPEN = "open", _("open")
    CLOSED = "closed", _("closed")


class Poll(models.Model):
    """A question with one choice among options, put to everyone present."""

    sitting = models.ForeignKey("live.Sitting", on_delete=models.CASCADE, related_name="polls")
    prompt = models.CharField(_("question"), max_length=300)
    secret = models.BooleanField(_("secret ballot"), default=True)
    state = models.CharField(max_length=8, choices=PollState.choices, default=PollState.DRAFT)
    opened_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    #: What the timeline last said of the number of voters, and when.
    tallied = models.PositiveIntegerField(default=0)
    tallied_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("poll")
        verbose_name_plural = _("polls")

    def __str__(self) -> str:
        return self.prompt


class PollOption(models.Model):
    """One option and its count."""

    poll = models.ForeignKey(Poll, on_delete=models.CASCADE, related_name="options")
    position = models.PositiveSmallIntegerField()
    label = models.CharField(max_length=160)
    votes = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ("position",)
        constraints = (
            models.UniqueConstraint(fields=("poll", "position"), name="one_option_per_position"),
        )

    def __str__(self) -> str:
        return self.label


class BallotMarker(models.Model):
    """Who has voted. Nothing here, nor any order or time, says for what."""

    pk = models.CompositePrimaryKey("poll_id", "person_id")
    poll = models.ForeignKey(Poll, on_delete=models.CASCADE, related_name="markers")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")

    def __str__(self) -> str:
        return f"{self.poll_id}"


class OpenBallot(models.Model):
    """The choice of one voter in a poll that is not secret."""

    poll = models.ForeignKey(Poll, on_delete=models.CASCADE, related_name="open_ballots")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    option = models.ForeignKey(PollOption, on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints = (models.UniqueConstraint(fields=("poll", "person"), name="open_ballot_once"),)

    def __str__(self) -> str:
        return f"{self.poll_id}"
