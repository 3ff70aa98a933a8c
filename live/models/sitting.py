"""A sitting and its agenda. They change through `live.actions` alone."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from live.protocol.ids import new_id

from .timeline import Timeline


class SittingKind(models.TextChoices):
    COUNCIL = "council", _("council session")
    HEARING = "hearing", _("accountability hearing")


class SittingState(models.TextChoices):
    """The transition table is `live.actions.lifecycle.TRANSITIONS`."""

    DRAFT = "draft", _("draft")
    SCHEDULED = "scheduled", _("scheduled")
    LIVE = "live", _("live")
    PAUSED = "paused", _("paused")
    CLOSED_DOORS = "closed_doors", _("behind closed doors")
    ENDED = "ended", _("ended")
    ARCHIVED = "archived", _("archived")
    CANCELLED = "cancelled", _("cancelled")


class MediaServer(models.Model):
    """A media process: how it is called, and where it takes orders. It tells so itself."""

    name = models.CharField(primary_key=True, max_length=40)
    url = models.CharField(max_length=200)
    #: It gets no more sittings (`manage.py media drain`).
    draining = models.BooleanField(default=False)
    registered_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.name


class Sitting(models.Model):
    """A council session or an accountability hearing."""

    id = models.CharField(primary_key=True, max_length=12, default=new_id, editable=False)
    commune = models.ForeignKey(
        "communes.Commune", on_delete=models.PROTECT, related_name="sittings"
    )
    timeline = models.OneToOneField(Timeline, on_delete=models.PROTECT, related_name="sitting")
    kind = models.CharField(_("kind"), max_length=10, choices=SittingKind.choices)
    state = models.CharField(
        max_length=14, choices=SittingState.choices, default=SittingState.DRAFT, editable=False
    )
    slug = models.SlugField(_("address"), max_length=80)
    title = models.CharField(_("title"), max_length=160)
    summary = models.TextField(_("summary"), max_length=2000, blank=True)
    place = models.CharField(_("place"), max_length=160, blank=True)
    scheduled_at = models.DateTimeField(_("date and time"))
    started_at = models.DateTimeField(null=True, editable=False)
    ended_at = models.DateTimeField(null=True, editable=False)
    #: Everything works, nothing is public or kept.
    rehearsal = models.BooleanField(_("rehearsal"), default=False)
    questions_open = models.BooleanField(_("questions open"), default=True)
    #: Keep only so many seconds of the recording; demonstrations that never end use it.
    window_s = models.PositiveIntegerField(null=True, editable=False)
    demo = models.BooleanField(default=False, editable=False)
    #: Version of the order that media should obey; grows with every change of state.
    media_version = models.PositiveIntegerField(default=0, editable=False)
    #: Media has still to delete what a rehearsal recorded.
    media_purge = models.BooleanField(default=False, editable=False)
    #: The process that holds the sitting's media, and the number of that claim: the higher wins
    #: (`live.actions.placing`).
    media_server = models.ForeignKey(
        MediaServer, null=True, on_delete=models.SET_NULL, related_name="sittings", editable=False
    )
    media_claim = models.PositiveIntegerField(default=0, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("-scheduled_at",)
        verbose_name = _("sitting")
        verbose_name_plural = _("sittings")
        constraints = (
            models.UniqueConstraint(fields=("commune", "slug"), name="one_sitting_per_address"),
        )

    def __str__(self) -> str:
        return self.title


class AgendaState(models.TextChoices):
    PENDING = "pending", _("to come")
    OPEN = "open", _("under discussion")
    CLOSED = "closed", _("done")


class AgendaItem(models.Model):
    """A point of the agenda."""

    sitting = models.ForeignKey(Sitting, on_delete=models.CASCADE, related_name="agenda")
    position = models.PositiveSmallIntegerField()
    title = models.CharField(_("title"), max_length=200)
    presenter = models.CharField(_("presenter"), max_length=120, blank=True)
    minutes = models.PositiveSmallIntegerField(_("planned minutes"), null=True, blank=True)
    state = models.CharField(
        max_length=8, choices=AgendaState.choices, default=AgendaState.PENDING, editable=False
    )
    opened_at = models.DateTimeField(null=True, editable=False)
    closed_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        ordering = ("position", "id")
        verbose_name = _("agenda item")
        verbose_name_plural = _("agenda items")

    def __str__(self) -> str:
        return self.title
