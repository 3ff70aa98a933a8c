"""A take: what one publisher sends without interruption, placed on the recording's timeline.

Takes follow each other without a hole; between two of them there is one discontinuity, in both
renditions, and the wall clock jumps. Within a take the sender's clock rules.
"""

from collections.abc import Callable
from math import ceil

from .aac import SAMPLE_BYTES
from .audio_line import AudioLine
from .config import AAC_FRAME, AUDIO_RATE, VIDEO_RATE
from .h264 import AccessUnit
from .rtp_clock import PublisherClock
from .shelf import Shelf
from .slate import slate
from .video_line import HOLD, VideoLine

#: Sound that late is taken to be missing; silence is put in, but for the last part.
_AUDIO_LATE_S, _AUDIO_SPARE_S = 0.7, 0.4
#: A picture that late is held; later while its packets come, for what is missing is being sent
#: again, and after a picture that was held nothing can be shown until the next keyframe.
_VIDEO_LATE_S, _MENDING_LATE_S = 1.5, 2.0
#: So much at least is held at once, so that a return is never taken for a jump.
_HELD_S = 0.5
#: A picture that was held and comes back later than this begins a take of its own.
_LATE_RETURN_S = 0.5
#: The other track must have been heard within this, else it is the network that is gone.
_ALIVE_S = 0.5
#: The last keyframe is held for so many repetitions, then the slate.
_HELD_COPIES = 6
#: The wall clock is noted again when it has drifted by so much.
_DRIFT_S = 0.1
#: A jump of the sender's picture clock that cannot be bridged.
_JUMP_S = 2.0


