"""Reads the pictures out of the source's segments, and its decoder configuration."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass

from ..cmaf_read import boxes


@dataclass(frozen=True)
class Picture:
    """A coded picture; times in ticks of the track."""

    data: bytes
    start: int
    duration: int
    key: bool


_NOT_SYNC = 0x00010000
_PATH = (b"moov", b"trak", b"mdia", b"minf", b"stbl")
#: Bytes of `stsd` before its first entry, and of `avc1` before its boxes.
_STSD_HEAD, _AVC1_HEAD = 8, 78


def avc_config(init: bytes) -> bytes:
    """The `avcC` of an initialisation segment. Raises `ValueError`."""
    start, end = 0, len(init)
    for wanted in _PATH:
        start, end = _find(init, wanted, start, end)
    start, end = _find(init, b"stsd", start, end)
    start, end = _find(init, b"avc1", start + _STSD_HEAD, end)
    start, end = _find(init, b"avcC", start + _AVC1_HEAD, end)
    return init[start:end]


def _find(data: bytes, wanted: bytes, start: int, end: int) -> tuple[int, int]:
    for kind, a, b in boxes(data, start, end):
        if kind == wanted:
            return a, b
    raise ValueError(f"no {wanted.decode()} box")


def pictures(segment: bytes) -> list[Picture]:
    """The pictures of a segment file as `cmaf` writes it, in order."""
    found: list[Picture] = []
    rows: list[tuple[int, int, int]] = []
    start = 0
    for kind, a, b in boxes(segment):
        if kind == b"moof":
            start, rows = _run(segment, a, b)
        elif kind == b"mdat":
            for duration, size, flags in rows:
                data = segment[a : a + size]
                found.append(Picture(data, start, duration, not flags & _NOT_SYNC))
                a += size
                start += duration
            rows = []
    return found


def _run(data: bytes, start: int, end: int) -> tuple[int, list[tuple[int, int, int]]]:
    time, rows = 0, []
    for _, a, b in _inside(data, b"traf", start, end):
        for kind, c, _ in boxes(data, a, b):
            if kind == b"tfdt":
                (time,) = struct.unpack_from(">Q", data, c + 4)
            elif kind == b"trun":
                (count,) = struct.unpack_from(">I", data, c + 4)
                rows = list(struct.iter_unpack(">III", data[c + 12 : c + 12 + 12 * count]))
    return time, rows


def _inside(data: bytes, wanted: bytes, start: int, end: int) -> Iterator[tuple[bytes, int, int]]:
    return (found for found in boxes(data, start, end) if found[0] == wanted)
