"""The sound of one take: PCM in, AAC fragments and segments out, never with a hole.

What does not arrive is silence. Segments are cut where the picture's are, or every two seconds
where there is no picture; fragments are written no further than the picture has been (but for half
an AAC frame), and end where the picture's do, so that both have as many parts.
"""

from collections import deque
from collections.abc import Callable
from math import ceil

from .aac import SAMPLE_BYTES, AacEncoder, silence, silent_frame
from .cmaf import Sample
from .config import AAC_FRAME, AUDIO_RATE, PART_SHORTEST_S, PART_TARGET_S, TARGET_S
from .shelf import Shelf

_MOST_FRAMES = int(PART_TARGET_S * AUDIO_RATE / AAC_FRAME)
_LEAST_FRAMES = ceil(PART_SHORTEST_S * AUDIO_RATE / AAC_FRAME)
#: Sound may be off by so much before it is moved: less is not heard, more is seen on lips.
_TOLERANCE = int(0.03 * AUDIO_RATE)


class AudioLine:
    """Places sound. Positions are samples since the start of the take."""

    def __init__(
        self,
        shelf: Shelf,
        take: int,
        start: float,
        at: Callable[[float], float],
        *,
        follows_video: bool,
    ) -> None:
        self._shelf = shelf
        self._take = take
        self._at = at
        self._follows_video = follows_video
        self.base = ceil(start * AUDIO_RATE - 1e-6)
        self._encoder = AacEncoder()
        self._frames: deque[Sample] = deque()
        self._fragment: list[Sample] = []
        #: Frames given to a fragment, and frames whose fragment was handed to the shelf.
        self._placed = 0
        self._written = 0
        #: Where the open segment starts; `None` between two.
        self._segment_start: int | None = None
        self._first = True
        self._cuts: deque[float] = deque()
        self._real_until = 0
        self._encoded = 0
        #: Samples fed so far.
        self.length = 0
        #: RTP timestamp and position that belong together.
        self._anchor: tuple[int, int] | None = None

    @property
    def position(self) -> float:
        """Where the sound fed so far ends, seconds of the recording."""
        return (self.base + self.length) / AUDIO_RATE

    def push(self, ticks: int, pcm: bytes, wanted: int) -> None:
        """Add a packet's sound. `wanted`: the position that the clocks give for `ticks`."""
        if self._anchor is None:
            self._anchor = (ticks, wanted)
        place = self._anchor[1] + ticks - self._anchor[0]
        if abs(place - wanted) > _TOLERANCE:
            self._anchor = (ticks, wanted)
            place = wanted
        if place > self.length:
            self.fill(place)
        late = self.length - place
        pcm = pcm[late * SAMPLE_BYTES :] if late > 0 else pcm
        if pcm:
            self._real_until = self.length + len(pcm) // SAMPLE_BYTES
            self._feed(pcm)

    def fill(self, position: int) -> None:
        """Silence up to `position`."""
        if position > self.length:
            self._feed(silence(position - self.length))

    def cut(self, seconds: float) -> None:
        """The picture starts a segment there; so does the sound."""
        self._cuts.append(seconds)

    def pump(self, limit: float | None) -> None:
        """Hand over the frames that are half over by `limit` (seconds), or all of them."""
        while True:
            start = self.base + self._placed * AAC_FRAME
            middle = (start + AAC_FRAME / 2) / AUDIO_RATE
            beyond = limit is not None and middle > limit + 1e-6
            if self._due(start, middle):
                self._close()
            elif beyond and len(self._fragment) >= _LEAST_FRAMES:
                self._flush()
            if beyond or not self._frames:
                return
            self._open(start)
            self._fragment.append(self._frames.popleft())
            self._placed += 1
            if len(self._fragment) >= _MOST_FRAMES:
                self._flush()

    def frames_to(self, seconds: float) -> int:
        """How many frames cover the take up to `seconds` and all the sound fed."""
        samples = max(self.length, ceil(seconds * AUDIO_RATE - 1e-6) - self.base)
        return ceil(samples / AAC_FRAME)

    def end(self, frames: int) -> None:
        """The take ends after so many frames."""
        # The encoder gives a frame out when it has seen the two after it.
        self.fill((frames + 2) * AAC_FRAME)
        while len(self._frames) > frames - self._placed:
            self._frames.pop()
        self.pump(None)
        self._close()

    def abandon(self, until: float) -> None:
        """Close without what is in memory; silence up to `until`, where the picture ends."""
        self._frames.clear()
        self._fragment.clear()
        self._placed = self._written
        wanted = round((until * AUDIO_RATE - self.base) / AAC_FRAME)
        missing = max(0, wanted - self._placed)
        self._frames.extend(Sample(silent_frame(), AAC_FRAME, real=False) for _ in range(missing))
        self.pump(None)
        self._close()

    def _feed(self, pcm: bytes) -> None:
        self.length += len(pcm) // SAMPLE_BYTES
        for data in self._encoder.encode(pcm):
            real = self._encoded * AAC_FRAME < self._real_until
            self._frames.append(Sample(data, AAC_FRAME, real=real))
            self._encoded += 1

    def _due(self, start: int, middle: float) -> bool:
        """Whether the segment ends before the frame that starts there: the cut is in its first
        half, or before it."""
        if self._segment_start is None:
            return False
        if self._follows_video:
            return bool(self._cuts) and middle >= self._cuts[0]
        return start + AAC_FRAME / 2 >= self._segment_start + TARGET_S * AUDIO_RATE

    def _open(self, start: int) -> None:
        if self._segment_start is not None:
            return
        self._segment_start = start
        init = self._shelf.use_format(None)
        at = self._at(start / AUDIO_RATE)
        self._shelf.open("a", self._take, init, start, at, opens=self._first, real=False)
        self._first = False

    def _close(self) -> None:
        self._flush()
        self._shelf.close("a")
        self._segment_start = None
        if self._cuts:
            self._cuts.popleft()

    def _flush(self) -> None:
        if self._fragment:
            start = self.base + self._written * AAC_FRAME
            self._shelf.append("a", start, self._fragment)
            self._written += len(self._fragment)
            self._fragment = []
