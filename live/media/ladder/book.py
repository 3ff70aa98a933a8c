"""The book of one rung: which segments of the source it has, in files of the same numbers.

Append-only JSON lines like the recording's journal, in `<recording>/<rung>/book.jsonl`. The ladder
writes it, media reads it. Times, takes and discontinuities are the source's own: a line says only
what differs. A line cut short by a crash is the last one and is ignored.
"""

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, TypeAdapter, ValidationError

from live.protocol.base import Message

from ..journal import InitWritten, SegmentClosed

BOOK_NAME = "book.jsonl"


class RungSegment(Message):
    """A segment is whole on disk. `of`: the size of the source's segment that it shows."""

    k: Literal["seg"] = "seg"
    seq: int
    of: int
    init: int
    size: int
    #: Seconds: the source's duration again, to check what is on disk against.
    duration: float


class RungGap(Message):
    """While live, these were not made and will not be until the sitting is over."""

    k: Literal["gap"] = "gap"
    first: int
    last: int


class RungShed(Message):
    """The rung is not made for now; its playlist is not there until it is `back`."""

    k: Literal["shed"] = "shed"
    at: float


class RungBack(Message):
    """It is made again."""

    k: Literal["back"] = "back"
    at: float


class RungComplete(Message):
    """Every segment of the source up to `last` is there: fit for the replay."""

    k: Literal["complete"] = "complete"
    last: int


Line = Annotated[
    InitWritten | RungSegment | RungGap | RungShed | RungBack | RungComplete,
    Field(discriminator="k"),
]
_LINE: TypeAdapter[Line] = TypeAdapter(Line)


def encode(line: Line) -> bytes:
    """A line as it stands in the file."""
    return line.model_dump_json().encode() + b"\n"


def lines_of(data: bytes) -> Iterator[tuple[Line, int]]:
    """The whole lines, each with its length; ends at the first that is torn or unknown."""
    for raw in data.splitlines(keepends=True):
        if not raw.endswith(b"\n"):
            return
        try:
            line = _LINE.validate_json(raw)
        except ValidationError:
            return
        yield line, len(raw)


@dataclass
class Book:
    """The fold of the lines. `read` counts the bytes of those that were taken in."""

    inits: dict[int, InitWritten] = field(default_factory=dict)
    segments: dict[int, RungSegment] = field(default_factory=dict)
    gaps: list[RungGap] = field(default_factory=list)
    shed: bool = False
    #: The last segment up to which nothing lacks, 0: something does.
    complete: int = 0
    read: int = 0
    version: int = 0

    def apply(self, line: Line) -> None:
        """Fold one line in."""
        self.version += 1
        match line:
            case InitWritten():
                self.inits[line.init] = line
            case RungSegment():
                self.segments[line.seq] = line
            case RungGap():
                self.gaps.append(line)
            case RungShed():
                self.shed = True
            case RungBack():
                self.shed = False
            case RungComplete():
                self.complete = line.last

    def follow(self, path: Path) -> bool:
        """Take in what has been added to the file; whether anything was."""
        try:
            with path.open("rb") as file:
                file.seek(self.read)
                data = file.read()
        except FileNotFoundError:
            return False
        for line, length in lines_of(data):
            self.apply(line)
            self.read += length
        return bool(data)

    def shows(self, source: SegmentClosed) -> RungSegment | None:
        """The rung's segment of this segment of the source, if it was made."""
        found = self.segments.get(source.seq)
        return found if found is not None and found.of == source.size else None

    def skipped(self, seq: int) -> bool:
        """Whether the segment was left out while live."""
        return any(gap.first <= seq <= gap.last for gap in self.gaps)

    def reached(self) -> int:
        """The highest segment that it has or has left out."""
        made = max(self.segments, default=0)
        return max(made, max((gap.last for gap in self.gaps), default=0))


class BookWriter:
    """Keeps one rung's book and files; used by the ladder alone."""

    def __init__(self, folder: Path) -> None:
        """Opens the book again after a crash: a torn line is cut off. The folder's parent must
        be there: a recording that was deleted must not come back."""
        folder.mkdir(exist_ok=True)
        self.folder = folder
        self.book = Book()
        path = folder / BOOK_NAME
        self._fd = os.open(path, os.O_WRONLY | os.O_CREAT, 0o644)
        self.book.follow(path)
        os.ftruncate(self._fd, self.book.read)
        os.lseek(self._fd, self.book.read, os.SEEK_SET)
        self._forget_lost()
        self._inits = {
            (folder / init_name(n)).read_bytes(): n
            for n in self.book.inits
            if (folder / init_name(n)).exists()
        }

    def _forget_lost(self) -> None:
        """After a power cut, lines may speak of files that are not whole; drafts are litter."""
        sizes = {entry.name: entry.stat().st_size for entry in os.scandir(self.folder)}
        for seq, segment in list(self.book.segments.items()):
            if sizes.get(segment_name(seq)) != segment.size:
                del self.book.segments[seq]
                self.book.complete = 0
        for name in sizes:
            if name.endswith(".new"):
                (self.folder / name).unlink()

    def log(self, line: Line) -> None:
        """Write a line. Raises `OSError`, and `FileNotFoundError` once the recording is gone."""
        if not self.folder.exists():
            raise FileNotFoundError(self.folder)
        data = encode(line)
        written = os.write(self._fd, data)
        if written != len(data):
            os.ftruncate(self._fd, self.book.read)
            os.lseek(self._fd, self.book.read, os.SEEK_SET)
            raise OSError("the book could not be written")
        self.book.read += written
        self.book.apply(line)

    def init(self, data: bytes, codec: str, width: int, height: int) -> int:
        """The number of an initialisation segment, written if it is new."""
        if data not in self._inits:
            number = max(self.book.inits, default=-1) + 1
            self._put(init_name(number), data)
            self.log(InitWritten(r="v", init=number, codec=codec, width=width, height=height))
            self._inits[data] = number
        return self._inits[data]

    def segment(self, source: SegmentClosed, init: int, data: bytes) -> None:
        """Put a whole segment on disk and into the book."""
        self._put(segment_name(source.seq), data)
        self.log(
            RungSegment(
                seq=source.seq,
                of=source.size,
                init=init,
                size=len(data),
                duration=source.duration,
            )
        )

    def drop_before(self, seq: int) -> None:
        """Delete the files of what has left the window of the recording."""
        for number in [n for n in self.book.segments if n < seq]:
            del self.book.segments[number]
            (self.folder / segment_name(number)).unlink(missing_ok=True)

    def close(self) -> None:
        os.close(self._fd)

    def _put(self, name: str, data: bytes) -> None:
        draft = self.folder / f"{name}.new"
        with draft.open("wb") as file:
            file.write(data)
            file.flush()
            os.fdatasync(file.fileno())
        draft.replace(self.folder / name)


def segment_name(seq: int) -> str:
    """The file of a rung's segment, below the rung's folder."""
    return f"v{seq}.m4s"


def init_name(init: int) -> str:
    """The file of a rung's initialisation segment."""
    return f"vi{init}.mp4"
