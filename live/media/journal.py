"""The journal of a recording: one JSON line for each thing that happened to it.

Append-only; a recording is the fold of its journal (`catalogue`). A line cut short by a crash is
the last one and is ignored. Docs: `docs/media.md`.
"""

import os
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, TypeAdapter, ValidationError

from live.protocol.base import Message
from live.protocol.media import RecordingSummary

Rendition = Literal["v", "a"]
JOURNAL_NAME = "journal.jsonl"


class Began(Message):
    """First line: `name` is the recording's own, part of every address."""

    k: Literal["began"] = "began"
    format: int = 1
    name: str
    at: float


class TakeBegan(Message):
    """A stretch without interruption begins at `start` seconds of the recording, at `at`.

    Takes that have segments are numbered from 1 without a gap: discontinuities are counted by it.
    """

    k: Literal["take"] = "take"
    take: int
    start: float
    at: float


class ClockMoved(Message):
    """Within a take: from `start` seconds on, our clock says `at`."""

    k: Literal["clock"] = "clock"
    start: float
    at: float


class InitWritten(Message):
    """An initialisation segment is on disk."""

    k: Literal["init"] = "init"
    r: Rendition
    init: int
    codec: str
    width: int | None = None
    height: int | None = None


class SegmentOpened(Message):
    """A segment file is about to be written; `start` in seconds of the recording."""

    k: Literal["open"] = "open"
    r: Rendition
    seq: int
    take: int
    init: int
    start: float
    at: float
    opens: bool = False
    real: bool = True


class SegmentClosed(Message):
    """A segment is whole on disk. `at`: when its first sample was captured, Unix seconds."""

    k: Literal["seg"] = "seg"
    r: Rendition
    seq: int
    take: int
    init: int
    start: float
    duration: float
    size: int
    at: float
    #: First of its take in this rendition.
    opens: bool = False
    independent: bool = True
    #: False: only silence or a held picture.
    real: bool = True

    @property
    def end(self) -> float:
        return self.start + self.duration


class Dropped(Message):
    """Segments up to and including `seq` have left the window."""

    k: Literal["drop"] = "drop"
    r: Rendition
    seq: int


class Finalised(Message):
    """The recording is complete."""

    k: Literal["final"] = "final"
    at: float
    summary: RecordingSummary


class Reopened(Message):
    """It goes on after all."""

    k: Literal["reopened"] = "reopened"
    at: float


class Told(Message):
    """Web knows that the recording is complete."""

    k: Literal["told"] = "told"


Line = Annotated[
    Began
    | TakeBegan
    | ClockMoved
    | InitWritten
    | SegmentOpened
    | SegmentClosed
    | Dropped
    | Finalised
    | Reopened
    | Told,
    Field(discriminator="k"),
]
_LINE: TypeAdapter[Line] = TypeAdapter(Line)


def encode(line: Line) -> bytes:
    """A line as it stands in the file."""
    return line.model_dump_json(exclude_defaults=False).encode() + b"\n"


def read(path: Path, start: int = 0) -> tuple[list[Line], int]:
    """The whole lines of a journal from `start` bytes on, and how many bytes they take; what
    follows is torn."""
    lines: list[Line] = []
    good = 0
    if not path.exists():
        return lines, good
    with path.open("rb") as file:
        file.seek(start)
        for raw in file:
            if not raw.endswith(b"\n"):
                break
            try:
                lines.append(_LINE.validate_json(raw))
            except ValidationError:
                break
            good += len(raw)
    return lines, good


def write_atomically(path: Path, data: bytes) -> None:
    """Replace a file so that after a crash either the old or the new one is there, whole."""
    draft = path.with_name(path.name + ".new")
    with draft.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
