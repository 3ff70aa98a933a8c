"""A recording as one MP4 or M4A, without writing one: an index in front of the segments' samples.

The index (`moov`, ISO/IEC 14496-12 section 8) is computed from the fragments' own tables; behind it
stand the samples as they lie on disk. So a download costs no second copy, nothing is encoded again,
what is purged is gone at once, and any byte range can be answered.
"""

from __future__ import annotations

import json
import struct
from array import array
from bisect import bisect_right
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from .catalogue import Catalogue, Track, init_name, segment_name
from .cmaf import box, full_box
from .cmaf_read import boxes
from .journal import Rendition
from .shelf_files import RATES

#: What is offered, and the renditions in it.
INDEXES: dict[str, tuple[Rendition, ...]] = {"mp4": ("v", "a"), "m4a": ("a",)}
#: Segments from the storage that a reader keeps: film and sound take turns.
_AT_HAND = 4
_NOT_SYNC = 0x00010000
_MOVIE_RATE = 1000
_MATRIX = struct.pack(">9I", 0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000)


class Unreadable(Exception):
    """A segment is not what the journal says."""


@dataclass(frozen=True)
class Piece:
    """Samples that lie together in a segment file."""

    path: Path
    offset: int
    size: int


@dataclass
class _Chunk:
    seconds: float
    piece: Piece
    samples: int
    entry: int


@dataclass
class _Tables:
    """The sample tables of one track."""

    rate: int
    #: Where the recording begins, ticks.
    base: int
    durations: array[int] = field(default_factory=lambda: array("Q"))
    sizes: array[int] = field(default_factory=lambda: array("I"))
    keys: array[int] = field(default_factory=lambda: array("I"))
    chunks: list[_Chunk] = field(default_factory=list)
    #: Ticks before the first sample.
    delay: int = 0
    end: int = 0

    def add(
        self, start: int, rows: Sequence[tuple[int, int, int]], piece: Piece, entry: int
    ) -> None:
        start -= self.base
        if not self.sizes:
            self.delay = max(0, start)
        elif start != self.end:
            # Ticks are rounded where takes meet: the sample before lasts until the next begins.
            self.durations[-1] = max(1, self.durations[-1] + start - self.end)
        for duration, size, flags in rows:
            if not flags & _NOT_SYNC:
                self.keys.append(len(self.sizes) + 1)
            self.durations.append(duration)
            self.sizes.append(size)
        self.end = start + sum(row[0] for row in rows)
        self.chunks.append(_Chunk(start / self.rate, piece, len(rows), entry))


@dataclass(frozen=True)
class Film:
    """A file that can be read though it stands nowhere."""

    head: bytes
    pieces: list[Piece]
    #: Where each piece begins in the file.
    starts: list[int]
    size: int

    def read(
        self,
        start: int,
        end: int,
        fetch: Callable[[Path], bytes] | None = None,
        step: int = 256 * 1024,
    ) -> Iterator[bytes]:
        """The bytes from `start` up to, not including, `end`; raises `OSError`. `fetch`: has whole
        segments that are not on the disk."""
        if start < len(self.head):
            yield self.head[start : min(end, len(self.head))]
            start = len(self.head)
        at = bisect_right(self.starts, start) - 1
        fetched: OrderedDict[Path, bytes] = OrderedDict()
        while start < end:
            piece, begin = self.pieces[at], self.starts[at]
            stop = min(end, begin + piece.size)
            for data in _piece(piece, start - begin, stop - start, step, fetch, fetched):
                start += len(data)
                yield data
            at += 1

    def dump(self) -> bytes:
        """For a file that is kept when the segments are no longer here: a line of JSON for each
        piece's segment, offset and size, then the index itself."""
        rows = [[piece.path.name, piece.offset, piece.size] for piece in self.pieces]
        front = json.dumps({"starts": self.starts, "size": self.size, "pieces": rows})
        return front.encode() + b"\n" + self.head

    @classmethod
    def load(cls, folder: Path, kind: str) -> Film:
        """What `dump` wrote to `<kind>.index`. Raises `OSError`, `Unreadable`."""
        front, _, head = (folder / f"{kind}.index").read_bytes().partition(b"\n")
        try:
            found = json.loads(front)
            pieces = [Piece(folder / name, offset, size) for name, offset, size in found["pieces"]]
            return cls(head, pieces, found["starts"], found["size"])
        except (KeyError, TypeError, ValueError) as error:
            raise Unreadable(f"{folder}/{kind}.index") from error


