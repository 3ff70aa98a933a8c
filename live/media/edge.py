"""The live edge of a shelf: the parts of segments that are being written (RFC 8216bis 4.4.4.9).

A part is a fragment that is wholly on disk: a byte range of its segment's file, with an address of
its own. Parts are numbered through the whole recording, so that the address of the next one is
known without knowing in which segment it will be: a hint always comes true. Nothing of this is
journalled; after a restart there are segments only, until new parts come.
"""

import asyncio
from dataclasses import dataclass, field

from .config import PART_SHORTEST_S, PART_TARGET_S, TARGET_S
from .journal import Rendition, SegmentClosed, SegmentOpened

#: Parts are listed for three target durations from the end (RFC 8216bis section 6.2.2) …
LISTED_S = 3.0 * TARGET_S
#: … and can be fetched for as long again, and a little.
_KEPT_S = 3 * LISTED_S
#: Numbers of parts begin at so many times the last segment's after a restart: none comes twice.
_NUMBERS_A_SEGMENT = 1000
_EPSILON = 1e-6


@dataclass(frozen=True)
class Part:
    """A fragment on disk; `offset` and `size` in bytes of its segment's file."""

    number: int
    offset: int
    size: int
    duration: float
    independent: bool


@dataclass
class Growing:
    """A segment that is being written, and its parts so far."""

    line: SegmentOpened
    parts: list[Part] = field(default_factory=list)
    #: Too short for a part unless it turns out to be the segment's last.
    short: Part | None = None
    #: A fragment came that cannot be a part (a picture that stood for long): no parts any more.
    closed_to_parts: bool = False


class TrackEdge:
    """The edge of one rendition."""

    def __init__(self, last_seq: int) -> None:
        self.open: Growing | None = None
        #: Parts of segments that are whole, by the segment's number; the latest few only.
        self.recent: dict[int, tuple[Part, ...]] = {}
        self._ends: dict[int, float] = {}
        self._first_listed = 0
        self._last_seq = last_seq
        self.next_number = last_seq * _NUMBERS_A_SEGMENT + 1
        self._changed = asyncio.Event()

    async def change(self, within: float) -> bool:
        """Wait for anything to change; `False` where nothing did within so many seconds."""
        try:
            async with asyncio.timeout(within):
                await self._changed.wait()
        except TimeoutError:
            return False
        return True

    def notify(self) -> None:
        """Wake all who wait: one event for each state, however many wait."""
        self._changed.set()
        self._changed = asyncio.Event()

    def last(self, last_seq: int) -> tuple[int, int | None]:
        """Media sequence number and part index of the latest that is listed."""
        if self.open is not None and self.open.parts:
            return self.open.line.seq, len(self.open.parts) - 1
        parts = self.listed(last_seq)
        return last_seq, len(parts) - 1 if parts else None

    def listed(self, seq: int) -> tuple[Part, ...]:
        """The parts of a whole segment that a playlist still lists."""
        return self.recent.get(seq, ()) if seq >= self._first_listed else ()

    def reached(self, last_seq: int, msn: int, part: int | None) -> bool:
        """Whether what a blocking reload asks for is listed (RFC 8216bis section 6.2.5.2)."""
        if part is None:
            return msn <= last_seq
        if msn <= last_seq and part >= len(self.recent.get(msn, ())) > 0:
            # Beyond the segment's last part: the first one of the next.
            msn, part = msn + 1, 0
        if msn <= last_seq:
            return True
        opened = self.open
        return opened is not None and opened.line.seq == msn and part < len(opened.parts)

    def find(self, number: int) -> tuple[int, Part] | None:
        """The segment and place of a part; `None` where there is none yet, or no longer."""
        if self.open is not None:
            for part in self.open.parts:
                if part.number == number:
                    return self.open.line.seq, part
        for seq, parts in reversed(self.recent.items()):
            for part in parts:
                if part.number == number:
                    return seq, part
        return None

    def grow(self, offset: int, size: int, duration: float, *, independent: bool) -> bool:
        """A fragment is on disk; `True` where that made a part."""
        opened = self.open
        if opened is None or opened.closed_to_parts:
            return False
        part = Part(self.next_number, offset, size, round(duration, 5), independent)
        if opened.short is not None or duration > PART_TARGET_S + _EPSILON:
            opened.closed_to_parts, opened.short = True, None
            return False
        if duration < PART_SHORTEST_S - _EPSILON and not independent:
            opened.short = part
            return False
        self._add(opened, part)
        return True

    def close(self, line: SegmentClosed) -> None:
        """The open segment is whole and listed."""
        opened, self.open = self.open, None
        if opened is None or opened.line.seq != line.seq:
            return
        if opened.short is not None:
            self._add(opened, opened.short)
        self.recent[line.seq] = tuple(opened.parts)
        self._ends[line.seq] = line.end
        self._last_seq = line.seq
        if opened.closed_to_parts or not opened.parts:
            # Parts leave in the order in which they came: those before it leave as well.
            self._first_listed = line.seq + 1
        self._expire(line.end)

    def _add(self, opened: Growing, part: Part) -> None:
        opened.parts.append(part)
        self.next_number += 1
        self._expire(opened.line.start + sum(p.duration for p in opened.parts))

    def _expire(self, edge: float) -> None:
        """Let go of parts that are too far from the end, in seconds of the recording."""
        for seq, end in list(self._ends.items()):
            if end <= edge - _KEPT_S:
                del self._ends[seq], self.recent[seq]
            elif end < edge - LISTED_S:
                self._first_listed = max(self._first_listed, seq + 1)


class Edge:
    """The edges of a shelf's renditions. `version` counts what changes a playlist."""

    def __init__(self, last_seqs: dict[Rendition, int]) -> None:
        self.tracks = {r: TrackEdge(seq) for r, seq in last_seqs.items()}
        #: Whether a take is going on, so that the next part is on its way.
        self.going = False
        self.version = 0

    def start(self) -> None:
        """A take begins."""
        self.going = True
        self._changed(*self.tracks)

    def stop(self) -> None:
        """Nothing more is on its way: whoever waits is answered now."""
        self.going = False
        for track in self.tracks.values():
            track.open = None
        self._changed(*self.tracks)

    def opened(self, line: SegmentOpened) -> None:
        """The file of a segment is there."""
        self.tracks[line.r].open = Growing(line)

    def grew(
        self, r: Rendition, offset: int, size: int, duration: float, *, independent: bool
    ) -> None:
        """A fragment is on disk."""
        if self.tracks[r].grow(offset, size, duration, independent=independent):
            self._changed(r)

    def closed(self, line: SegmentClosed) -> None:
        """A segment is whole."""
        self.tracks[line.r].close(line)
        self._changed(line.r)

    def _changed(self, *renditions: Rendition) -> None:
        self.version += 1
        for r in renditions:
            self.tracks[r].notify()
