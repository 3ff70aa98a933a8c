"""Questions and the support they get. They change through `consultations.actions` alone."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class QuestionState(models.TextChoices):
    """The transition table is `consultations.actions.questions.TRANSITIONS`."""

    PENDING = "pending", _("waiting for a moderator")
    APPROVED = "approved", _("published")
    ON_SCREEN = "on_screen", _("on screen")
    ANSWERED = "answered", _("answered")
    REJECTED = "rejected", _("refused")
    WITHDRAWN = "withdrawn", _("withdrawn")


class Question(models.Model):
    """A question put to the sitting."""

    sitting = models.ForeignKey("live.Sitting", on_delete=models.CASCADE, related_name="questions")
    #: Null once the author's account is deleted.
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="questions"
    )
    #: How it is signed in public; empty: without a name.
    signature = models.CharField(max_length=60, blank=True)
    text = models.TextField(max_length=1000)
    agenda_item = models.ForeignKey(
        "live.AgendaItem", null=True, on_delete=models.SET_NULL, related_name="+"
    )
    state = models.CharField(
        max_length=10, choices=QuestionState.choices, default=QuestionState.PENDING
    )
    reason = models.CharField(max_length=300, blank=True)
    supports = models.PositiveIntegerField(default=0)
    #: What the timeline last said of `supports`, and when.
    tallied = models.PositiveIntegerField(default=0)
    tallied_at = models.DateTimeField(null=True)
    submitted_at = models.DateTimeField()
    published_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("question")
        verbose_name_plural = _("questions")
        indexes = (models.Index(fields=("sitting", "state"), name="questions_by_state"),)

    def __str__(self) -> str:
        return self.text[:60]


class Support(models.Model):
    """One person supports one question."""

    question = models.ForeignKey(Question, on_delete=models.CASCADE, related_name="supporters")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints = (models.UniqueConstraint(fields=("question", "person"), name="support_once"),)

    def __str__(self) -> str:
        return f"{self.question_id}"
