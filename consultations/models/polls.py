"""Polls. Of a secret ballot only who voted and how many votes each option has are stored."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from .levels import LevelName


class PollState(models.TextChoices):
    DRAFT = "draft", _("prepared")
    OPEN = "open", _("open")
    CLOSED = "closed", _("closed")


class PollKind(models.TextChoices):
    ONE = "one", _("one choice")
    SEVERAL = "several", _("several choices")
    RATING = "rating", _("rating from 1 to 5")
    YES_NO = "yes_no", _("yes, no or abstain")


class Results(models.TextChoices):
    """When the public sees the result."""

    LIVE = "live", _("as it comes")
    AT_CLOSING = "at_closing", _("when the poll closes")
    ON_REVEAL = "on_reveal", _("when the host reveals it")


class Poll(models.Model):
    """Something put to the vote of everyone present."""

    sitting = models.ForeignKey("live.Sitting", on_delete=models.CASCADE, related_name="polls")
    prompt = models.CharField(_("question"), max_length=300)
    kind = models.CharField(_("kind"), max_length=7, choices=PollKind.choices, default=PollKind.ONE)
    #: How many options one may choose.
    min_choices = models.PositiveSmallIntegerField(default=1)
    max_choices = models.PositiveSmallIntegerField(default=1)
    secret = models.BooleanField(_("secret ballot"), default=True)
    results = models.CharField(
        _("result shown"), max_length=10, choices=Results.choices, default=Results.LIVE
    )
    #: Who may vote; empty until it opens: whoever may take part in the sitting.
    level = models.CharField(max_length=9, choices=LevelName.choices, blank=True)
    by_level = models.BooleanField(_("result by level"), default=False)
    state = models.CharField(max_length=8, choices=PollState.choices, default=PollState.DRAFT)
    #: The result is for everyone.
    revealed = models.BooleanField(default=False)
    opened_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    voters = models.PositiveIntegerField(default=0)
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
    #: What it means in a poll whose options are not written by hand: `yes`, `3`.
    code = models.CharField(max_length=8, blank=True)
    votes = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ("position",)
        constraints = (
            models.UniqueConstraint(fields=("poll", "position"), name="one_option_per_position"),
        )

    def __str__(self) -> str:
        return self.label


class BallotMarker(models.Model):
    """Who has voted, and at what level. Nothing here, nor any order or time, says for what.

    On SQLite the table has no row numbers, which would tell the order in which people voted
    (migration `0004`; a test looks whether it is still so).
    """

    pk = models.CompositePrimaryKey("poll_id", "person_id")
    poll = models.ForeignKey(Poll, on_delete=models.CASCADE, related_name="markers")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    level = models.CharField(max_length=9, choices=LevelName.choices, default=LevelName.CONFIRMED)

    def __str__(self) -> str:
        return f"{self.poll_id}"


class OpenBallot(models.Model):
    """One choice of one voter in a poll that is not secret."""

    poll = models.ForeignKey(Poll, on_delete=models.CASCADE, related_name="open_ballots")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    option = models.ForeignKey(PollOption, on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("poll", "person", "option"), name="open_ballot_option_once"
            ),
        )

    def __str__(self) -> str:
        return f"{self.poll_id}"
