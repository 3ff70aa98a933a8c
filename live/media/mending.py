"""Makes sound and picture equally long again: after a crash, a full disk or a late start.

Neither needs a decoder: silence is one constant AAC frame, the missing picture a slate.
"""

from math import ceil

from .aac import silent_frame
from .cmaf import Sample
from .config import AAC_FRAME, AUDIO_RATE, TARGET_S, VIDEO_RATE
from .journal import SegmentClosed
from .shelf import Shelf
from .slate import slate

#: A difference that needs no mending (less than two AAC frames).
_CLOSE_ENOUGH_S = 0.04


def mend(shelf: Shelf) -> None:
    """Lengthen whichever rendition of the last take is shorter."""
    catalogue = shelf.catalogue
    take = catalogue.last_take
    audio = [s for s in catalogue.audio.segments if s.take == take]
    video = [s for s in catalogue.video.segments if s.take == take]
    if not take or not catalogue.video.segments:
        return
    longest = max([*audio, *video], key=lambda s: s.end)
    first = min([*audio, *video], key=lambda s: s.start)
    for segments, write in ((audio, _silence), (video, _slate)):
        start = segments[-1].end if segments else first.start
        opens = not segments
        while longest.end - start > _CLOSE_ENOUGH_S:
            length = min(float(TARGET_S), longest.end - start)
            at = longest.at + start - longest.start
            write(shelf, take, start, length, at, opens)
            start, opens = start + length, False


def backfill_video(shelf: Shelf) -> None:
    """A picture joins a recording that was sound alone: a slate for each segment of sound."""
    for segment in shelf.catalogue.audio.segments:
        _slate_for(shelf, segment)


def _slate_for(shelf: Shelf, segment: SegmentClosed) -> None:
    _slate(shelf, segment.take, segment.start, segment.duration, segment.at, segment.opens)


def _silence(shelf: Shelf, take: int, start: float, length: float, at: float, opens: bool) -> None:
    ticks = ceil(start * AUDIO_RATE - 0.5)
    frames = max(1, round(length * AUDIO_RATE / AAC_FRAME))
    init = shelf.use_format(None)
    shelf.open("a", take, init, ticks, at, opens=opens, real=False)
    shelf.append("a", ticks, [Sample(silent_frame(), AAC_FRAME, real=False)] * frames)
    shelf.close("a")


def _slate(shelf: Shelf, take: int, start: float, length: float, at: float, opens: bool) -> None:
    unit = slate()
    ticks = round(start * VIDEO_RATE)
    init = shelf.use_format(unit.params)
    shelf.open("v", take, init, ticks, at, opens=opens, real=False)
    duration = round(length * VIDEO_RATE)
    shelf.append("v", ticks, [Sample(unit.data, duration, real=False)])
    shelf.close("v")
