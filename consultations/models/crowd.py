"""What a crowd does: reactions without a name, how many are there; and who wants a reminder."""

from django.conf import settings
from django.db import models


class ReactionWindow(models.Model):
    """How often each reaction was sent within one window. Nothing says by whom."""

    sitting = models.ForeignKey(
        "live.Sitting", on_delete=models.CASCADE, related_name="reaction_windows"
    )
    #: Number of the window since 1970: Unix time divided by its length.
    window_number = models.PositiveBigIntegerField()
    applaud = models.PositiveIntegerField(default=0)
    agree = models.PositiveIntegerField(default=0)
    unclear = models.PositiveIntegerField(default=0)
    slower = models.PositiveIntegerField(default=0)
    #: The timeline has said it.
    said = models.BooleanField(default=False)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("sitting", "window_number"), name="one_row_per_window"),
        )

    def __str__(self) -> str:
        return f"{self.sitting_id} {self.window_number}"


class PresenceSample(models.Model):
    """How many people were in a sitting at a moment, and how much attention there was by then."""

    sitting = models.ForeignKey(
        "live.Sitting", on_delete=models.CASCADE, related_name="presence_samples"
    )
    at = models.DateTimeField()
    people = models.PositiveIntegerField()
    #: Person-minutes from the first sample to this one.
    person_minutes = models.FloatField()

    class Meta:
        ordering = ("at",)
        indexes = (models.Index(fields=("sitting", "at"), name="presence_by_time"),)

    def __str__(self) -> str:
        return f"{self.sitting_id} {self.people}"


class Reminder(models.Model):
    """Somebody wants to be told when a sitting starts. The row goes once they are."""

    sitting = models.ForeignKey("live.Sitting", on_delete=models.CASCADE, related_name="reminders")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("sitting", "person"), name="one_reminder_each"),
        )

    def __str__(self) -> str:
        return f"{self.sitting_id}"


class PushDevice(models.Model):
    """A browser that takes notifications (Push API; RFC 8030, 8291)."""

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="push_devices"
    )
    #: Where to send; it is a secret between the browser, its push service and us.
    endpoint = models.URLField(max_length=600, unique=True)
    p256dh = models.CharField(max_length=100)
    auth = models.CharField(max_length=40)
    added_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"{self.person_id}"
