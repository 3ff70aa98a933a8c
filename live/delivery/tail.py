"""Reading what a timeline grew by, and making frames of it."""

from dataclasses import dataclass, field
from typing import Any

from live.models import Entry, Timeline
from live.protocol.frames import EntriesFrame, Stream
from live.protocol.registry import registry
from live.timeline.read import entry_frame, snapshot

from .hub import Packet

#: Entries read at once.
PAGE = 500


@dataclass(frozen=True)
class Position:
    """How far this process has read a timeline."""

    epoch: str
    seq: int


@dataclass(frozen=True)
class Growth:
    """What is new: a packet for each stream, and what it means to single people."""

    position: Position
    packets: dict[Stream, Packet] = field(default_factory=dict)
    #: (person, `mine` values)
    personal: list[tuple[int, dict[str, Any]]] = field(default_factory=list)
    #: There is more than one page.
    more: bool = False


def here(timeline_id: str) -> Position:
    timeline = Timeline.objects.get(pk=timeline_id)
    return Position(timeline.epoch, timeline.seq)


def grow(timeline_id: str, since: Position, now: int) -> Growth | None:
    """What the timeline has grown by; None when by nothing. `now`: milliseconds since 1970.

    Of a new epoch (redaction, end of a rehearsal) everyone gets the whole state.
    """
    timeline = Timeline.objects.get(pk=timeline_id)
    if timeline.epoch != since.epoch:
        packets = {
            stream: Packet.of(snapshot(timeline_id, stream, now).model_dump_json())
            for stream in Stream
        }
        return Growth(Position(timeline.epoch, timeline.seq), packets)
    if timeline.seq == since.seq:
        return None
    entries = list(
        Entry.objects.filter(timeline_id=timeline_id, seq__gt=since.seq).order_by("seq")[:PAGE]
    )
    if not entries:
        return None
    reached = Position(since.epoch, entries[-1].seq)
    packets = {Stream.STAFF: _packet(timeline, entries, Stream.STAFF)}
    if public := [entry for entry in entries if entry.public_seq is not None]:
        packets[Stream.PUBLIC] = _packet(timeline, public, Stream.PUBLIC)
    return Growth(reached, packets, _personal(entries), more=reached.seq < timeline.seq)


def _packet(timeline: Timeline, entries: list[Entry], stream: Stream) -> Packet:
    frame = EntriesFrame(
        timeline=timeline.pk,
        epoch=timeline.epoch,
        stream=stream,
        entries=[entry_frame(entry, stream) for entry in entries],
    )
    return Packet.of(frame.model_dump_json())


def _personal(entries: list[Entry]) -> list[tuple[int, dict[str, Any]]]:
    keys = dict.fromkeys(entry.key for entry in entries)
    found = []
    for key in keys:
        reader = registry.personal.get(registry.key(key).prefix)
        if reader is not None and (meant := reader(key)) is not None:
            found.append(meant)
    return found
