"""Questions and the support they get. They change through `consultations.actions` and
`moderation.actions` alone."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from .levels import LevelName


class QuestionState(models.TextChoices):
    """The transition table is `consultations.actions.transitions.TRANSITIONS`."""

    PENDING = "pending", _("waiting for a moderator")
    APPROVED = "approved", _("published")
    HIGHLIGHTED = "highlighted", _("chosen")
    ON_SCREEN = "on_screen", _("on screen")
    ANSWERED = "answered", _("answered")
    REJECTED = "rejected", _("refused")
    MERGED = "merged", _("joined to another")
    WITHDRAWN = "withdrawn", _("withdrawn")
    NOT_REACHED = "not_reached", _("not reached")


class ReasonCode(models.TextChoices):
    """Why a question is refused, or reported by a citizen."""

    DUPLICATE = "duplicate", _("Asked already")
    PERSONAL_DATA = "personal_data", _("Contains personal data")
    INSULT = "insult", _("Insults somebody")
    ADVERTISING = "advertising", _("Advertising")
    UNREADABLE = "unreadable", _("Cannot be understood")
    OFF_TOPIC = "off_topic", _("Not about this sitting")
    ANSWERED_ALREADY = "answered_already", _("Answered already")
    PRIVATE_MATTER = "private_matter", _("Concerns one person's own case")
    UNPROVEN_ACCUSATION = "unproven_accusation", _("Accuses somebody without proof")
    OTHER = "other", _("Another reason")


class AppealStatus(models.TextChoices):
    PENDING = "pending", _("appeal waiting")
    ACCEPTED = "accepted", _("appeal accepted")
    DISMISSED = "dismissed", _("appeal dismissed")


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
        max_length=12, choices=QuestionState.choices, default=QuestionState.PENDING
    )
    #: Why it was refused.
    code = models.CharField(max_length=20, choices=ReasonCode.choices, blank=True)
    reason = models.CharField(max_length=300, blank=True)
    #: A moderator has decided.
    reviewed = models.BooleanField(default=False)
    #: Grows when the author edits.
    revision = models.PositiveSmallIntegerField(default=1)

    #: The question that carries on for this one, or last did: `state` says whether it does.
    merged_into = models.ForeignKey(
        "self", null=True, on_delete=models.SET_NULL, related_name="merged"
    )
    #: How many others were merged into this one, and into those.
    relatives = models.PositiveIntegerField(default=0)

    #: What the filters noticed: a list of `Flag`; 0 to 100; citizens who reported it.
    flags = models.JSONField(default=list)
    risk = models.PositiveSmallIntegerField(default=0)
    reports = models.PositiveIntegerField(default=0)
    labels = models.JSONField(default=list)
    notes = models.PositiveIntegerField(default=0)

    #: Who was asked for an answer in writing, and the answer.
    forwarded_to = models.CharField(max_length=120, blank=True)
    forwarded_person = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    forwarded_at = models.DateTimeField(null=True)
    answer = models.TextField(max_length=3000, blank=True)
    answer_official = models.CharField(max_length=120, blank=True)
    answer_at = models.DateTimeField(null=True)
    answer_due = models.DateTimeField(null=True)

    appeal = models.CharField(max_length=10, choices=AppealStatus.choices, blank=True)
    appeal_reason = models.CharField(max_length=500, blank=True)

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
        indexes = (
            models.Index(fields=("sitting", "state"), name="questions_by_state"),
            models.Index(fields=("sitting", "submitted_at"), name="questions_by_time"),
        )

    def __str__(self) -> str:
        return self.text[:60]


class Support(models.Model):
    """One person supports one question."""

    question = models.ForeignKey(Question, on_delete=models.CASCADE, related_name="supporters")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    #: The merged question through which this support came; null: given to this one itself.
    via = models.ForeignKey(Question, null=True, on_delete=models.SET_NULL, related_name="+")
    #: What this person had proved when they gave it.
    level = models.CharField(max_length=9, choices=LevelName.choices, default=LevelName.CONFIRMED)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("question", "person"), name="support_once"),)

    def __str__(self) -> str:
        return f"{self.question_id}"
