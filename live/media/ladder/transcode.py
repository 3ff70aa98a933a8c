"""Decodes a segment of the source once and encodes each rung's picture of it.

The only place where pictures are decoded; the media process never imports it. Every segment is
encoded by itself (capped constant quality: a calm hall costs less than the rung's rate), so that
any can be made at any time, in any order, after any crash.
"""

from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from fractions import Fraction

import av
from av.video.codeccontext import VideoCodecContext
from av.video.reformatter import Interpolation, VideoReformatter
from av.video.stream import VideoStream

from .. import cmaf
from ..config import VIDEO_RATE
from ..h264 import ParameterSets, UnitReader, split_nals
from .rungs import Rung, size_of
from .samples import Picture

_NAL_SEI = 6
#: Quality where the rate allows it (x264's constant rate factor).
_CRF = 26
_LOOKAHEAD = 10


@dataclass(frozen=True)
class Made:
    """A rung's segment, and the initialisation segment that it needs."""

    init: bytes
    codec: str
    width: int
    height: int
    data: bytes


class SegmentDecoder:
    """Decodes the pictures of one recording; goes on from segment to segment where it can."""

    def __init__(self, config: bytes) -> None:
        """`config`: the source's `avcC`."""
        codec = av.CodecContext.create("h264", "r")
        assert isinstance(codec, VideoCodecContext)
        codec.extradata = config
        codec.thread_count = 1
        self.config = config
        self._codec = codec
        #: The segment after which the decoder stands; `None`: it needs a keyframe.
        self.after: int | None = None

    def decode(self, seq: int, units: Sequence[Picture]) -> list[tuple[int, av.VideoFrame]]:
        """The frames of a segment, each with the index of its picture, in order."""
        if self.after != seq - 1 or units[0].key:
            self._codec.flush_buffers()
        frames: list[tuple[int, av.VideoFrame]] = []
        for index, unit in enumerate(units):
            packet = av.Packet(unit.data)
            packet.pts = packet.dts = index
            try:
                frames += [(f.pts or 0, f) for f in self._codec.decode(packet)]
            except av.FFmpegError:
                continue
        self.after = seq
        if len(frames) < len(units):
            # It holds pictures back: have them out, and begin anew with the next segment.
            with suppress(av.FFmpegError):
                frames += [(f.pts or 0, f) for f in self._codec.decode(None)]
            self._codec.flush_buffers()
            self.after = None
        return frames


def dark(width: int, height: int) -> av.VideoFrame:
    """A dark picture, where nothing can be decoded."""
    frame = av.VideoFrame(width, height, "yuv420p")
    for plane, value in zip(frame.planes, (0x18, 0x7C, 0x7C), strict=True):
        plane.update(bytes([value]) * plane.buffer_size)
    return frame


class SegmentEncoder:
    """One rung's encoder for one segment."""

    def __init__(self, rung: Rung, width: int, height: int) -> None:
        self.width, self.height = size_of(rung, width, height)
        codec = av.CodecContext.create("libx264", "w")
        assert isinstance(codec, VideoCodecContext)
        codec.width, codec.height = self.width, self.height
        codec.pix_fmt = "yuv420p"
        codec.time_base = Fraction(1, VIDEO_RATE)
        codec.framerate = Fraction(30)
        codec.max_b_frames = 0
        codec.thread_count = 1
        codec.profile = "High"
        kbit = rung.rate // 1000
        codec.options = {
            "preset": "veryfast",
            "crf": str(_CRF),
            "x264-params": (
                f"vbv-maxrate={kbit}:vbv-bufsize={kbit}:vbv-init=0.5:keyint=infinite:scenecut=0:"
                f"rc-lookahead={_LOOKAHEAD}:bframes=0:repeat-headers=1:sliced-threads=0"
            ),
        }
        self._codec = codec
        self._scale = VideoReformatter()
        self._units = UnitReader()
        self._samples: list[bytes] = []
        self._params: ParameterSets | None = None

    def add(self, frame: av.VideoFrame, ticks: int) -> av.VideoFrame:
        """Encode a frame; returns it at the rung's size, which the next smaller rung may use."""
        scaled = self._scale.reformat(
            frame, self.width, self.height, "yuv420p", interpolation=Interpolation.BILINEAR
        )
        if scaled is frame:
            # The same size: still a timestamp and a picture type of its own.
            pts = frame.pts
            self._put(frame, ticks)
            frame.pts = pts
            return frame
        self._put(scaled, ticks)
        return scaled

    def _put(self, frame: av.VideoFrame, ticks: int) -> None:
        frame.pts, frame.time_base = ticks, Fraction(1, VIDEO_RATE)
        frame.pict_type = av.video.frame.PictureType.NONE
        self._take(self._codec.encode(frame))

    def _take(self, packets: Iterable["av.Packet[VideoStream]"]) -> None:
        for packet in packets:
            nals = [nal for nal in split_nals(bytes(packet)) if nal[0] & 0x1F != _NAL_SEI]
            unit = self._units.read(b"".join(b"\0\0\1" + nal for nal in nals))
            if unit is not None:
                self._params = unit.params
                self._samples.append(unit.data)

    def finish(self, number: int, start: int, durations: Sequence[int]) -> Made:
        """The segment, its pictures lasting as said. Raises `ValueError` where one lacks."""
        self._take(self._codec.encode(None))
        if self._params is None or len(self._samples) != len(durations):
            raise ValueError("the encoder lost a picture")
        samples = [
            cmaf.Sample(data, duration, key=index == 0)
            for index, (data, duration) in enumerate(zip(self._samples, durations, strict=True))
        ]
        info = self._params.info
        return Made(
            init=cmaf.video_init(self._params),
            codec=info.codec,
            width=info.width,
            height=info.height,
            data=cmaf.segment_type() + cmaf.fragment(number, start, samples),
        )


def transcode(
    decoder: SegmentDecoder,
    seq: int,
    units: Sequence[Picture],
    rungs: Sequence[Rung],
    size: tuple[int, int],
) -> dict[Rung, Made]:
    """The segment for each of `rungs` (largest first); `size` is what the source announces.

    Same start, same end, a keyframe first. What cannot be decoded is filled by the picture before
    it, or by a dark one.
    """
    frames = decoder.decode(seq, units)
    if not frames:
        frames = [(0, dark(*size))]
    # The first picture stands from the segment's start, whichever it is.
    starts = [units[0].start, *(units[index].start for index, _ in frames[1:])]
    end = units[-1].start + units[-1].duration
    durations = [b - a for a, b in zip(starts, [*starts[1:], end], strict=True)]
    first = frames[0][1]
    encoders = {rung: SegmentEncoder(rung, first.width, first.height) for rung in rungs}
    for (_, frame), ticks in zip(frames, starts, strict=True):
        picture = frame
        for rung in rungs:
            picture = encoders[rung].add(picture, ticks - starts[0])
    return {rung: encoder.finish(seq, starts[0], durations) for rung, encoder in encoders.items()}
