"""The picture of one take: access units in, fragments and segments out.

Segments start with a keyframe about every two seconds; where none comes in time, one is cut
anyway, so that none is ever longer than the target duration allows.
"""

from collections.abc import Callable

from .cmaf import Sample
from .config import LONGEST_SEGMENT_S, PART_SHORTEST_S, PART_TARGET_S, TARGET_S, VIDEO_RATE
from .h264 import AccessUnit
from .shelf import Shelf

_LONGEST = int(LONGEST_SEGMENT_S * VIDEO_RATE)
_FRAGMENT = int(PART_TARGET_S * VIDEO_RATE)
_SHORTEST = int(PART_SHORTEST_S * VIDEO_RATE)
#: A keyframe this far into a segment starts the next one.
_DUE = int((TARGET_S - 0.15) * VIDEO_RATE)
#: Ask for a keyframe so early that it comes at two seconds.
_ASK = int((TARGET_S - 0.1) * VIDEO_RATE)
_ASK_AGAIN = int(0.25 * VIDEO_RATE)
_FRAME_GUESS = VIDEO_RATE // 30
#: A picture of our own stands for so long (a part holds it), then is repeated.
HOLD = VIDEO_RATE // 2


class VideoLine:
    """Places pictures; the last one waits in memory until the next tells how long it lasts."""

    def __init__(
        self,
        shelf: Shelf,
        take: int,
        start: float,
        at: Callable[[float], float],
        on_cut: Callable[[float], None],
        ask_keyframe: Callable[[], None],
    ) -> None:
        self._shelf = shelf
        self._take = take
        self._at = at
        self._on_cut = on_cut
        self._ask_keyframe = ask_keyframe
        self.base = round(start * VIDEO_RATE)
        self._pending: tuple[int, AccessUnit] | None = None
        self._samples: list[Sample] = []
        self._fragment_start = self.base
        self._segment_start: int | None = None
        self._segment_clean = False
        self._format: object = None
        self._last_key = self.base
        self._gop = 0
        self._asked_at = 0
        self._last_duration = _FRAME_GUESS
        #: Where what was handed to the shelf ends, ticks.
        self.flushed_end = self.base
        self.width = 0
        self.height = 0

    @property
    def position(self) -> int:
        """Where the latest picture starts, ticks of the recording."""
        return self._pending[0] if self._pending else self.base

    def push(self, ticks: int, unit: AccessUnit) -> None:
        """Add a picture that starts at `ticks` of the recording."""
        if self._pending is not None:
            # Pictures out of order (B-frames) are not expected from WebRTC: keep time growing.
            ticks = max(ticks, self._pending[0] + 1)
            self._place(ticks - self._pending[0])
        self._pending = (ticks, unit)

    def end(self, ticks: int, held: AccessUnit) -> None:
        """The take ends at `ticks`: the last picture lasts till there."""
        while ticks - self.position > HOLD * 2:
            self.push(self.position + HOLD, held)
        if self._pending is not None:
            self._place(max(1, ticks - self._pending[0]))
            self._pending = None
        self._flush()
        self._shelf.close("v")

    def natural_end(self) -> int:
        """Where the last picture would end if it lasted as long as the one before."""
        return self.position + self._last_duration if self._pending else self.base

    def abandon(self) -> None:
        """Close the segment without what is still in memory."""
        self._pending = None
        self._samples.clear()
        self._shelf.close("v")

    def _place(self, duration: int) -> None:
        assert self._pending is not None
        start, unit = self._pending
        if unit.key:
            self._gop, self._last_key = start - self._last_key, start
        if self._segment_start is None or self._must_cut(start, unit, duration):
            self._cut(start, unit)
        elif self._samples and start + duration - self._fragment_start > _FRAGMENT:
            self._flush()
        if not self._samples:
            self._fragment_start = start
        self._samples.append(Sample(unit.data, duration, unit.key, unit.real))
        length = start + duration - self._fragment_start
        if length >= _SHORTEST and length + duration > _FRAGMENT:
            # Another like this would not fit: it need not be waited for.
            self._flush()
        if unit.real:
            self._last_duration = min(duration, VIDEO_RATE // 2)
        self._ask(start + duration)

    def _must_cut(self, start: int, unit: AccessUnit, duration: int) -> bool:
        assert self._segment_start is not None
        elapsed = start - self._segment_start
        if unit.key:
            next_key = elapsed + self._gop
            return (
                unit.params != self._format
                or elapsed >= _DUE
                or (elapsed >= VIDEO_RATE and next_key > _LONGEST)
                or (not self._segment_clean and elapsed >= VIDEO_RATE // 2)
            )
        return elapsed + duration > _LONGEST

    def _cut(self, start: int, unit: AccessUnit) -> None:
        self._flush()
        first = self._segment_start is None
        if not first:
            self._shelf.close("v")
            self._on_cut(start / VIDEO_RATE)
        info = unit.params.info
        self.width, self.height = info.width, info.height
        self._segment_start, self._segment_clean = start, unit.key
        self._format = unit.params
        init = self._shelf.use_format(unit.params)
        at = self._at(start / VIDEO_RATE)
        self._shelf.open("v", self._take, init, start, at, opens=first, real=unit.real)
        self._asked_at = start

    def _flush(self) -> None:
        if self._samples:
            self._shelf.append("v", self._fragment_start, self._samples)
            self.flushed_end = self._fragment_start + sum(s.duration for s in self._samples)
            self._samples = []

    def _ask(self, now: int) -> None:
        """Request a keyframe when the segment is nearly over; again while none comes."""
        assert self._segment_start is not None
        if now - self._segment_start >= _ASK and now - self._asked_at >= _ASK_AGAIN:
            self._asked_at = now
            self._ask_keyframe()
