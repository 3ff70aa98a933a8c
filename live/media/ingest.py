"""Turns what one publisher sends into takes on a shelf.

Before a take can begin, both clocks must be known (sender reports) and a keyframe be there; what
comes meanwhile waits in memory.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass, field

from . import mending
from .aac import SAMPLE_BYTES, OpusDecoder
from .config import AUDIO_RATE, INTERRUPTED_AFTER_S, VIDEO_RATE
from .h264 import AccessUnit, UnitReader
from .rtp_clock import PublisherClock, TrackClock
from .shelf import Shelf
from .take import Take

logger = logging.getLogger(__name__)

#: Without sender reports of both tracks, arrival times must do.
_REPORTS_WITHIN_S = 2.5
#: A track that was offered but never came.
_TRACK_WITHIN_S = 3.0
#: A track that was there before and has been away.
_BACK_WITHIN_S = 1.5
#: A picture that never has a keyframe.
_KEYFRAME_WITHIN_S = 6.0
_ASK_EVERY_S = 1.0
#: A track whose packets come, so that what is missing of it can be sent again.
_HEARD_WITHIN_S = 0.3
_PCM_BYTES_A_SECOND = SAMPLE_BYTES * AUDIO_RATE


@dataclass
class _Waiting:
    """What has come since the shelf was there, from the first keyframe on."""

    since: float
    video: list[tuple[int, AccessUnit]] = field(default_factory=list)
    audio: list[tuple[int, bytes]] = field(default_factory=list)
    asked: float = 0.0


class Ingest:
    """One publisher's media. All times are Unix seconds of our clock."""

    def __init__(
        self, *, has_video: bool, has_audio: bool, ask_keyframe: Callable[[], None], now: float
    ) -> None:
        self.has_video = has_video
        self.has_audio = has_audio
        self.clock = PublisherClock(TrackClock(VIDEO_RATE), TrackClock(AUDIO_RATE))
        self._ask_keyframe = ask_keyframe
        self._units = UnitReader()
        self._opus = OpusDecoder() if has_audio else None
        self._shelf: Shelf | None = None
        self._take: Take | None = None
        self._waiting: _Waiting | None = None
        self._began = now
        self._first_media: float | None = None
        self._lost = False
        self._last_tick = now
        self._video_heard = 0.0
        self.width: int | None = None
        self.height: int | None = None

    # From the connection

    def on_video(self, timestamp: int, annex_b: bytes, now: float) -> None:
        """A whole picture as sent, Annex B."""
        ticks = self.clock.video.arrive(timestamp, now)
        unit = self._units.read(annex_b)
        if unit is None:
            return
        if unit.key:
            self._lost = False
            info = unit.params.info
            self.width, self.height = info.width, info.height
        elif self._lost:
            return
        self._first_media = self._first_media or now
        if self._waiting is not None:
            if unit.key or self._waiting.video:
                self._waiting.video.append((ticks, unit))
            self._try_begin(now)
        elif self._take is not None:
            self._add_video(self._take, ticks, unit, now)

    def on_audio(self, timestamp: int, payload: bytes, now: float) -> None:
        """An Opus packet, in order."""
        ticks = self.clock.audio.arrive(timestamp, now)
        if self._opus is None or self._shelf is None:
            return
        pcm = self._opus.decode(payload)
        if not pcm:
            return
        self._first_media = self._first_media or now
        if self._waiting is not None:
            self._waiting.audio.append((ticks, pcm))
            self._try_begin(now)
        elif self._take is not None:
            self._take.add_audio(ticks, pcm)

    def on_packet(self, kind: str, now: float) -> None:
        """A packet of a track, before anything is known of it."""
        if kind == "video":
            self._video_heard = now

    def on_report(self, kind: str, ntp: int, timestamp: int) -> None:
        """A sender report of a track."""
        (self.clock.video if kind == "video" else self.clock.audio).report(ntp, timestamp)

    def on_loss(self) -> None:
        """Part of a picture is lost for good: nothing can be shown until the next keyframe."""
        self._lost = True
        self._ask_keyframe()

    # From the sitting

    def direct(self, shelf: Shelf | None, now: float, *, abandon: bool = False) -> None:
        """From now on, put takes on this shelf. `abandon`: drop what is still in memory."""
        self._end_take(abandon=abandon)
        self._shelf = shelf
        self._waiting = _Waiting(now) if shelf is not None else None

    def drop_take(self) -> None:
        """The shelf failed: there is nothing left to finish."""
        self._take = self._waiting = None

    def tick(self, now: float) -> None:
        """Call ten times a second."""
        late, self._last_tick = now - self._last_tick, now
        if self._take is not None:
            if self.idle(now) >= INTERRUPTED_AFTER_S:
                self._end_take(abandon=False)
            elif late < 0.4:
                # After a pause of our own, packets are waiting that must be read first.
                self._take.tick(now, mending=now - self._video_heard < _HEARD_WITHIN_S)
        elif self._waiting is not None:
            if self.idle(now) >= INTERRUPTED_AFTER_S:
                self._waiting = _Waiting(now)
            self._try_begin(now)
        elif self._shelf is not None and self._shelf.trouble is None and self.idle(now) < 1.0:
            self._waiting = _Waiting(now)

    def idle(self, now: float) -> float:
        """Seconds since the last packet of any track."""
        return min(self.clock.video.idle(now), self.clock.audio.idle(now))

    # Inside

    def _end_take(self, *, abandon: bool) -> None:
        take, self._take, self._waiting = self._take, None, None
        if take is None or (self._shelf is not None and self._shelf.trouble is not None):
            return
        if abandon:
            take.abandon()
        else:
            take.finish()

    def _add_video(self, take: Take, ticks: int, unit: AccessUnit, now: float) -> None:
        if take.video is None and unit.key:
            # A picture after all: it begins a take of its own, the past gets a slate.
            self._restart(now, ticks, unit)
        elif not take.add_video(ticks, unit):
            logger.warning("the recording breaks: its picture is off by %+.2f s", take.jump(ticks))
            self._restart(now, ticks, unit)

    def _restart(self, now: float, ticks: int, unit: AccessUnit) -> None:
        self._end_take(abandon=False)
        self._waiting = _Waiting(now)
        if unit.key:
            self._waiting.video.append((ticks, unit))

    def _try_begin(self, now: float) -> None:
        shelf, waiting = self._shelf, self._waiting
        if shelf is None or waiting is None or not shelf.settled:
            return
        if self._first_media is None or not (waiting.video or waiting.audio):
            return
        if not self._ready(waiting, now):
            if not waiting.video and self.has_video and now - waiting.asked > _ASK_EVERY_S:
                waiting.asked = now
                self._ask_keyframe()
            self._trim(waiting)
            return
        self._waiting = None
        self._begin(shelf, waiting, now)

    def _expects(self, clock: TrackClock, offered: bool, since: float, now: float) -> bool:
        if not offered:
            return False
        if clock.last_arrival is None:
            return now - self._began < _TRACK_WITHIN_S
        # After an interruption the other track may come a moment later.
        return clock.idle(now) < 1.0 or now - since < _BACK_WITHIN_S

    def _ready(self, waiting: _Waiting, now: float) -> bool:
        video = self._expects(self.clock.video, self.has_video, waiting.since, now)
        audio = self._expects(self.clock.audio, self.has_audio, waiting.since, now)
        if video and not waiting.video and now - waiting.since < _KEYFRAME_WITHIN_S:
            return False
        if audio and not waiting.audio:
            return False
        since = max(self._first_media or now, waiting.since)
        reported = self.clock.video.reported and self.clock.audio.reported
        return not (video and audio) or reported or now - since > _REPORTS_WITHIN_S

    def _trim(self, waiting: _Waiting) -> None:
        """While no keyframe comes, keep a few seconds of sound at most."""
        total = sum(len(pcm) for _, pcm in waiting.audio)
        while total > 8 * _PCM_BYTES_A_SECOND:
            total -= len(waiting.audio.pop(0)[1])

    def _begin(self, shelf: Shelf, waiting: _Waiting, now: float) -> None:
        mending.mend(shelf)
        clock = self.clock
        if waiting.video:
            if not shelf.has_video:
                mending.backfill_video(shelf)
            ticks = waiting.video[0][0]
            origin, first = clock.video_time(ticks), ticks
        else:
            origin, first = waiting.audio[0][0] / AUDIO_RATE + clock.audio.floor, None
        take = Take(
            shelf,
            clock,
            origin=origin,
            video_ticks=first,
            with_video=bool(waiting.video) or shelf.has_video,
            ask_keyframe=self._ask_keyframe,
        )
        self._take = take
        for ticks, pcm in waiting.audio:
            take.add_audio(ticks, pcm)
        for ticks, unit in waiting.video:
            if not take.add_video(ticks, unit):
                self._restart(now, ticks, unit)
                return
