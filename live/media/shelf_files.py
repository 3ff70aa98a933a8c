"""What a shelf holds open: segments being written, and the writer thread's files."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from live.protocol.ids import ALPHABET

from . import cmaf, journal
from .catalogue import Catalogue
from .config import AUDIO_RATE, VIDEO_RATE
from .disk import AppendFile
from .h264 import ParameterSets
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

    def compact(self) -> None:
        """Write the journal again, shorter."""
        if self.book is not None:
            path = self.folder / journal.JOURNAL_NAME
            lines, _ = journal.read(path)
            data = b"".join(map(journal.encode, Catalogue.of(lines).compacted()))
            journal.write_atomically(path, data)
            self.book.close()
            self.book = AppendFile(path)

    def close_segments(self) -> None:
        for file in self.segments.values():
            file.close()
        self.segments.clear()

    def close(self) -> None:
        self.close_segments()
        if self.book is not None:
            self.book.close()
            self.book = None


def init_data(params: ParameterSets | None) -> bytes:
    """The initialisation segment for a picture format, or for sound (`None`)."""
    return cmaf.audio_init() if params is None else cmaf.video_init(params)


def init_line(number: int, params: ParameterSets | None) -> journal.InitWritten:
    """What the journal says of it."""
    if params is None:
        return journal.InitWritten(r="a", init=number, codec=cmaf.AUDIO_CODEC)
    info = params.info
    return journal.InitWritten(
        r="v", init=number, codec=info.codec, width=info.width, height=info.height
    )


def new_name() -> str:
    """The name of a recording: a rehearsal's addresses must not come back for the real thing."""
    return "".join(secrets.choice(ALPHABET) for _ in range(5))
