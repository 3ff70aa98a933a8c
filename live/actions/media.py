"""Orders for the media process, and what its facts change."""

from django.db.models import Q
from django.utils import timezone

from live.models import KeyState, MediaCursor, MediaServer, Recording, Sitting, SittingState
from live.protocol.media import (
    FactKind,
    MediaAccess,
    MediaFact,
    MediaFacts,
    MediaMode,
    MediaOrder,
    MediaStatus,
    PublisherStatus,
)
from live.protocol.states import PublisherState, StreamState
from live.timeline.append import SYSTEM, append

from .context import held
from .lifecycle import change

MODES: dict[str, MediaMode] = {
    SittingState.DRAFT: MediaMode.PREVIEW,
    SittingState.SCHEDULED: MediaMode.PREVIEW,
    SittingState.LIVE: MediaMode.LIVE,
    SittingState.PAUSED: MediaMode.PAUSED,
    SittingState.CLOSED_DOORS: MediaMode.CLOSED_DOORS,
    SittingState.ENDED: MediaMode.ENDED,
    SittingState.ARCHIVED: MediaMode.ENDED,
    SittingState.CANCELLED: MediaMode.PURGED,
}
#: States in which media may still have something to do.
UNSETTLED = (
    SittingState.DRAFT,
    SittingState.SCHEDULED,
    SittingState.LIVE,
    SittingState.PAUSED,
    SittingState.CLOSED_DOORS,
    SittingState.ENDED,
)


def order_for(sitting: Sitting) -> MediaOrder:
    """What media should do for a sitting in its present state."""
    return MediaOrder(
        sitting=sitting.pk,
        version=sitting.media_version,
        mode=MediaMode.PURGED if sitting.media_purge else MODES[sitting.state],
        access=MediaAccess.TOKEN if sitting.rehearsal else MediaAccess.PUBLIC,
        window_s=sitting.window_s,
        holder=sitting.media_server_id or "",
        claim=sitting.media_claim,
    )


def unsettled_orders() -> list[MediaOrder]:
    """The orders that media must have obeyed."""
    waiting = Sitting.objects.filter(Q(state__in=UNSETTLED) | Q(media_purge=True))
    return [order_for(sitting) for sitting in waiting]


def settle(status: MediaStatus) -> None:
    """Go on from an order that media has obeyed: a purged rehearsal may be prepared again, an
    ended sitting with nothing recorded is archived. A recording that is no longer kept needs no
    other order: media remembers this one."""
    sitting = held(status.sitting)
    if status.version != sitting.media_version:
        return
    if sitting.media_purge and status.mode is MediaMode.PURGED:
        sitting.media_purge = False
        sitting.media_version += sitting.state != SittingState.ARCHIVED
        sitting.save(update_fields=["media_purge", "media_version"])
    elif (
        sitting.state == SittingState.ENDED
        and status.mode is MediaMode.ENDED
        and status.recorded_s == 0
    ):
        change(sitting.pk, "archive", SYSTEM)


def record_facts(facts: MediaFacts) -> bool:
    """Take in what media tells, each fact once. True when media has just started, so that it
    needs its orders again. What a process tells of a sitting that another one holds by now is
    left aside."""
    teller = facts.server.name if facts.server else None
    if facts.server is not None:
        MediaServer.objects.update_or_create(
            name=facts.server.name, defaults={"url": facts.server.url}
        )
    cursor, _ = MediaCursor.objects.get_or_create(boot=facts.boot, defaults={"n": 0})
    fresh = [fact for fact in facts.facts if fact.n > cursor.n]
    for fact in fresh:
        if fact.kind is FactKind.STARTED:
            nobody_publishes_to(teller)
        if fact.sitting and Sitting.objects.filter(pk=fact.sitting).exists():
            sitting = held(fact.sitting)
            if teller is None or sitting.media_server_id in (None, teller):
                _record(sitting, fact)
    if fresh:
        cursor.n = max(fact.n for fact in fresh)
        cursor.save()
    return any(fact.kind is FactKind.STARTED for fact in fresh)


