"""Sanctions, appeals and reports."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from consultations.models import AppealStatus, ReasonCode, about_one


class SanctionKind(models.TextChoices):
    """What each excludes from: `moderation.actions.sanctions.EXCLUDES`."""

    WARNING = "warning", _("warning")
    MUTE = "mute", _("no questions, concerns or comments for a while")
    BAN = "ban", _("excluded from taking part")


class Sanction(models.Model):
    """Holds in the whole commune, for the confirmed person, whatever device they use."""

    commune = models.ForeignKey(
        "communes.Commune", on_delete=models.CASCADE, related_name="sanctions"
    )
    #: The sitting where it was given, on whose timeline it stands; null: it was given about a
    #: concern, and stands on the timeline of the commune's board.
    sitting = models.ForeignKey(
        "live.Sitting", null=True, on_delete=models.CASCADE, related_name="sanctions"
    )
    #: Null once the account is deleted.
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    #: Keyed hashes of what a deleted account was confirmed with, kept while the sanction lasts,
    #: so that deleting the account does not end it.
    contacts = models.JSONField(default=list)
    kind = models.CharField(max_length=8, choices=SanctionKind.choices)
    reason = models.CharField(max_length=500)
    question = models.ForeignKey(
        "consultations.Question", null=True, on_delete=models.SET_NULL, related_name="+"
    )
    moderator = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    at = models.DateTimeField()
    until = models.DateTimeField(null=True)
    lifted_at = models.DateTimeField(null=True)
    appeal = models.CharField(max_length=10, choices=AppealStatus.choices, blank=True)
    appeal_reason = models.CharField(max_length=500, blank=True)

    class Meta:
        indexes = (models.Index(fields=("commune", "person"), name="sanctions_of_person"),)

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"


class Appeal(models.Model):
    """Somebody asks another moderator to look again; one per question or sanction."""

    sitting = models.ForeignKey("live.Sitting", on_delete=models.CASCADE, related_name="appeals")
    question = models.OneToOneField(
        "consultations.Question", null=True, on_delete=models.CASCADE, related_name="+"
    )
    sanction = models.OneToOneField(Sanction, null=True, on_delete=models.CASCADE, related_name="+")
    text = models.CharField(max_length=500)
    state = models.CharField(
        max_length=10, choices=AppealStatus.choices, default=AppealStatus.PENDING
    )
    reason = models.CharField(max_length=500, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=models.Q(question=None) ^ models.Q(sanction=None),
                name="appeal_about_one_thing",
            ),
        )

    def __str__(self) -> str:
        return f"{self.state} {self.pk}"


class Report(models.Model):
    """A citizen finds that a published question, concern or comment should not be there."""

    question = models.ForeignKey(
        "consultations.Question", null=True, on_delete=models.CASCADE, related_name="+"
    )
    concern = models.ForeignKey(
        "consultations.Concern", null=True, on_delete=models.CASCADE, related_name="+"
    )
    comment = models.ForeignKey(
        "consultations.Comment", null=True, on_delete=models.CASCADE, related_name="+"
    )
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    code = models.CharField(max_length=20, choices=ReasonCode.choices)
    text = models.CharField(max_length=300, blank=True)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("question", "person"), name="report_once"),
            models.UniqueConstraint(fields=("concern", "person"), name="concern_report_once"),
            models.UniqueConstraint(fields=("comment", "person"), name="comment_report_once"),
            about_one("report_about_one_thing"),
        )

    def __str__(self) -> str:
        return f"{self.code} {self.pk}"