def _piece(
    piece: Piece,
    skip: int,
    size: int,
    step: int,
    fetch: Callable[[Path], bytes] | None,
    fetched: OrderedDict[Path, bytes],
) -> Iterator[bytes]:
    """`size` bytes of a piece from `skip` on."""
    at, end = piece.offset + skip, piece.offset + skip + size
    whole = fetched.get(piece.path)
    if whole is None:
        try:
            with piece.path.open("rb") as file:
                file.seek(at)
                while at < end:
                    data = file.read(min(step, end - at))
                    if not data:
                        raise OSError(f"{piece.path} is shorter than it was")
                    at += len(data)
                    yield data
            return
        except FileNotFoundError:
            if fetch is None:
                raise
        whole = fetched[piece.path] = fetch(piece.path)
        while len(fetched) > _AT_HAND:
            fetched.popitem(last=False)
    if len(whole) < end:
        raise OSError(f"{piece.path} is shorter than it was")
    yield whole[at:end]


def film(catalogue: Catalogue, folder: Path, renditions: Sequence[Rendition]) -> Film:
    """The recording with these renditions. Reads the heads of all fragments: a few seconds for
    hours of picture, so call it in a thread. Raises `OSError`, `Unreadable`."""
    tables: list[_Tables] = []
    inits: list[list[bytes]] = []
    for r in renditions:
        track = catalogue.tracks[r]
        numbers = sorted({s.init for s in track.segments})
        inits.append([(folder / init_name(r, n)).read_bytes() for n in numbers])
        tables.append(_read_track(track, r, numbers, catalogue.start, folder))
    order = sorted(
        ((chunk.seconds, index, chunk) for index, t in enumerate(tables) for chunk in t.chunks),
        key=lambda row: row[:2],
    )
    brand = b"M4A " if renditions == ("a",) else b"isom"
    front = box(b"ftyp", brand, struct.pack(">I", 512), brand, b"isom", b"iso2", b"mp41")
    body = sum(chunk.piece.size for _, _, chunk in order)
    # Offsets have eight bytes whatever they are, so the index is as long with others in them.
    nothing = [[0] * len(t.chunks) for t in tables]
    at = len(front) + len(_moov(tables, inits, nothing)) + 16
    offsets: list[list[int]] = [[] for _ in tables]
    starts: list[int] = []
    for _, index, chunk in order:
        offsets[index].append(at)
        starts.append(at)
        at += chunk.piece.size
    head = front + _moov(tables, inits, offsets) + struct.pack(">I4sQ", 1, b"mdat", 16 + body)
    return Film(head, [chunk.piece for _, _, chunk in order], starts, at)


def _read_track(
    track: Track, r: Rendition, inits: list[int], start: float, folder: Path
) -> _Tables:
    tables = _Tables(RATES[r], round(start * RATES[r]))
    for segment in track.segments:
        path = folder / segment_name(r, segment.seq)
        with path.open("rb") as file:
            for begin, rows, offset, size in _fragments(file, segment.size):
                if sum(row[1] for row in rows) != size:
                    raise Unreadable(str(path))
                tables.add(begin, rows, Piece(path, offset, size), inits.index(segment.init) + 1)
    return tables


def _fragments(
    file: BinaryIO, end: int
) -> Iterator[tuple[int, list[tuple[int, int, int]], int, int]]:
    """Start in ticks, samples (duration, size, flags), and where the fragments' samples lie; the
    samples themselves are not read."""
    at = 0
    moof: tuple[int, list[tuple[int, int, int]]] | None = None
    while at + 8 <= end:
        file.seek(at)
        size, kind = struct.unpack(">I4s", file.read(8))
        if size < 8 or at + size > end:
            raise Unreadable(file.name)
        if kind == b"moof":
            moof = _read_moof(file.read(size - 8))
        elif kind == b"mdat" and moof is not None:
            yield *moof, at + 8, size - 8
            moof = None
        at += size


def _read_moof(data: bytes) -> tuple[int, list[tuple[int, int, int]]]:
    start, rows = 0, []
    for kind, a, b in boxes(data):
        for inner, c, _ in boxes(data, a, b) if kind == b"traf" else ():
            if inner == b"tfdt":
                (start,) = struct.unpack_from(">Q", data, c + 4)
            elif inner == b"trun":
                (count,) = struct.unpack_from(">I", data, c + 4)
                rows = list(struct.iter_unpack(">III", data[c + 12 : c + 12 + 12 * count]))
    return start, rows