class Take:
    """`origin`: Unix time (our clock) of its first moment. Video: with a picture, real or slate."""

    def __init__(
        self,
        shelf: Shelf,
        clock: PublisherClock,
        *,
        origin: float,
        video_ticks: int | None,
        with_video: bool,
        ask_keyframe: Callable[[], None],
    ) -> None:
        self._clock = clock
        self._shelf = shelf
        self._ask_keyframe = ask_keyframe
        self.origin = origin
        self._drift = 0.0
        #: The track whose arrival says how the sender's clock lies on ours.
        self._guide = clock.audio if video_ticks is None else clock.video
        self._floor = self._guide.floor
        self.number, self.start = shelf.begin_take(origin)
        #: The sender's time of the first picture, by which all others are placed.
        self._video_ticks = video_ticks
        self._held: AccessUnit | None = None
        self._held_copies = 0
        self._holding = video_ticks is None
        self.audio = AudioLine(shelf, self.number, self.start, self.at, follows_video=with_video)
        self.video = (
            VideoLine(shelf, self.number, self.start, self.at, self.audio.cut, ask_keyframe)
            if with_video
            else None
        )
        if self.video is not None and video_ticks is None:
            self.video.push(self.video.base, slate())

    def at(self, seconds: float) -> float:
        """The wall clock at a place in the recording, Unix seconds."""
        return self.origin + seconds - self.start + self._drift

    def place(self, at: float) -> float:
        """The place in the recording of a moment of the wall clock."""
        return self.start + at - self.origin

    @property
    def real_video(self) -> bool:
        """Whether it has had a picture from the publisher."""
        return self._video_ticks is not None

    def add_video(self, ticks: int, unit: AccessUnit) -> bool:
        """Add a picture; `False` where its timestamp jumps and a new take must begin."""
        if self.video is None:
            return True
        if self._video_ticks is None:
            # Sound came first; the picture joins where the wall clock says.
            if not unit.key:
                return True
            joined = self.place(self._clock.video_time(ticks))
            self._video_ticks = ticks - (round(joined * VIDEO_RATE) - self.video.base)
        place = self._place_of(self.video, ticks)
        if self._holding and not unit.key:
            # Also the last picture from before the silence, which the next packet completes.
            self._ask_keyframe()
            return True
        if abs(place - self.video.position) > _JUMP_S * VIDEO_RATE:
            return False
        if self._holding and place <= self.video.position:
            # It comes back late: a little, and the next keyframe will do; or its clock is off.
            return self.video.position - place < _LATE_RETURN_S * VIDEO_RATE
        self._holding = False
        if unit.key:
            self._held, self._held_copies = unit, 0
        self.video.push(place, unit)
        self._pump()
        return True

    def jump(self, ticks: int) -> float:
        """How far a picture is from where the last one ended, seconds."""
        if self.video is None:
            return 0.0
        return (self._place_of(self.video, ticks) - self.video.position) / VIDEO_RATE

    def _place_of(self, video: VideoLine, ticks: int) -> int:
        return video.base + ticks - (self._video_ticks or 0)

    def add_audio(self, ticks: int, pcm: bytes) -> None:
        """Add a packet's sound, as far as it belongs to the take."""
        wanted = round((self._audio_time(ticks) - self.origin) * AUDIO_RATE)
        if wanted < 0:
            pcm, wanted, ticks = pcm[-wanted * SAMPLE_BYTES :], 0, ticks - wanted
        if pcm:
            self.audio.push(ticks, pcm, wanted)
            self._pump()

    def tick(self, now: float, *, mending: bool = False) -> None:
        """Call several times a second: what does not come is held or silent.

        `mending`: packets of pictures come, though maybe none that is whole.
        """
        place = self.place(now)
        video_alive = self._clock.video.idle(now) < _ALIVE_S
        audio_alive = self._clock.audio.idle(now) < _ALIVE_S
        if self.video is None or video_alive:
            late = place - self.audio.position
            if (late > _AUDIO_LATE_S and not audio_alive) or late > 3 * _AUDIO_LATE_S:
                wanted = (place - _AUDIO_SPARE_S) * AUDIO_RATE - self.audio.base
                self.audio.fill(round(wanted))
        if self.video is not None and audio_alive:
            late = place - self.video.position / VIDEO_RATE
            allowed = _MENDING_LATE_S if mending else _VIDEO_LATE_S
            if late > allowed:
                for _ in range(ceil((late - allowed + _HELD_S) * VIDEO_RATE / HOLD)):
                    self._hold()
        self._pump()
        self._follow_clock()

    def finish(self) -> None:
        """The end: sound and picture end together, to the last tick."""
        if self.video is None:
            self.audio.end(self.audio.frames_to(0.0))
            self._shelf.end_take()
            return
        frames = self.audio.frames_to(self.video.natural_end() / VIDEO_RATE)
        end = self.audio.base + frames * AAC_FRAME
        self.video.end(round(end * VIDEO_RATE / AUDIO_RATE), self._still())
        self.audio.end(frames)
        self._shelf.end_take()

    def abandon(self) -> None:
        """The end at once: nothing more is written of what was received."""
        if self.video is None:
            self.audio.abandon(0.0)
        else:
            self.video.abandon()
            self.audio.abandon(self.video.flushed_end / VIDEO_RATE)
        self._shelf.end_take()

    def _still(self) -> AccessUnit:
        if self._held is None or self._held_copies >= _HELD_COPIES:
            return slate()
        self._held_copies += 1
        held = self._held
        return AccessUnit(held.data, True, held.params, real=False)

    def _hold(self) -> None:
        assert self.video is not None
        self._holding = True
        self.video.push(self.video.position + HOLD, self._still())

    def _pump(self) -> None:
        self.audio.pump(None if self.video is None else self.video.flushed_end / VIDEO_RATE)

    def _audio_time(self, ticks: int) -> float:
        """When a sound was captured: on the picture's line where both have sender reports."""
        audio, video = self._clock.audio, self._clock.video
        offset = self._clock.audio_after_video() if self._video_ticks is not None else None
        if self._guide is audio:
            return ticks / audio.rate + self._floor
        if offset is None or self._video_ticks is None:
            return ticks / audio.rate + audio.floor
        base = self.origin - self._video_ticks / video.rate
        return ticks / audio.rate + offset + base

    def _follow_clock(self) -> None:
        drift = self._guide.floor - self._floor
        if abs(drift - self._drift) > _DRIFT_S:
            self._drift = drift
            place = self.audio.position
            self._shelf.move_clock(place, self.at(place))
