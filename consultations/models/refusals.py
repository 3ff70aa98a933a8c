"""Refusals that wait for a second moderator's word."""

from django.conf import settings
from django.db import models

from .about import about_one
from .concerns import Comment, Concern
from .questions import Question, ReasonCode


class PendingRefusal(models.Model):
    """A refusal that another moderator must confirm. Published by itself after `until`."""

    question = models.OneToOneField(
        Question, null=True, on_delete=models.CASCADE, related_name="pending_refusal"
    )
    concern = models.OneToOneField(
        Concern, null=True, on_delete=models.CASCADE, related_name="pending_refusal"
    )
    comment = models.OneToOneField(
        Comment, null=True, on_delete=models.CASCADE, related_name="pending_refusal"
    )
    moderator = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    code = models.CharField(max_length=20, choices=ReasonCode.choices)
    reason = models.CharField(max_length=300, blank=True)
    asked_at = models.DateTimeField()
    until = models.DateTimeField(db_index=True)

    class Meta:
        constraints = (about_one("refusal_about_one_thing"),)

    def __str__(self) -> str:
        return f"{self.code} {self.pk}"
