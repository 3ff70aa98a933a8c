"""Promises made in public. They change through `consultations.actions.commitments` alone."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from .levels import LevelName


class CommitmentStatus(models.TextChoices):
    """`late` is open, and the task that looks every day has found that its day has passed."""

    OPEN = "open", _("under way")
    LATE = "late", _("late")
    KEPT = "kept", _("kept")
    DROPPED = "dropped", _("dropped")


class Commitment(models.Model):
    """A promise: who does what by when. Its own timeline is its history."""

    commune = models.ForeignKey(
        "communes.Commune", on_delete=models.PROTECT, related_name="commitments"
    )
    sitting = models.ForeignKey(
        "live.Sitting", on_delete=models.CASCADE, related_name="commitments"
    )
    timeline = models.OneToOneField(
        "live.Timeline", on_delete=models.PROTECT, related_name="commitment"
    )
    question = models.ForeignKey(
        "consultations.Question", null=True, on_delete=models.SET_NULL, related_name="commitments"
    )
    wording = models.CharField(_("wording"), max_length=500)
    owner = models.CharField(_("who does it"), max_length=160)
    due_on = models.DateField(_("due on"))
    budget_line = models.CharField(_("budget line"), max_length=160, blank=True)
    state = models.CharField(
        max_length=7, choices=CommitmentStatus.choices, default=CommitmentStatus.OPEN
    )
    reason = models.CharField(max_length=2000, blank=True)
    made_at = models.DateTimeField()
    confirmed = models.PositiveIntegerField(default=0)
    contested = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ("-made_at",)
        verbose_name = _("commitment")
        verbose_name_plural = _("commitments")
        indexes = (
            models.Index(fields=("commune", "state"), name="commitments_by_state"),
            models.Index(fields=("state", "due_on"), name="commitments_by_due_day"),
        )

    def __str__(self) -> str:
        return self.wording[:60]


class CommitmentUpdate(models.Model):
    """News of a promise, with evidence. Kept, never changed."""

    commitment = models.ForeignKey(Commitment, on_delete=models.CASCADE, related_name="updates")
    state = models.CharField(max_length=7, choices=CommitmentStatus.choices)
    note = models.TextField(max_length=2000, blank=True)
    link = models.URLField(max_length=400, blank=True)
    file = models.FileField(upload_to="commitments/%Y/", blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    at = models.DateTimeField()

    class Meta:
        ordering = ("at", "id")

    def __str__(self) -> str:
        return f"{self.commitment_id} {self.state}"


class CommitmentVoice(models.Model):
    """One citizen's word on whether a promise was kept."""

    commitment = models.ForeignKey(Commitment, on_delete=models.CASCADE, related_name="voices")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    confirms = models.BooleanField()
    level = models.CharField(max_length=9, choices=LevelName.choices, default=LevelName.CONFIRMED)
    at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("commitment", "person"), name="one_voice_each"),
        )

    def __str__(self) -> str:
        return f"{self.commitment_id}"


class CommitmentFollower(models.Model):
    """Somebody wants to be told what becomes of a promise."""

    commitment = models.ForeignKey(Commitment, on_delete=models.CASCADE, related_name="followers")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("commitment", "person"), name="follows_once"),
        )

    def __str__(self) -> str:
        return f"{self.commitment_id}"
