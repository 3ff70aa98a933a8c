"""The picture shown while there is sound but no picture: one dark keyframe, made once.

This is the only video encoder of the media process; it runs for one frame.
"""

from fractions import Fraction
from functools import cache

import av
from av.video.codeccontext import VideoCodecContext

from .h264 import AccessUnit, UnitReader

_WIDTH, _HEIGHT = 640, 360


@cache
def slate() -> AccessUnit:
    """A dark green-black 640 by 360 keyframe with its own parameter sets (about 1 kB)."""
    codec = av.CodecContext.create("libx264", "w")
    assert isinstance(codec, VideoCodecContext)
    codec.width, codec.height = _WIDTH, _HEIGHT
    codec.pix_fmt = "yuv420p"
    codec.time_base = Fraction(1, 25)
    codec.profile = "Baseline"
    codec.options = {"tune": "zerolatency", "preset": "veryfast", "x264-params": "repeat-headers=1"}
    frame = av.VideoFrame(_WIDTH, _HEIGHT, "yuv420p")
    for plane, value in zip(frame.planes, (0x18, 0x7C, 0x7C), strict=True):
        plane.update(bytes([value]) * plane.buffer_size)
    frame.pts = 0
    packets = [*codec.encode(frame), *codec.encode(None)]
    unit = UnitReader().read(b"".join(map(bytes, packets)))
    assert unit is not None and unit.key
    return AccessUnit(unit.data, True, unit.params, real=False)
