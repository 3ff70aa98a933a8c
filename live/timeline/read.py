"""Reading a timeline: entries since a position, and snapshots. Never takes the lock."""

from datetime import datetime

from django.db.models import Q

from live.models import Entry, KeyState, Timeline
from live.protocol.frames import EntriesFrame, EntryFrame, SnapshotFrame, Stream
from live.protocol.registry import registry

#: Catching up over more entries than this costs more than a snapshot.
MAX_BACKLOG = 500


def milliseconds(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)


def entry_frame(entry: Entry, stream: Stream) -> EntryFrame:
    seq = entry.seq if stream is Stream.STAFF else entry.public_seq
    if seq is None:
        raise ValueError("a staff entry on the public stream")
    return EntryFrame(
        seq=seq,
        at=milliseconds(entry.at),
        kind=entry.kind,
        key=entry.key,
        state=entry.state,
        actor=entry.actor_role,
    )


def position(timeline: Timeline, stream: Stream) -> int:
    return timeline.seq if stream is Stream.STAFF else timeline.public_seq


def position_of(timeline_id: str, key: str) -> int | None:
    """The position of the last entry that speaks of `key`."""
    seq = KeyState.objects.filter(timeline_id=timeline_id, key=key).values_list("seq", flat=True)
    return seq.first()


def entries_since(
    timeline_id: str, since: int, stream: Stream, limit: int | None = None
) -> list[EntryFrame]:
    """Entries after position `since`, oldest first."""
    entries = Entry.objects.filter(timeline_id=timeline_id)
    if stream is Stream.STAFF:
        entries = entries.filter(seq__gt=since).order_by("seq")
    else:
        entries = entries.filter(public_seq__gt=since).order_by("public_seq")
    return [entry_frame(entry, stream) for entry in entries[:limit]]


def snapshot(timeline_id: str, stream: Stream, at: int) -> SnapshotFrame:
    """The present state of every key, with its position. `at`: milliseconds since 1970.

    The position is read before the states and no lock is held: what lands in between is in the
    states already and will be sent again as entries, each of which is a whole state.
    """
    timeline = Timeline.objects.get(pk=timeline_id)
    states = KeyState.objects.filter(timeline_id=timeline_id, state__isnull=False)
    if stream is Stream.PUBLIC:
        states = states.filter(public=True)
    return SnapshotFrame(
        timeline=timeline_id,
        epoch=timeline.epoch,
        stream=stream,
        seq=position(timeline, stream),
        at=at,
        states=dict(states.order_by("key").values_list("key", "state")),
    )


def catch_up(
    timeline_id: str, stream: Stream, since: int | None, epoch: str | None, now: int
) -> SnapshotFrame | EntriesFrame:
    """What a client at `since` of `epoch` lacks: the entries after it, or a snapshot when its
    position is unknown, of another epoch, ahead of ours or too far behind."""
    timeline = Timeline.objects.get(pk=timeline_id)
    known = since is not None and epoch == timeline.epoch
    here = position(timeline, stream)
    if since is None or not known or since < 0 or not 0 <= here - since <= MAX_BACKLOG:
        return snapshot(timeline_id, stream, now)
    return EntriesFrame(
        timeline=timeline_id,
        epoch=timeline.epoch,
        stream=stream,
        entries=entries_since(timeline_id, since, stream),
    )


def in_writing(timeline_id: str, at: int) -> SnapshotFrame:
    """The states that one follows in writing, and that of what is on screen: little, and all of
    it, so that whoever asks now and then needs no position. `at` as in `snapshot`."""
    timeline = Timeline.objects.get(pk=timeline_id)
    wanted = Q()
    for family in registry.keys.values():
        if family.in_writing and family.public:
            wanted |= Q(key=family.prefix) | Q(key__startswith=f"{family.prefix}/")
    public = KeyState.objects.filter(timeline_id=timeline_id, public=True, state__isnull=False)
    states = dict(public.filter(wanted).order_by("key").values_list("key", "state"))
    if shown := (states.get("screen") or {}).get("shows"):
        states |= dict(public.filter(key=shown).values_list("key", "state"))
    return SnapshotFrame(
        timeline=timeline_id,
        epoch=timeline.epoch,
        stream=Stream.PUBLIC,
        seq=timeline.public_seq,
        at=at,
        states=states,
    )
