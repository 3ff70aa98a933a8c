"""What worries citizens ("préoccupations"). They change through `consultations.actions.concern*`
and `moderation.actions.concerns` alone."""

import secrets

from django.conf import settings
from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from .questions import ReasonCode
from .rules import Moderation

#: What a commune starts with: name in addresses -> what people read.
CATEGORIES: dict[str, Promise] = {
    "roads": _("Roads"),
    "water": _("Water"),
    "waste": _("Waste"),
    "light": _("Lighting and power"),
    "markets": _("Markets"),
    "schools": _("Schools"),
    "health": _("Health"),
    "land": _("Land and housing"),
    "security": _("Security"),
    "other": _("Something else"),
}


class ConcernState(models.TextChoices):
    """The transition table is `consultations.actions.concern_states.TRANSITIONS`."""

    PENDING = "pending", _("waiting for a moderator")
    RECEIVED = "received", _("received")
    TAKEN_UP = "taken_up", _("taken up")
    PLANNED = "planned", _("planned")
    DONE = "done", _("settled")
    REFUSED = "refused", _("declined")
    REJECTED = "rejected", _("not published")
    MERGED = "merged", _("joined to another")
    WITHDRAWN = "withdrawn", _("withdrawn")


class CommentState(models.TextChoices):
    PENDING = "pending", _("waiting for a moderator")
    PUBLISHED = "published", _("published")
    REJECTED = "rejected", _("not published")
    WITHDRAWN = "withdrawn", _("withdrawn")


class ConcernBoard(models.Model):
    """How a commune takes concerns, and the timeline that its staff follows."""

    commune = models.OneToOneField(
        "communes.Commune", on_delete=models.CASCADE, primary_key=True, related_name="concern_board"
    )
    timeline = models.OneToOneField(
        "live.Timeline", on_delete=models.PROTECT, related_name="concern_board"
    )
    moderation = models.CharField(
        _("moderation of concerns"),
        max_length=6,
        choices=Moderation.choices,
        default=Moderation.BEFORE,
    )
    comment_moderation = models.CharField(
        _("moderation of comments"),
        max_length=6,
        choices=Moderation.choices,
        default=Moderation.AFTER,
    )
    #: Refusing what criticises the commune's own management takes two moderators, as in hearings.
    second_opinion = models.BooleanField(_("second opinion"), default=True)
    #: A board is looked at some time of the day, not all the while as a hearing's desk is.
    second_opinion_hours = models.PositiveSmallIntegerField(default=48)

    def __str__(self) -> str:
        return str(self.commune_id)


class ConcernCategory(models.Model):
    """One of a commune's categories. Without a `name` it is called as `CATEGORIES` says."""

    commune = models.ForeignKey(
        "communes.Commune", on_delete=models.CASCADE, related_name="concern_categories"
    )
    slug = models.SlugField(max_length=40)
    name = models.CharField(_("name"), max_length=60, blank=True)
    position = models.PositiveSmallIntegerField(default=0)
    #: No longer offered; concerns that have it keep it.
    retired = models.BooleanField(default=False)

    class Meta:
        ordering = ("position", "pk")
        constraints = (
            models.UniqueConstraint(fields=("commune", "slug"), name="one_category_per_slug"),
        )

    def __str__(self) -> str:
        return self.name or str(CATEGORIES.get(self.slug, self.slug))


class Concern(models.Model):
    """Something that a citizen wants the commune to see to."""

    commune = models.ForeignKey(
        "communes.Commune", on_delete=models.PROTECT, related_name="concerns"
    )
    timeline = models.OneToOneField(
        "live.Timeline", on_delete=models.PROTECT, related_name="concern"
    )
    #: Null once the author's account is deleted.
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="concerns"
    )
    #: How it is signed in public; empty: without a name.
    signature = models.CharField(max_length=60, blank=True)
    category = models.ForeignKey(ConcernCategory, on_delete=models.PROTECT, related_name="concerns")
    text = models.TextField(max_length=3000)
    arrondissement = models.ForeignKey(
        "communes.Arrondissement", null=True, on_delete=models.SET_NULL, related_name="concerns"
    )
    quarter = models.CharField(_("quarter"), max_length=80, blank=True)
    state = models.CharField(
        max_length=9, choices=ConcernState.choices, default=ConcernState.PENDING
    )
    #: Why moderators did not publish it.
    code = models.CharField(max_length=20, choices=ReasonCode.choices, blank=True)
    #: What was said at the last change of state; for `refused` and `rejected`, the reason.
    note = models.TextField(max_length=2000, blank=True)
    #: The office that speaks for the commune in it.
    office = models.CharField(max_length=120, blank=True)
    #: By when, for what is planned.
    due_on = models.DateField(null=True)
    reviewed = models.BooleanField(default=False)
    flags = models.JSONField(default=list)
    risk = models.PositiveSmallIntegerField(default=0)
    reports = models.PositiveIntegerField(default=0)
    labels = models.JSONField(default=list)
    #: The concern that carries on for this one.
    merged_into = models.ForeignKey(
        "self", null=True, on_delete=models.SET_NULL, related_name="merged"
    )
    #: In which state it was joined, and so is again when that is undone.
    merged_from = models.CharField(max_length=9, choices=ConcernState.choices, blank=True)
    supports = models.PositiveIntegerField(default=0)
    comments = models.PositiveIntegerField(default=0)
    #: What the timeline last said of `supports`, and when.
    tallied = models.PositiveIntegerField(default=0)
    tallied_at = models.DateTimeField(null=True)
    submitted_at = models.DateTimeField()
    published_at = models.DateTimeField(null=True)
    changed_at = models.DateTimeField()
    #: What its author sent it with, so that sending it again makes no second one.
    client_id = models.CharField(max_length=40, blank=True)
    demo = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("concern")
        verbose_name_plural = _("concerns")
        indexes = (
            models.Index(fields=("commune", "state", "-supports"), name="concerns_by_support"),
            models.Index(fields=("commune", "-published_at"), name="concerns_by_day"),
            # Those whose supports the timelines do not say yet: a few, mostly none.
            models.Index(
                fields=("commune",),
                condition=~models.Q(supports=models.F("tallied")),
                name="concerns_that_move",
            ),
        )
        constraints = (
            models.UniqueConstraint(
                fields=("author", "client_id"),
                condition=~models.Q(client_id=""),
                name="concern_sent_once",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="refused") | ~models.Q(note=""),
                name="concern_refused_with_reason",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="merged") | models.Q(merged_into__isnull=False),
                name="concern_merged_into_one",
            ),
        )

    def __str__(self) -> str:
        return self.text[:60]


