"""Places RTP timestamps on one clock: when was this picture or sound captured?

RTP timestamps of two tracks start at random values (RFC 3550 section 5.1); sender reports
(section 6.4.1) say which NTP time goes with which timestamp, so they alone tell how sound and
picture lie to each other. Arrival times say where both lie on our own clock.
"""

from collections import deque
from dataclasses import dataclass, field
from statistics import median

#: Sender reports are noisy (a few tens of ms from a busy publisher): the median of so many counts.
_REPORTS_KEPT = 9
#: The quickest arrival of this many seconds tells the network's delay apart from its jitter.
_FLOOR_WINDOW_S = 10.0
#: A track that sent nothing for so long is looked at afresh.
_AWAY_S = 2.0


def ntp_seconds(ntp: int) -> float:
    """A 64-bit NTP timestamp in seconds (RFC 5905 section 6)."""
    return ntp / (1 << 32)


class Unwrapper:
    """Makes 32-bit timestamps (or 16-bit numbers) count on where they wrap around."""

    def __init__(self, bits: int = 32) -> None:
        self._span = 1 << bits
        self._last: int | None = None

    def __call__(self, value: int) -> int:
        if self._last is None:
            # One lap up, so that what comes slightly earlier does not turn negative.
            self._last = value + self._span
        else:
            step = (value - self._last) % self._span
            if step >= self._span // 2:
                step -= self._span
            self._last += step
        return self._last


@dataclass
class TrackClock:
    """What is known of one track's clock. `rate` in ticks a second."""

    rate: int
    unwrap: Unwrapper = field(default_factory=Unwrapper)
    last_arrival: float | None = None
    #: `sender NTP - timestamp / rate` of the latest sender reports.
    _skews: deque[float] = field(default_factory=lambda: deque(maxlen=_REPORTS_KEPT))
    _floor_now: float | None = None
    _floor_before: float | None = None
    _floor_turn: float = 0.0

    def arrive(self, timestamp: int, now: float) -> int:
        """Note a packet that arrived at `now` (Unix seconds); returns its unwrapped timestamp."""
        ticks = self.unwrap(timestamp)
        offset = now - ticks / self.rate
        if self.idle(now) > _AWAY_S:
            # The sender may have been suspended, and its clock with it: what was known is void.
            self._floor_now = self._floor_before = None
            self._skews.clear()
        if self._floor_now is None or now - self._floor_turn > _FLOOR_WINDOW_S:
            self._floor_before, self._floor_now = self._floor_now, offset
            self._floor_turn = now
        else:
            self._floor_now = min(self._floor_now, offset)
        self.last_arrival = now
        return ticks

    def report(self, ntp: int, timestamp: int) -> None:
        """Note a sender report. Reports sent before the first packet say nothing."""
        if ntp and self.last_arrival is not None:
            # Not through `unwrap` itself: a report must not move the state of the packets.
            probe = Unwrapper()
            probe._last = self.unwrap._last
            self._skews.append(ntp_seconds(ntp) - probe(timestamp) / self.rate)

    @property
    def reported(self) -> bool:
        return bool(self._skews)

    @property
    def skew(self) -> float:
        """Sender NTP time of timestamp 0, seconds."""
        return median(self._skews)

    @property
    def floor(self) -> float:
        """Our time of timestamp 0 if the network were as quick as it was lately at its best."""
        floors = [f for f in (self._floor_now, self._floor_before) if f is not None]
        return min(floors)

    def idle(self, now: float) -> float:
        """Seconds since the last packet; infinite before the first."""
        return float("inf") if self.last_arrival is None else now - self.last_arrival


@dataclass
class PublisherClock:
    """The clocks of a publisher's two tracks, put together."""

    video: TrackClock
    audio: TrackClock

    def video_time(self, ticks: int) -> float:
        """When a picture was captured, in Unix seconds of our clock."""
        return ticks / self.video.rate + self.video.floor

    def audio_after_video(self) -> float | None:
        """Seconds to add to `audio ticks / rate` to stand on the line of `video ticks / rate`;
        `None` while a sender report is missing."""
        if self.video.reported and self.audio.reported:
            return self.audio.skew - self.video.skew
        return None
