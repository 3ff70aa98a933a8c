"""A moderator's decisions: kept, never changed."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from consultations.models import ReasonCode, about_one


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
    """Who decided what of a question, a concern or a comment, when, why, and from which state."""

    question = models.ForeignKey(
        "consultations.Question", null=True, on_delete=models.CASCADE, related_name="decisions"
    )
    concern = models.ForeignKey(
        "consultations.Concern", null=True, on_delete=models.CASCADE, related_name="decisions"
    )
    comment = models.ForeignKey(
        "consultations.Comment", null=True, on_delete=models.CASCADE, related_name="decisions"
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
    #: The question that it was merged into, or the concern.
    target = models.ForeignKey(
        "consultations.Question", null=True, on_delete=models.SET_NULL, related_name="+"
    )
    carrier = models.ForeignKey(
        "consultations.Concern", null=True, on_delete=models.SET_NULL, related_name="+"
    )
    #: Its fields before it, for taking it back.
    before = models.JSONField(default=dict)
    #: Its entry on the timeline of the sitting, or of the commune's board, whose digest vouches
    #: for it.
    seq = models.PositiveBigIntegerField(null=True)
    #: It was taken back.
    undone = models.BooleanField(default=False)
    at = models.DateTimeField()

    class Meta:
        ordering = ("at", "id")
        constraints = (about_one("decision_about_one_thing"),)

    def __str__(self) -> str:
        return f"{self.verdict} {self.pk}"


class Claim(models.Model):
    """A moderator is deciding a question, a concern or a comment, until the lease ends."""

    question = models.OneToOneField(
        "consultations.Question", null=True, on_delete=models.CASCADE, related_name="claim"
    )
    concern = models.OneToOneField(
        "consultations.Concern", null=True, on_delete=models.CASCADE, related_name="claim"
    )
    comment = models.OneToOneField(
        "consultations.Comment", null=True, on_delete=models.CASCADE, related_name="claim"
    )
    moderator = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+"
    )
    until = models.DateTimeField(db_index=True)

    class Meta:
        constraints = (about_one("claim_about_one_thing"),)

    def __str__(self) -> str:
        return f"{self.pk} until {self.until:%H:%M:%S}"
