"""Where takes are put: the recording of a sitting, or its short-lived preview.

A shelf owns a folder of segment files and the catalogue of what is whole in them. It is used on
the event loop; the writer thread does the file work and answers. A segment enters the catalogue,
hence a playlist, once it is wholly on disk.
"""

import time
from collections.abc import Callable, Sequence
from pathlib import Path

from . import cmaf, journal
from .catalogue import RENDITIONS, Catalogue, init_name, segment_name
from .disk import AppendFile, Disk, remove_tree, unlink
from .edge import Edge
from .h264 import ParameterSets
from .journal import Rendition
from .shelf_files import RATES, Files, OpenSegment, init_data, init_line
from .shelf_jobs import Jobs
from .shelf_window import Window


class Shelf:
    """Puts fragments into segment files. `durable`: journalled and kept, else a sliding preview."""

    def __init__(
        self,
        folder: Path,
        disk: Disk,
        *,
        durable: bool,
        window_s: float | None = None,
        catalogue: Catalogue | None = None,
        journal_end: int | None = None,
    ) -> None:
        """`folder` is created, or, with a `catalogue`, continued from `journal_end` bytes on."""
        self.folder = folder
        self.durable = durable
        self.window = Window(window_s)
        self.disk = disk
        #: Called with a segment that has become playable.
        self.on_segment: Callable[[journal.SegmentClosed], None] = lambda _: None
        #: Called once when writing fails; `clear_trouble` ends that state.
        self.on_trouble: Callable[[BaseException], None] = lambda _: None
        self.trouble: BaseException | None = None
        self._files = Files(folder)
        self._jobs = Jobs(disk, self._fail, self._late)
        self._jobs.on_answer = self._answered
        self._open: dict[Rendition, OpenSegment] = {}
        self._formats: dict[ParameterSets | None, int] = {}
        #: Initialisation segments by their bytes: one that is there is used again.
        self._written_inits: dict[bytes, int] = {}
        self._fragments = 0
        self._unwritten: list[journal.Line] = []
        self._waiters: list[Callable[[], None]] = []
        fresh = catalogue is None
        self.catalogue = catalogue or Catalogue()
        self._seq = {r: self.catalogue.tracks[r].last_seq for r in RENDITIONS}
        self.edge = Edge(self._seq)
        self._inits = {r: max(self.catalogue.tracks[r].inits, default=-1) for r in RENDITIONS}
        for track in self.catalogue.tracks.values():
            for line in track.inits.values():
                data = (folder / init_name(line.r, line.init)).read_bytes()
                self._written_inits[data] = line.init
        self._end = self.catalogue.end
        self._has_video = bool(self.catalogue.video.segments)
        began = journal.Began(name=folder.name, at=time.time())
        self._jobs.run(lambda: self._start(began if fresh else None, journal_end))
        if fresh:
            self.catalogue.apply(began)

    # What takes ask

    @property
    def has_video(self) -> bool:
        """Whether the recording has a picture so far."""
        return self._has_video

    @property
    def settled(self) -> bool:
        """Whether the catalogue knows of everything: a take begins on what is settled."""
        return self._jobs.idle and self.trouble is None

    def begin_take(self, at: float) -> tuple[int, float]:
        """A new take, captured from `at` on: its number and its place, in seconds."""
        start = self._end
        number = self.catalogue.last_take + 1
        self._log(journal.TakeBegan(take=number, start=round(start, 6), at=at))
        self.edge.start()
        return number, start

    def end_take(self) -> None:
        """Nothing follows what was asked so far, until another take begins."""
        self._jobs.run(lambda: None, self.edge.stop)

    def move_clock(self, start: float, at: float) -> None:
        """Note that our clock and the take's have drifted apart."""
        self._log(journal.ClockMoved(start=round(start, 6), at=at))

    def use_format(self, params: ParameterSets | None) -> int:
        """The initialisation segment for a picture format, or for sound (`None`)."""
        if params in self._formats:
            return self._formats[params]
        data = init_data(params)
        if data in self._written_inits:
            self._formats[params] = self._written_inits[data]
            return self._formats[params]
        r: Rendition = "a" if params is None else "v"
        self._inits[r] += 1
        number = self._inits[r]
        self._formats[params] = number
        line = init_line(number, params)
        path = self.folder / init_name(r, number)

        def job() -> None:
            file = AppendFile(path, start=0)
            file.append(data)
            if self.durable:
                file.sync()
            file.close()
            self._files.log(line)

        def done() -> None:
            self.catalogue.apply(line)
            self._written_inits[data] = number

        self._jobs.run(job, done, size=len(data))
        return number

    def open(
        self, r: Rendition, take: int, init: int, ticks: int, at: float, *, opens: bool, real: bool
    ) -> None:
        """Open the next segment of a rendition at `ticks`."""
        self._seq[r] += 1
        start = round(ticks / RATES[r], 6)
        line = journal.SegmentOpened(
            r=r, seq=self._seq[r], take=take, init=init, start=start, at=at, opens=opens, real=real
        )
        self._open[r] = OpenSegment(line)
        path = self.folder / segment_name(r, line.seq)

        def job() -> None:
            file = AppendFile(path, start=0)
            self._files.segments[r] = file
            file.append(cmaf.segment_type())
            self._files.log(line)

        head = len(cmaf.segment_type())
        opened = self._open[r]
        opened.sent_size = head

        def done() -> None:
            opened.size = head
            self.catalogue.apply(line)
            self.edge.opened(line)

        self._jobs.run(job, done)

    def append(self, r: Rendition, ticks: int, samples: Sequence[cmaf.Sample]) -> None:
        """Write a fragment to the open segment of a rendition."""
        opened = self._open.get(r)
        if opened is None or not samples:
            return
        self._fragments += 1
        data = cmaf.fragment(self._fragments, ticks, samples)
        duration = sum(s.duration for s in samples)
        self._has_video = self._has_video or r == "v"
        if opened.sent_ticks == 0:
            opened.independent = samples[0].key
        if not opened.line.real and any(s.real for s in samples):
            opened.line = opened.line.model_copy(update={"real": True})
        opened.sent_ticks += duration
        opened.sent_size += len(data)
        self._end = max(self._end, (ticks + duration) / RATES[r])

        key = samples[0].key

        def done() -> None:
            # The first part of a segment begins with the file's head.
            offset = opened.size if opened.ticks else 0
            opened.ticks += duration
            opened.size += len(data)
            length = opened.size - offset
            self.edge.grew(r, offset, length, duration / RATES[r], independent=key)

        self._jobs.run(lambda: self._files.segments[r].append(data), done, size=len(data))

    def close(self, r: Rendition) -> None:
        """Close the open segment of a rendition; playable once that is on disk."""
        opened = self._open.pop(r, None)
        if opened is None:
            return
        if not opened.sent_ticks:
            self._unopen(r, opened)
            return
        line = opened.closed(opened.sent_ticks, opened.sent_size)

        def job() -> None:
            file = self._files.segments.pop(r)
            try:
                if self.durable:
                    file.sync()
            finally:
                file.close()
            self._files.log(line, sync=self.durable)

        # Should this job fail, the whole segment is on disk all the same.
        self._jobs.run(job, lambda: self._listed(line), lost=opened)

    def _unopen(self, r: Rendition, opened: OpenSegment) -> None:
        """Forget a segment into which nothing was written; its number is used again."""
        self._seq[r] -= 1
        path = self.folder / segment_name(r, opened.line.seq)

        def job() -> None:
            self._files.segments.pop(r).close()
            path.unlink()

        self._jobs.run(job)

    # What the sitting asks

    def clear_trouble(self) -> None:
        """There is room again; takes may begin once all that was queued is accounted for."""

        def settled(_: BaseException | None) -> None:
            self.trouble = None
            self._end = self.catalogue.end
            self._seq = {r: self.catalogue.tracks[r].last_seq for r in RENDITIONS}
            lines = list(self._unwritten)
            self._jobs.run(lambda: self._files.log_all(lines), self._unwritten.clear)

        self.disk.submit(lambda: None, settled)

    def give_up(self, error: BaseException) -> None:
        """Stop writing before it fails: the disk is nearly full."""
        if self.trouble is None:
            self._fail(error, None)

    def add_lines(self, lines: Sequence[journal.Line]) -> None:
        """Journal lines that the catalogue already knows of (recovered from files)."""
        self._jobs.run(lambda: self._files.log_all(lines))

    def when_settled(self, call: Callable[[], None]) -> None:
        """Call back once everything asked so far is on disk and known."""
        self._waiters.append(call)
        self._jobs.run(lambda: None)

    def finalise(self, done: Callable[[], None]) -> None:
        """Say in the journal that the recording is complete, after everything queued."""

        def marked() -> None:
            self.edge.stop()
            done()

        def mark() -> None:
            line = journal.Finalised(at=time.time(), summary=self.catalogue.summary())
            self._log(line, sync=True, done=marked)

        self._bury(self.window.rest(self.folder))
        # The summary needs what the writer still has to answer.
        self._jobs.run(lambda: None, mark)

    def reopen(self) -> None:
        """Go on with a recording that was complete."""
        self._log(journal.Reopened(at=time.time()))

    def mark_told(self) -> None:
        """Web knows that the recording is complete."""
        self._log(journal.Told())

    def release(self, *, remove: bool = False, lost: bool = False) -> None:
        """Let go of the files when all is written; `remove`: at once, and delete them; `lost`: at
        once, and leave them to whoever has them now."""
        if remove or lost:
            self._jobs.give_up()
            self._open.clear()
        self.edge.stop()
        self.disk.submit(self._files.close, changes=False)
        if remove:
            self.disk.submit(lambda: remove_tree(self.folder))

    # Inside

    def _start(self, began: journal.Began | None, journal_end: int | None) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        if self.durable:
            self._files.book = AppendFile(self.folder / journal.JOURNAL_NAME, start=journal_end)
            if began is not None:
                self._files.log(began, sync=True)

    def _log(
        self, line: journal.Line, *, sync: bool = False, done: Callable[[], None] | None = None
    ) -> None:
        def applied() -> None:
            self.catalogue.apply(line)
            if done is not None:
                done()

        self._jobs.run(lambda: self._files.log(line, sync=sync), applied)

    def _answered(self) -> None:
        while self.settled and self._waiters:
            self._waiters.pop(0)()

    def _late(self, lost: OpenSegment) -> None:
        if self.trouble is not None:
            self._salvage(lost)

    def _fail(self, error: BaseException, lost: OpenSegment | None) -> None:
        """Give up what is being written, keep what is whole."""
        self._jobs.give_up()
        self.trouble = error
        torn = [o for o in (lost, *self._open.values()) if o is not None]
        self._open.clear()
        self.disk.submit(self._files.close_segments, changes=False)
        for opened in torn:
            self._salvage(opened)
        self.edge.stop()
        # A format whose file was not written must be written again.
        self._formats.clear()
        self.on_trouble(error)

    def _salvage(self, opened: OpenSegment) -> None:
        """List what is whole of a segment that could not be closed; journal it when we can."""
        if opened.ticks:
            line = opened.closed(opened.ticks, opened.size)
            self._unwritten.append(line)
            self._listed(line)

    def _listed(self, line: journal.SegmentClosed) -> None:
        self.catalogue.apply(line)
        self.edge.closed(line)
        self._slide(line.r)
        self.on_segment(line)

    def _slide(self, r: Rendition) -> None:
        """Drop what is older than the window; delete it when no playlist can list it any more."""
        dropped = self.window.slide(self.catalogue, r)
        if dropped is not None:
            self._log(dropped)
        self._bury(self.window.dead(self.folder, self._end))
        if self.durable and self.window.is_worn():
            self._jobs.run(self._files.compact)

    def _bury(self, paths: list[Path]) -> None:
        if paths:
            self.disk.submit(lambda: unlink(paths))