def nobody_publishes_to(server: str | None) -> None:
    """A media process begins with nobody connected: one that was killed could not say that its
    publishers had gone. Those who come back are told of again."""
    connected = KeyState.objects.filter(
        key="publisher",
        timeline__sitting__state__in=UNSETTLED,
        state__status__in=("connected", "interrupted"),
    )
    if server is not None:
        here = Q(timeline__sitting__media_server=server)
        connected = connected.filter(here | Q(timeline__sitting__media_server=None))
    for sitting_id in connected.order_by("timeline").values_list("timeline__sitting", flat=True):
        nobody_publishes(held(sitting_id))


def nobody_publishes(sitting: Sitting) -> None:
    """Whoever sent to this sitting does so no more, and has to come back."""
    if _publisher(sitting) not in (None, "absent"):
        _set_publisher(sitting, "absent", None)
        _set_stream(sitting, from_status={"on": "interrupted"})


def _publisher(sitting: Sitting) -> str | None:
    kept = KeyState.objects.filter(timeline_id=sitting.timeline_id, key="publisher").first()
    return None if kept is None or kept.state is None else kept.state["status"]


def _record(sitting: Sitting, fact: MediaFact) -> None:
    match fact.kind:
        case FactKind.PUBLISHER_CONNECTED | FactKind.PUBLISHER_RESUMED:
            _set_publisher(sitting, "connected", fact.publisher)
            _set_stream(sitting, from_status={"interrupted": "on"}, publisher=fact.publisher)
        case FactKind.PUBLISHER_INTERRUPTED:
            _set_publisher(sitting, "interrupted", fact.publisher)
            _set_stream(sitting, from_status={"on": "interrupted"})
        case FactKind.PUBLISHER_LEFT:
            _set_publisher(sitting, "absent", None)
            _set_stream(sitting, from_status={"on": "interrupted"})
        case FactKind.RECORDING_PLAYABLE:
            _set_stream(
                sitting,
                from_status={"off": "on", "interrupted": "on", "full": "on"},
                publisher=fact.publisher,
            )
        case FactKind.DISK_FULL:
            _set_stream(sitting, from_status={"on": "full", "interrupted": "full", "off": "full"})
        case FactKind.DISK_OK:
            _set_stream(sitting, from_status={"full": "on"})
        case FactKind.RECORDING_FINALISED:
            _finalise(sitting, fact)
        case FactKind.STARTED:
            pass


def _set_stream(
    sitting: Sitting, *, from_status: dict[str, str], publisher: PublisherStatus | None = None
) -> None:
    kept = KeyState.objects.filter(timeline_id=sitting.timeline_id, key="stream").first()
    before = StreamState.model_validate(
        (kept and kept.state) or {"status": "off", "has_video": False, "has_audio": False}
    )
    after = before.model_copy(update={"status": from_status.get(before.status, before.status)})
    if publisher is not None:
        # What was recorded stays: a camera that comes back late, or not at all, leaves a picture
        # to play (live.media fills it with a slate).
        recorded = before.status != "off"
        after = after.model_copy(
            update={
                "has_video": publisher.has_video or (recorded and before.has_video),
                "has_audio": publisher.has_audio or (recorded and before.has_audio),
            }
        )
    if after != before:
        append(sitting.timeline_id, "stream.changed", "stream", after, SYSTEM)


def _set_publisher(sitting: Sitting, status: str, publisher: PublisherStatus | None) -> None:
    state = PublisherState.model_validate(
        {
            "status": status,
            "has_video": bool(publisher and publisher.has_video),
            "has_audio": bool(publisher and publisher.has_audio),
            "width": publisher.width if publisher else None,
            "height": publisher.height if publisher else None,
        }
    )
    append(sitting.timeline_id, "publisher.changed", "publisher", state, SYSTEM)


def _finalise(sitting: Sitting, fact: MediaFact) -> None:
    summary = fact.recording
    if summary is None or sitting.rehearsal or sitting.media_purge:
        return
    if summary.duration_s > 0:
        # A sitting without a second of picture or sound has none, and its page offers none.
        Recording.objects.update_or_create(
            sitting=sitting,
            defaults={
                "duration_s": summary.duration_s,
                "size_bytes": summary.size_bytes,
                "has_video": summary.has_video,
                "has_audio": summary.has_audio,
                "anchors": [[anchor.media_time, anchor.at] for anchor in summary.anchors],
                "finalised_at": timezone.now(),
            },
        )
        _set_stream(sitting, from_status={"interrupted": "on", "full": "on"})
    if sitting.state == SittingState.ENDED:
        change(sitting.pk, "archive", SYSTEM)
