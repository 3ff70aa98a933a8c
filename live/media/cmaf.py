"""Writes CMAF: initialisation segments and movie fragments (ISO/IEC 14496-12 and 23000-19).

One track per file, AVC video (`avc1`) or AAC-LC mono (`mp4a`). Times are in ticks of the track's
own timescale, on the timeline of the recording (`tfdt`), so that segments follow each other
without a gap whatever happened to the publisher.
"""

import struct
from collections.abc import Sequence
from dataclasses import dataclass

from .config import AAC_BIT_RATE, AAC_FRAME, AUDIO_RATE, VIDEO_RATE
from .h264 import ParameterSets

_MATRIX = struct.pack(">9I", 0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000)
_SYNC = 0x02000000
_NOT_SYNC = 0x01010000
AUDIO_CODEC = "mp4a.40.2"

#: AudioSpecificConfig (ISO/IEC 14496-3): AAC-LC, sampling frequency index 3 (48 kHz), mono.
AUDIO_SPECIFIC_CONFIG = bytes([2 << 3 | 3 >> 1, (3 & 1) << 7 | 1 << 3])


@dataclass(frozen=True)
class Sample:
    """A picture or an AAC frame; `duration` in ticks of its track."""

    data: bytes
    duration: int
    key: bool = True
    #: False where we made it ourselves (silence, a held picture).
    real: bool = True


def box(kind: bytes, *parts: bytes) -> bytes:
    """A box: size, four-letter kind, contents."""
    size = 8 + sum(map(len, parts))
    return b"".join((struct.pack(">I4s", size, kind), *parts))


def full_box(kind: bytes, version: int, flags: int, *parts: bytes) -> bytes:
    """A box with version and flags."""
    return box(kind, struct.pack(">I", version << 24 | flags), *parts)


def _descriptor(tag: int, body: bytes) -> bytes:
    return bytes([tag, len(body)]) + body


def _avc1(params: ParameterSets) -> bytes:
    info = params.info
    config = bytes([1, info.profile, info.constraints, info.level, 0xFF, 0xE1])
    config += struct.pack(">H", len(params.sps)) + params.sps + bytes([len(params.pps)])
    config += b"".join(struct.pack(">H", len(pps)) + pps for pps in params.pps)
    if info.profile in (100, 110, 122, 144):
        config += bytes(
            [
                0xFC | info.chroma_format,
                0xF8 | info.bit_depth_luma - 8,
                0xF8 | info.bit_depth_chroma - 8,
                0,
            ]
        )
    head = bytes(6) + struct.pack(">H", 1) + bytes(16)
    head += struct.pack(">HHIII", info.width, info.height, 0x480000, 0x480000, 0)
    head += struct.pack(">H", 1) + bytes(32) + struct.pack(">Hh", 24, -1)
    return box(b"avc1", head, box(b"avcC", config))


def _mp4a() -> bytes:
    decoder = _descriptor(
        4,
        struct.pack(">BBBHII", 0x40, 0x15, 0, 0, AAC_BIT_RATE * 2, AAC_BIT_RATE)
        + _descriptor(5, AUDIO_SPECIFIC_CONFIG),
    )
    esds = _descriptor(3, struct.pack(">HB", 1, 0) + decoder + _descriptor(6, b"\x02"))
    head = bytes(6) + struct.pack(">H", 1) + bytes(8)
    head += struct.pack(">HHHHI", 1, 16, 0, 0, AUDIO_RATE << 16)
    return box(b"mp4a", head, full_box(b"esds", 0, 0, esds))


def _init(timescale: int, handler: bytes, header: bytes, entry: bytes, size: bytes) -> bytes:
    volume = 0x0100 if handler == b"soun" else 0
    tables = box(
        b"stbl",
        full_box(b"stsd", 0, 0, struct.pack(">I", 1), entry),
        full_box(b"stts", 0, 0, bytes(4)),
        full_box(b"stsc", 0, 0, bytes(4)),
        full_box(b"stsz", 0, 0, bytes(8)),
        full_box(b"stco", 0, 0, bytes(4)),
    )
    data = box(b"dinf", full_box(b"dref", 0, 0, struct.pack(">I", 1), full_box(b"url ", 0, 1)))
    media = box(
        b"mdia",
        full_box(b"mdhd", 0, 0, struct.pack(">IIIIHH", 0, 0, timescale, 0, 0x55C4, 0)),
        full_box(b"hdlr", 0, 0, bytes(4), handler, bytes(12), b"palabre\x00"),
        box(b"minf", header, data, tables),
    )
    track = full_box(
        b"tkhd",
        0,
        7,
        struct.pack(">IIIII", 0, 0, 1, 0, 0),
        bytes(8),
        struct.pack(">HHHH", 0, 0, volume, 0),
        _MATRIX,
        size,
    )
    movie = full_box(
        b"mvhd",
        0,
        0,
        struct.pack(">IIIIIH", 0, 0, timescale, 0, 0x10000, 0x0100),
        bytes(10),
        _MATRIX,
        bytes(24),
        struct.pack(">I", 2),
    )
    extends = full_box(b"trex", 0, 0, struct.pack(">IIIII", 1, 1, 0, 0, 0))
    brands = box(b"ftyp", b"iso6", bytes(4), b"iso6", b"cmfc", b"mp41")
    return brands + box(b"moov", movie, box(b"trak", track, media), box(b"mvex", extends))


def video_init(params: ParameterSets) -> bytes:
    """The initialisation segment of a video rendition."""
    info = params.info
    header = full_box(b"vmhd", 0, 1, bytes(8))
    size = struct.pack(">II", info.width << 16, info.height << 16)
    return _init(VIDEO_RATE, b"vide", header, _avc1(params), size)


def audio_init() -> bytes:
    """The initialisation segment of an audio rendition."""
    return _init(AUDIO_RATE, b"soun", full_box(b"smhd", 0, 0, bytes(4)), _mp4a(), bytes(8))


def segment_type() -> bytes:
    """What a segment file starts with."""
    return box(b"styp", b"msdh", bytes(4), b"msdh", b"msix", b"cmfs")


def fragment(number: int, start: int, samples: Sequence[Sample]) -> bytes:
    """One `moof` and its `mdat`: `samples` from `start` ticks on."""
    rows = b"".join(
        struct.pack(">III", s.duration, len(s.data), _SYNC if s.key else _NOT_SYNC) for s in samples
    )
    # data-offset, sample duration, size and flags present
    run_head = struct.pack(">I", len(samples))

    def moof(offset: int) -> bytes:
        return box(
            b"moof",
            full_box(b"mfhd", 0, 0, struct.pack(">I", number)),
            box(
                b"traf",
                # default-base-is-moof
                full_box(b"tfhd", 0, 0x020000, struct.pack(">I", 1)),
                full_box(b"tfdt", 1, 0, struct.pack(">Q", start)),
                full_box(b"trun", 0, 0x701, run_head, struct.pack(">i", offset), rows),
            ),
        )

    head = moof(0)
    return moof(len(head) + 8) + box(b"mdat", *(s.data for s in samples))


def aac_seconds(frames: int) -> float:
    """How long so many AAC frames last."""
    return frames * AAC_FRAME / AUDIO_RATE