def _find(data: bytes, *path: bytes) -> bytes:
    """The whole box at a path of kinds."""
    start, end = 0, len(data)
    for wanted in path:
        for kind, a, b in boxes(data, start, end):
            if kind == wanted:
                start, end = a, b
                break
        else:
            raise Unreadable("/".join(map(bytes.decode, path)))
    return data[start - 8 : end]


def _moov(tables: list[_Tables], inits: list[list[bytes]], offsets: list[list[int]]) -> bytes:
    duration = max((t.end * _MOVIE_RATE // t.rate for t in tables), default=0)
    movie = full_box(
        b"mvhd",
        1,
        0,
        struct.pack(">QQIQIH", 0, 0, _MOVIE_RATE, duration, 0x10000, 0x0100),
        bytes(10),
        _MATRIX,
        bytes(24),
        struct.pack(">I", len(tables) + 1),
    )
    traks = [
        _trak(number, *row)
        for number, row in enumerate(zip(tables, inits, offsets, strict=True), 1)
    ]
    return box(b"moov", movie, *traks)


def _trak(number: int, t: _Tables, inits: list[bytes], offsets: list[int]) -> bytes:
    at = (b"moov", b"trak")
    header = _find(inits[0], *at, b"tkhd")
    media = (*at, b"mdia")
    information = (*media, b"minf")
    handler = _find(inits[0], *media, b"hdlr")
    sound = handler[16:20] == b"soun"
    whole = t.end * _MOVIE_RATE // t.rate
    delay = t.delay * _MOVIE_RATE // t.rate
    # From `layer` on, the header is the initialisation segment's.
    track = full_box(b"tkhd", 1, 3, struct.pack(">QQIIQ", 0, 0, number, 0, whole), header[32:])
    edits = b""
    if delay:
        rows = struct.pack(">QqHH", delay, -1, 1, 0) + struct.pack(">QqHH", whole - delay, 0, 1, 0)
        edits = box(b"edts", full_box(b"elst", 1, 0, struct.pack(">I", 2), rows))
    entries = [_find(init, *information, b"stbl", b"stsd")[16:] for init in inits]
    samples = box(
        b"stbl",
        full_box(b"stsd", 0, 0, struct.pack(">I", len(entries)), *entries),
        _table(b"stts", _runs(t.durations), ">II"),
        *(
            ()
            if sound
            else (full_box(b"stss", 0, 0, struct.pack(">I", len(t.keys)), _big(t.keys)),)
        ),
        _table(b"stsc", _chunk_runs(t.chunks), ">III"),
        full_box(b"stsz", 0, 0, struct.pack(">II", 0, len(t.sizes)), _big(t.sizes)),
        full_box(b"co64", 0, 0, struct.pack(f">I{len(offsets)}Q", len(offsets), *offsets)),
    )
    kind = b"smhd" if sound else b"vmhd"
    length = t.end - t.delay
    return box(
        b"trak",
        track,
        edits,
        box(
            b"mdia",
            full_box(b"mdhd", 1, 0, struct.pack(">QQIQHH", 0, 0, t.rate, length, 0x55C4, 0)),
            handler,
            box(
                b"minf",
                _find(inits[0], *information, kind),
                _find(inits[0], *information, b"dinf"),
                samples,
            ),
        ),
    )


def _big(values: array[int]) -> bytes:
    """As big-endian numbers."""
    swapped = array(values.typecode, values)
    if struct.pack("=H", 1) == struct.pack("<H", 1):
        swapped.byteswap()
    return swapped.tobytes()


def _table(kind: bytes, rows: list[tuple[int, ...]], shape: str) -> bytes:
    packed = b"".join(struct.pack(shape, *row) for row in rows)
    return full_box(kind, 0, 0, struct.pack(">I", len(rows)), packed)


def _runs(durations: array[int]) -> list[tuple[int, ...]]:
    runs: list[list[int]] = []
    for duration in durations:
        if runs and runs[-1][1] == duration:
            runs[-1][0] += 1
        else:
            runs.append([1, duration])
    return [tuple(run) for run in runs]


def _chunk_runs(chunks: list[_Chunk]) -> list[tuple[int, ...]]:
    runs: list[tuple[int, ...]] = []
    for number, chunk in enumerate(chunks, 1):
        if not runs or runs[-1][1:] != (chunk.samples, chunk.entry):
            runs.append((number, chunk.samples, chunk.entry))
    return runs