def photo_name() -> str:
    return secrets.token_hex(12)


class ConcernPhoto(models.Model):
    """A picture, kept in several sizes (`communes.pictures.SIZES`) and no other."""

    concern = models.ForeignKey(Concern, on_delete=models.CASCADE, related_name="photos")
    position = models.PositiveSmallIntegerField()
    #: Its place in the storage, and in its address; nobody guesses it.
    name = models.CharField(max_length=24, unique=True, default=photo_name)
    #: Of the largest size.
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()

    class Meta:
        ordering = ("position",)
        constraints = (
            models.UniqueConstraint(fields=("concern", "position"), name="one_photo_per_place"),
        )

    def __str__(self) -> str:
        return self.name


class ConcernSupport(models.Model):
    """One person supports one concern."""

    concern = models.ForeignKey(Concern, on_delete=models.CASCADE, related_name="supporters")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    #: The joined concern through which it came; null: it was given to this one itself.
    via = models.ForeignKey(Concern, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("concern", "person"), name="concern_support_once"),
        )
        indexes = (models.Index(fields=("concern", "at"), name="concern_supports_lately"),)

    def __str__(self) -> str:
        return f"{self.concern_id}"


class ConcernFollower(models.Model):
    """Somebody wants to be told what becomes of a concern."""

    concern = models.ForeignKey(Concern, on_delete=models.CASCADE, related_name="followers")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    #: The joined concern through which it came; null: it was given to this one itself.
    via = models.ForeignKey(Concern, null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("concern", "person"), name="follows_concern_once"),
        )

    def __str__(self) -> str:
        return f"{self.concern_id}"


class Comment(models.Model):
    """What somebody says about a concern, or the commune answers. `parent`: what it replies to,
    which is itself no reply."""

    concern = models.ForeignKey(Concern, on_delete=models.CASCADE, related_name="discussion")
    parent = models.ForeignKey("self", null=True, on_delete=models.CASCADE, related_name="replies")
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    signature = models.CharField(max_length=60, blank=True)
    text = models.TextField(max_length=3000)
    #: The office that answers for the commune; empty: a citizen speaks.
    office = models.CharField(max_length=120, blank=True)
    state = models.CharField(
        max_length=9, choices=CommentState.choices, default=CommentState.PENDING
    )
    code = models.CharField(max_length=20, choices=ReasonCode.choices, blank=True)
    note = models.CharField(max_length=300, blank=True)
    reviewed = models.BooleanField(default=False)
    flags = models.JSONField(default=list)
    risk = models.PositiveSmallIntegerField(default=0)
    reports = models.PositiveIntegerField(default=0)
    labels = models.JSONField(default=list)
    submitted_at = models.DateTimeField()
    published_at = models.DateTimeField(null=True)

    class Meta:
        indexes = (models.Index(fields=("concern", "state"), name="comments_by_state"),)

    def __str__(self) -> str:
        return self.text[:60]


class ConcernReferral(models.Model):
    """A concern was put on a sitting's agenda, or asked there as a question."""

    concern = models.ForeignKey(Concern, on_delete=models.CASCADE, related_name="referrals")
    sitting = models.ForeignKey("live.Sitting", on_delete=models.CASCADE, related_name="+")
    question = models.OneToOneField(
        "consultations.Question", null=True, on_delete=models.CASCADE, related_name="referral"
    )
    agenda_item = models.OneToOneField(
        "live.AgendaItem", null=True, on_delete=models.SET_NULL, related_name="+"
    )
    at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("at", "pk")

    def __str__(self) -> str:
        return f"{self.concern_id} -> {self.sitting_id}"
