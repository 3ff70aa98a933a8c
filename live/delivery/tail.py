"""Reading a timeline for a room: where it stands, what it grew by, encoded for both streams."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from live.actions.subjects import Subject, subject_kind
from live.models import Entry, Timeline
from live.protocol.frames import Stream
from live.protocol.registry import registry
from live.timeline.read import entry_frame, snapshot

from .packet import Packet
from .recent import KEPT, Encoded, Recent

#: Entries read at once.
PAGE = 500


@dataclass(frozen=True)
class Position:
    """How far this process has read a timeline."""

    epoch: str
    seq: int


@dataclass(frozen=True)
class Growth:
    """What is new."""

    position: Position
    entries: dict[Stream, list[Encoded]] = field(default_factory=dict)
    #: (person, `mine` values): what it means to single people.
    personal: list[tuple[int, dict[str, Any]]] = field(default_factory=list)
    #: When the first of the entries happened, milliseconds since 1970.
    at: int = 0
    #: There is more than one page.
    more: bool = False
    #: Whether it is for staff alone now; None: nothing was said of it.
    hidden: bool | None = None


@dataclass(frozen=True)
class Start:
    """Where a room begins to follow, with what came just before."""

    position: Position
    recent: dict[Stream, Recent]
    #: It is for staff alone.
    hidden: bool


@dataclass(frozen=True)
class Snapshot:
    """The whole state of a stream at a position."""

    epoch: str
    seq: int
    packet: Packet


def begin(subject: Subject) -> Start:
    timeline_id = subject.timeline_id
    timeline = Timeline.objects.get(pk=timeline_id)
    newest = Entry.objects.filter(timeline_id=timeline_id, seq__lte=timeline.seq)
    entries = list(newest.order_by("-seq")[:KEPT])[::-1]
    public = [entry for entry in entries if entry.public_seq is not None]
    positions = {Stream.STAFF: timeline.seq, Stream.PUBLIC: timeline.public_seq}
    recent = {
        stream: Recent(timeline_id, timeline.epoch, stream, position)
        for stream, position in positions.items()
    }
    recent[Stream.STAFF].preload(encode(entries, Stream.STAFF))
    recent[Stream.PUBLIC].preload(encode(public, Stream.PUBLIC))
    return Start(Position(timeline.epoch, timeline.seq), recent, is_hidden(subject))


def is_hidden(subject: Subject) -> bool:
    """Whether what happens on a timeline is for staff alone now."""
    found = subject_kind(subject.kind).find(subject.id)
    return found is not None and found.hidden


def encode(entries: Iterable[Entry], stream: Stream) -> list[Encoded]:
    frames = (entry_frame(entry, stream) for entry in entries)
    return [Encoded(frame.seq, frame.model_dump_json()) for frame in frames]


def take_snapshot(timeline_id: str, stream: Stream, now: int) -> Snapshot:
    frame = snapshot(timeline_id, stream, now)
    return Snapshot(frame.epoch, frame.seq, Packet.of(frame.model_dump_json()))


def grow(subject: Subject, since: Position) -> Growth | None:
    """What the timeline has grown by after `since`; None when by nothing.

    Of another epoch (redaction, end of a rehearsal) it says only where to start again.
    """
    timeline_id = subject.timeline_id
    timeline = Timeline.objects.get(pk=timeline_id)
    if timeline.epoch != since.epoch:
        return Growth(Position(timeline.epoch, timeline.seq))
    if timeline.seq == since.seq:
        return None
    entries = list(
        Entry.objects.filter(timeline_id=timeline_id, seq__gt=since.seq).order_by("seq")[:PAGE]
    )
    if not entries:
        return None
    reached = Position(since.epoch, entries[-1].seq)
    encoded = {Stream.STAFF: encode(entries, Stream.STAFF)}
    if public := [entry for entry in entries if entry.public_seq is not None]:
        encoded[Stream.PUBLIC] = encode(public, Stream.PUBLIC)
    at = int(entries[0].at.timestamp() * 1000)
    facts = subject_kind(subject.kind).facts
    said = any(entry.key.partition("/")[0] == facts for entry in entries)
    return Growth(
        reached,
        encoded,
        _personal(entries),
        at,
        more=reached.seq < timeline.seq,
        hidden=is_hidden(subject) if said else None,
    )


def _personal(entries: list[Entry]) -> list[tuple[int, dict[str, Any]]]:
    keys = dict.fromkeys(entry.key for entry in entries)
    found = []
    for key in keys:
        reader = registry.personal.get(registry.key(key).prefix)
        if reader is not None:
            found += reader(key)
    return found
