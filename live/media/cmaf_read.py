"""Reads back what `cmaf` wrote: which whole fragments a segment file holds.

After a crash the file is the truth; a fragment cut in the middle is not counted.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass

_SYNC_MASK = 0x00010000


@dataclass(frozen=True)
class FragmentInfo:
    """A whole fragment in a file; times in ticks."""

    end_offset: int
    start: int
    duration: int
    key: bool


def boxes(data: bytes, start: int = 0, end: int | None = None) -> Iterator[tuple[bytes, int, int]]:
    """`(kind, body start, body end)` of the boxes that are whole between two offsets."""
    end = len(data) if end is None else end
    while start + 8 <= end:
        size, kind = struct.unpack_from(">I4s", data, start)
        if size < 8 or start + size > end:
            return
        yield kind, start + 8, start + size
        start += size


def _read_moof(data: bytes, start: int, end: int) -> tuple[int, int, bool] | None:
    for kind, a, b in boxes(data, start, end):
        if kind != b"traf":
            continue
        decode_time, duration, key = 0, 0, False
        for inner, c, _ in boxes(data, a, b):
            if inner == b"tfdt":
                (decode_time,) = struct.unpack_from(">Q", data, c + 4)
            elif inner == b"trun":
                (count,) = struct.unpack_from(">I", data, c + 4)
                rows = list(struct.iter_unpack(">III", data[c + 12 : c + 12 + 12 * count]))
                duration = sum(row[0] for row in rows)
                key = bool(rows) and not rows[0][2] & _SYNC_MASK
        return decode_time, duration, key
    return None


def read_fragments(data: bytes) -> list[FragmentInfo]:
    """The whole fragments of a segment file, in order."""
    found: list[FragmentInfo] = []
    moof: tuple[int, int, bool] | None = None
    for kind, start, end in boxes(data):
        if kind == b"moof":
            moof = _read_moof(data, start, end)
        elif kind == b"mdat" and moof is not None:
            found.append(FragmentInfo(end, moof[0], moof[1], moof[2]))
            moof = None
    return found
