"""The line's budget: what is sent, by whom it is watched, and what new viewers may have.

Viewers that are there keep what they have. Who comes while the line is nearly full gets smaller
pictures, then sound alone. What this process sends is counted; behind a cache that sends most of
it, players say what they watch (`budget.json`), and that counts where it is more. What other
processes of this machine need of the same line comes on top (`line.py`).
"""

import time
from collections import OrderedDict, deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import IntEnum

#: Over so long is averaged what is sent: five segments.
_WINDOW_S = 10.0
#: A viewer who has said nothing for so long has gone.
SILENT_AFTER_S = 45.0
_MOST_VIEWERS = 50_000


class Pictures(IntEnum):
    """What a viewer may have; more is less."""

    FULL = 0
    LOW = 1
    SOUND = 2


#: Shares of the uplink at which a level begins, and below which it ends.
_BEGINS = {Pictures.LOW: 0.85, Pictures.SOUND: 0.95}
_ENDS = {Pictures.LOW: 0.70, Pictures.SOUND: 0.85}


@dataclass
class _Viewer:
    pictures: Pictures
    rate: float
    came: float
    seen: float
    #: Whether it has said what it watches; before that it may only be looking.
    said: bool = False

    def needs(self, now: float) -> float:
        """Bits per second. Who has only looked is soon counted no more."""
        return self.rate if self.said or now - self.came <= _WINDOW_S else 0.0


class Budget:
    """`uplink`: bits per second, 0 for no limit. A viewer's key is `(sitting, session)`."""

    def __init__(self, uplink: float, clock: Callable[[], float] = time.monotonic) -> None:
        self.uplink = uplink
        self.level = Pictures.FULL
        #: Bits per second that other processes need of the same line.
        self.others = 0.0
        #: Viewers who were given less than everything, since the start.
        self.reduced = 0
        self._clock = clock
        self._sent: deque[tuple[float, int]] = deque()
        self._sent_bytes = 0
        self._viewers: OrderedDict[tuple[str, str], _Viewer] = OrderedDict()
        self._nameless: deque[tuple[float, float]] = deque()

    def sent(self, size: int) -> None:
        """So many bytes have gone out."""
        if self.uplink and size:
            self._sent.append((self._clock(), size))
            self._sent_bytes += size

    @property
    def measured(self) -> float:
        """Bits per second sent by this process."""
        edge = self._clock() - _WINDOW_S
        while self._sent and self._sent[0][0] < edge:
            self._sent_bytes -= self._sent.popleft()[1]
        return self._sent_bytes * 8 / _WINDOW_S

    @property
    def estimated(self) -> float:
        """Bits per second that those who are watching need, as far as they say so."""
        now = self._clock()
        while self._viewers and now - next(iter(self._viewers.values())).seen > SILENT_AFTER_S:
            self._viewers.popitem(last=False)
        while self._nameless and now - self._nameless[0][0] > _WINDOW_S:
            self._nameless.popleft()
        named = sum(viewer.needs(now) for viewer in self._viewers.values())
        return named + sum(rate for _, rate in self._nameless)

    @property
    def viewers(self) -> int:
        """Those with a session who were heard of lately."""
        return len(self._viewers)

    @property
    def needed(self) -> float:
        """Bits per second that this process needs of the line."""
        return max(self.measured, self.estimated)

    @property
    def load(self) -> float:
        """The share of the uplink that is in use, 0 where there is no limit."""
        return (self.needed + self.others) / self.uplink if self.uplink else 0.0

    def look(self) -> Pictures:
        """What new viewers get now."""
        load = self.load
        while self.level < Pictures.SOUND and load >= _BEGINS[Pictures(self.level + 1)]:
            self.level = Pictures(self.level + 1)
        while self.level > Pictures.FULL and load < _ENDS[self.level]:
            self.level = Pictures(self.level - 1)
        return self.level

    def admit(self, key: tuple[str, str] | None, rates: Mapping[Pictures, float]) -> Pictures:
        """What this viewer gets; `rates`: what each costs. `None`: one without a session."""
        if not self.uplink:
            return Pictures.FULL
        now = self._clock()
        level = self.look()
        known = self._viewers.get(key) if key else None
        if key and known is not None:
            # Never less than before; more once there is room.
            known.pictures = min(known.pictures, level)
            self._refresh(key, known, now)
            return known.pictures
        self.reduced += level is not Pictures.FULL
        if key is None:
            self._nameless.append((now, rates[level]))
        else:
            self._refresh(key, _Viewer(level, rates[level], now, now), now)
        return level

    def heard(self, key: tuple[str, str], rate: float) -> None:
        """A viewer says what it watches now, by its rate."""
        viewer = self._viewers.get(key)
        if viewer is not None:
            viewer.rate, viewer.said = rate, True
            self._refresh(key, viewer, self._clock())

    def _refresh(self, key: tuple[str, str], viewer: _Viewer, now: float) -> None:
        viewer.seen = now
        self._viewers[key] = viewer
        self._viewers.move_to_end(key)
        while len(self._viewers) > _MOST_VIEWERS:
            self._viewers.popitem(last=False)
