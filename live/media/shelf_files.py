"""What a shelf holds open: segments being written, and the writer thread's files."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from live.protocol.ids import ALPHABET

from . import journal
from .config import AUDIO_RATE, VIDEO_RATE
from .disk import AppendFile
from .journal import Rendition

#: Ticks a second.
RATES: dict[Rendition, int] = {"v": VIDEO_RATE, "a": AUDIO_RATE}


class Skipped(Exception):
    """The job belonged to a segment that was given up."""


@dataclass
class OpenSegment:
    """A segment being written. Sums of what is confirmed to be on disk, and of what was sent."""

    line: journal.SegmentOpened
    size: int = 0
    ticks: int = 0
    sent_ticks: int = 0
    sent_size: int = 0
    independent: bool = False

    def closed(self, ticks: int, size: int) -> journal.SegmentClosed:
        o = self.line
        return journal.SegmentClosed(
            r=o.r,
            seq=o.seq,
            take=o.take,
            init=o.init,
            start=o.start,
            duration=round(ticks / RATES[o.r], 6),
            size=size,
            at=o.at,
            opens=o.opens,
            independent=self.independent,
            real=o.real,
        )


@dataclass
class Files:
    """What the writer thread holds open; touched by it alone."""

    folder: Path
    book: AppendFile | None = None
    segments: dict[Rendition, AppendFile] = field(default_factory=dict)

    def log_all(self, lines: Sequence[journal.Line]) -> None:
        for line in lines:
            self.log(line)

    def log(self, line: journal.Line, *, sync: bool = False) -> None:
        if self.book is not None:
            self.book.append(journal.encode(line))
            if sync:
                self.book.sync()

    def close_segments(self) -> None:
        for file in self.segments.values():
            file.close()
        self.segments.clear()

    def close(self) -> None:
        self.close_segments()
        if self.book is not None:
            self.book.close()
            self.book = None


def new_name() -> str:
    """The name of a recording: a rehearsal's addresses must not come back for the real thing."""
    return "".join(secrets.choice(ALPHABET) for _ in range(5))
