"""Which packets of a picture are missing, and when each is to be asked for: pure bookkeeping.

aiortc by itself asks again only when another packet is lost, and then for everything. Here each
packet has a clock of its own: it is asked for at once (NACK, RFC 4585 section 6.2.1), again when
the answer should have come, by the round trip that answers have shown, and given up after a while.
"""

from dataclasses import dataclass

from .rtp_clock import Unwrapper

#: Given up after so long, so that what came later can still be shown in time.
GIVE_UP_S = 1.0
#: Further apart than this, numbers are not a loss: the sender began to count afresh.
CAPACITY = 512
#: A network that was silent for so long could not have answered: that time is nobody's fault.
_SILENCE_S = 0.25
_FIRST_GUESS_S = 0.1
_SOONEST_S, _LATEST_S = 0.04, 0.25
_NUMBERS = 1 << 16


@dataclass
class _Lost:
    #: When a later packet came.
    noticed: float
    asked: float = 0.0
    times: int = 0


class Repair:
    """Numbers are the 16-bit ones of RTP; times are seconds of a clock that never jumps."""

    def __init__(self) -> None:
        self._unwrap = Unwrapper(16)
        self._newest: int | None = None
        self._lost: dict[int, _Lost] = {}
        self._heard = 0.0
        self._trip: float | None = None

    def __bool__(self) -> bool:
        """Whether anything is missing."""
        return bool(self._lost)

    @property
    def wait(self) -> float:
        """How long an answer may take before it is asked for again, seconds."""
        trip = _FIRST_GUESS_S if self._trip is None else self._trip
        return min(_LATEST_S, max(_SOONEST_S, 1.1 * trip + 0.02))

    def arrived(self, number: int, now: float) -> None:
        """A packet came, for the first time or again."""
        silence, self._heard = now - self._heard, now
        if silence > _SILENCE_S:
            for lost in self._lost.values():
                lost.noticed += silence
        place = self._unwrap(number)
        if self._newest is None or abs(place - self._newest) >= CAPACITY:
            self._lost.clear()
            self._newest = place
        elif place > self._newest:
            for missing in range(self._newest + 1, place):
                self._lost[missing] = _Lost(now)
            self._newest = place
        elif place in self._lost:
            lost = self._lost.pop(place)
            if lost.times:
                self._measure(lost, now)

    def forget(self, origin: int) -> None:
        """What is before `origin` is no longer wanted."""
        if self._lost:
            assert self._newest is not None
            behind = (self._newest - origin) % _NUMBERS
            first = self._newest - behind
            self._lost = {place: lost for place, lost in self._lost.items() if place >= first}

    def due(self, now: float) -> list[int]:
        """The numbers to ask for now; they count as asked."""
        asked = []
        wait = self.wait
        for place, lost in self._lost.items():
            if not lost.times or now - lost.asked >= wait:
                lost.asked, lost.times = now, lost.times + 1
                asked.append(place % _NUMBERS)
        return asked

    def behind_gap(self) -> int:
        """The number of the packet behind the first gap."""
        place = next(iter(self._lost))
        while place in self._lost:
            place += 1
        return place % _NUMBERS

    def hopeless(self, now: float) -> bool:
        """Whether the first gap has been waited for long enough."""
        return now - next(iter(self._lost.values())).noticed >= GIVE_UP_S

    def _measure(self, lost: _Lost, now: float) -> None:
        """Learn the round trip from an answer."""
        took = now - lost.asked
        if lost.times > 1:
            if self._trip is not None and took >= self._trip / 2:
                # Which question it answers cannot be known.
                return
            # Sooner than any answer: it belongs to the question before, which took longer.
            took += self.wait
        self._trip = took if self._trip is None else 0.75 * self._trip + 0.25 * took
