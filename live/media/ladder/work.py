"""One recording whose smaller pictures are made: what its journal has, and what lacks."""

import logging
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from .. import journal
from ..catalogue import Catalogue, init_name, segment_name
from ..journal import SegmentClosed
from .book import BookWriter, RungBack, RungComplete, RungGap, RungShed
from .rungs import RUNGS, Rung, worth_it
from .samples import avc_config, pictures
from .transcode import SegmentDecoder, transcode

logger = logging.getLogger(__name__)

#: While live, more than so many waiting are not made up for: the newest is what is watched.
_AT_MOST_WAITING = 4
#: How far back a keyframe is looked for, where a segment begins without one.
_WARM_UP = 8


@dataclass(frozen=True)
class Job:
    """A segment to be made, and for which rungs. `since`: monotonic, when it was first seen."""

    source: SegmentClosed
    rungs: tuple[Rung, ...]
    since: float


class Work:
    """Follows the journal of one recording and keeps the books of its rungs."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.catalogue = Catalogue()
        self._writers: dict[Rung, BookWriter] = {}
        self._decoder: SegmentDecoder | None = None
        self._seen: dict[int, float] = {}
        self._read = 0
        self._inode = 0

    def follow(self) -> None:
        """Take in what the journal has got. Raises `FileNotFoundError` once it is gone."""
        path = self.folder / journal.JOURNAL_NAME
        stat = path.stat()
        if stat.st_ino != self._inode or stat.st_size < self._read:
            # Compacted, or cut after a crash: from the beginning.
            self._inode, self._read, self.catalogue = stat.st_ino, 0, Catalogue()
        if stat.st_size == self._read:
            return
        lines, length = journal.read(path, self._read)
        self._read += length
        now = time.monotonic()
        for line in lines:
            self.catalogue.apply(line)
            if isinstance(line, SegmentClosed) and line.r == "v":
                self._seen.setdefault(line.seq, now)
        if self.catalogue.video.dropped:
            self._slide(self.catalogue.video.dropped)

    def rungs(self) -> tuple[Rung, ...]:
        """The rungs that this recording's picture is large enough for."""
        track = self.catalogue.video
        used = {s.init for s in track.segments if s.real}
        sizes = [(i.width or 0, i.height or 0) for n in used if (i := track.inits.get(n))]
        return tuple(r for r in RUNGS if r in self._writers or any(worth_it(r, *s) for s in sizes))

    def say_made(self, made: tuple[Rung, ...]) -> None:
        """Write into the books which rungs are dropped now, and which are made again."""
        for rung in self.rungs():
            writer = self._writer(rung)
            if writer.book.shed == (rung not in made):
                continue
            at = time.time()
            writer.log(RungBack(at=at) if rung in made else RungShed(at=at))

    def next_live(self, made: tuple[Rung, ...]) -> Job | None:
        """The next segment while the sitting goes on; what cannot be made up for is left out."""
        segments = self.catalogue.video.segments
        if not segments:
            return None
        wanted: dict[int, list[Rung]] = {}
        for rung in self.rungs():
            if rung not in made:
                continue
            book = self._writer(rung).book
            waiting = [s for s in segments if s.seq > book.reached()]
            if len(waiting) > (_AT_MOST_WAITING if book.segments else 1):
                self._writer(rung).log(RungGap(first=waiting[0].seq, last=waiting[-2].seq))
                waiting = waiting[-1:]
            if waiting:
                wanted.setdefault(waiting[0].seq, []).append(rung)
        return self._job(min(wanted), wanted) if wanted else None

    def next_lacking(self) -> Job | None:
        """Once the sitting is over: the next segment that some rung lacks; none: complete."""
        segments = self.catalogue.video.segments
        wanted: dict[int, list[Rung]] = {}
        for rung in self.rungs():
            writer = self._writer(rung)
            if segments and writer.book.complete == segments[-1].seq:
                continue
            lacking = next((s for s in segments if writer.book.shows(s) is None), None)
            if lacking is not None:
                wanted.setdefault(lacking.seq, []).append(rung)
            elif segments:
                writer.log(RungComplete(last=segments[-1].seq))
        return self._job(min(wanted), wanted) if wanted else None

    def do(self, job: Job) -> None:
        """Make the segment. Raises `OSError` where it cannot be read or written."""
        decoder = self._ready(job.source)
        data = (self.folder / segment_name("v", job.source.seq)).read_bytes()
        init = self.catalogue.video.inits[job.source.init]
        size = init.width or 2, init.height or 2
        made = transcode(decoder, job.source.seq, pictures(data), job.rungs, size)
        for rung, segment in made.items():
            writer = self._writer(rung)
            number = writer.init(segment.init, segment.codec, segment.width, segment.height)
            writer.segment(job.source, number, segment.data)
        self._seen.pop(job.source.seq, None)

    def leave_out(self, job: Job) -> None:
        """A segment that cannot be made: say so, and go on."""
        for rung in job.rungs:
            self._writer(rung).log(RungGap(first=job.source.seq, last=job.source.seq))

    def behind(self, made: tuple[Rung, ...], now: float) -> float:
        """How long the oldest segment that is waiting has waited, seconds."""
        rungs = [r for r in self.rungs() if r in made]
        if not rungs:
            return 0.0
        reached = min(self._writer(r).book.reached() for r in rungs)
        waiting = [t for seq, t in self._seen.items() if seq > reached]
        return now - min(waiting) if waiting else 0.0

    def close(self) -> None:
        for writer in self._writers.values():
            writer.close()
        self._writers.clear()

    def _job(self, seq: int, wanted: dict[int, list[Rung]]) -> Job:
        source = next(s for s in self.catalogue.video.segments if s.seq == seq)
        return Job(source, tuple(wanted[seq]), self._seen.get(seq, time.monotonic()))

    def _writer(self, rung: Rung) -> BookWriter:
        if rung not in self._writers:
            self._writers[rung] = BookWriter(self.folder / rung.name)
        return self._writers[rung]

    def _ready(self, source: SegmentClosed) -> SegmentDecoder:
        """A decoder that stands before this segment, with the segment's format."""
        config = avc_config((self.folder / init_name("v", source.init)).read_bytes())
        if self._decoder is None or self._decoder.config != config:
            self._decoder = SegmentDecoder(config)
        if not source.independent and self._decoder.after != source.seq - 1:
            for earlier in self._since_keyframe(source):
                data = (self.folder / segment_name("v", earlier.seq)).read_bytes()
                self._decoder.decode(earlier.seq, pictures(data))
        return self._decoder

    def _since_keyframe(self, source: SegmentClosed) -> Iterator[SegmentClosed]:
        before = [s for s in self.catalogue.video.segments if s.seq < source.seq][-_WARM_UP:]
        keys = [i for i, s in enumerate(before) if s.independent and s.init == source.init]
        return iter(before[keys[-1] :]) if keys else iter(())

    def _slide(self, dropped: int) -> None:
        """Delete what the source has deleted: it keeps its files a little longer than it lists
        them."""
        gone = [
            seq
            for writer in self._writers.values()
            for seq in writer.book.segments
            if seq <= dropped and not (self.folder / segment_name("v", seq)).exists()
        ]
        if gone:
            for writer in self._writers.values():
                writer.drop_before(max(gone) + 1)
        self._seen = {seq: at for seq, at in self._seen.items() if seq > dropped}
