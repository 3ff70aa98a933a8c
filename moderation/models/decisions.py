"""A moderator's decisions: kept, never changed."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from consultations.models import ReasonCode


class Verdict(models.TextChoices):
    APPROVE = "approve", _("approved")
    REJECT = "reject", _("refused")
    SECOND = "second", _("refusal proposed to a second moderator")
    OVERRULE = "overrule", _("published by the second moderator")
    EXPIRE = "expire", _("published since no second moderator confirmed")
    HIGHLIGHT = "highlight", _("chosen")
    UNHIGHLIGHT = "unhighlight", _("no longer chosen")
    MERGE = "merge", _("joined to another")
    SPLIT = "split", _("separated again")
    APPEAL = "appeal", _("published on appeal")
    UNDO = "undo", _("taken back")


class Decision(models.Model):
    """Who decided what of a question, when, why, and from which state."""

    question = models.ForeignKey(
        "consultations.Question", on_delete=models.CASCADE, related_name="decisions"
    )
    #: Null: the account is gone, or nobody (`expire`).
    moderator = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    #: In which role, as the entry says.
    role = models.CharField(max_length=20, default="moderator")
    verdict = models.CharField(max_length=12, choices=Verdict.choices)
    from_state = models.CharField(max_length=12)
    to_state = models.CharField(max_length=12, blank=True)
    code = models.CharField(max_length=20, choices=ReasonCode.choices, blank=True)
    reason = models.CharField(max_length=500, blank=True)
    #: What the question was merged into.
    target = models.ForeignKey(
        "consultations.Question", null=True, on_delete=models.SET_NULL, related_name="+"
    )
    #: Fields of the question before it, for taking it back.
    before = models.JSONField(default=dict)
    #: Its entry on the sitting's timeline, whose digest vouches for it.
    seq = models.PositiveBigIntegerField(null=True)
    #: It was taken back.
    undone = models.BooleanField(default=False)
    at = models.DateTimeField()

    class Meta:
        ordering = ("at", "id")

    def __str__(self) -> str:
        return f"{self.verdict} {self.question_id}"


class Claim(models.Model):
    """A moderator is deciding a question, until the lease ends."""

    question = models.OneToOneField(
        "consultations.Question", on_delete=models.CASCADE, primary_key=True, related_name="claim"
    )
    moderator = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+"
    )
    until = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"{self.question_id} until {self.until:%H:%M:%S}"
