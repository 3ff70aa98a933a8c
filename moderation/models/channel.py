"""What staff say to each other."""

from django.conf import settings
from django.db import models


class Note(models.Model):
    """A private note about a question."""

    question = models.ForeignKey(
        "consultations.Question", on_delete=models.CASCADE, related_name="private_notes"
    )
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    role = models.CharField(max_length=20)
    text = models.CharField(max_length=500)
    at = models.DateTimeField()

    class Meta:
        ordering = ("id",)

    def __str__(self) -> str:
        return self.text[:60]


class StaffMessage(models.Model):
    """A message of a sitting's staff channel."""

    sitting = models.ForeignKey("live.Sitting", on_delete=models.CASCADE, related_name="+")
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    role = models.CharField(max_length=20)
    text = models.CharField(max_length=500)
    at = models.DateTimeField()

    class Meta:
        ordering = ("id",)

    def __str__(self) -> str:
        return self.text[:60]
