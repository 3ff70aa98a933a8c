"""The ladder's process: finds recordings, makes what lacks, and gives way to everything else."""

import fcntl
import logging
import os
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from live.protocol.media import MediaMode, MediaOrder

from .. import store
from ..away import AWAY_NAME
from . import state
from .governor import Governor
from .rungs import RUNGS
from .work import Job, Work

logger = logging.getLogger(__name__)

LOCK_NAME = "ladder.lock"
NICENESS = 10
_LOOK_EVERY_S = 0.25
_SCAN_EVERY_S = 1.0
_OVER = {MediaMode.ENDED, MediaMode.PURGED}


def give_way() -> None:
    """Run after everything else. Linux shares processors by session before it looks at niceness,
    so a session of our own (under a supervisor) is made nice as well."""
    with suppress(OSError):
        os.setpriority(os.PRIO_PROCESS, 0, max(NICENESS, os.getpriority(os.PRIO_PROCESS, 0)))
    with suppress(OSError, AttributeError):
        os.sched_setscheduler(0, os.SCHED_BATCH, os.sched_param(0))
    if os.getsid(0) in (os.getpid(), os.getppid()):
        with suppress(OSError):
            Path("/proc/self/autogroup").write_text(str(NICENESS))


class IdleShare:
    """How idle the machine's processors were since last asked, 0 to 1."""

    def __init__(self) -> None:
        self._before = self._read()

    def look(self) -> float:
        now = self._read()
        idle, total = now[0] - self._before[0], now[1] - self._before[1]
        self._before = now
        return idle / total if total > 0 else 1.0

    @staticmethod
    def _read() -> tuple[int, int]:
        try:
            with Path("/proc/stat").open() as file:
                numbers = [int(n) for n in file.readline().split()[1:9]]
        except (OSError, ValueError):
            return 0, 0
        return numbers[3] + numbers[4], sum(numbers)


@dataclass
class _Followed:
    work: Work
    order: MediaOrder
    #: Of the order's file, so that it is read again only when it changed.
    changed: int
    done: bool = False


class Ladder:
    """All recordings below one media folder, on one thread."""

    def __init__(self, media_dir: Path, *, min_free_bytes: int, patience_s: float) -> None:
        self.media_dir = media_dir
        self.governor = Governor(patience_s)
        self.made = 0
        self.media_s = 0.0
        self._min_free = min_free_bytes
        self._followed: dict[str, _Followed] = {}
        self._idle = IdleShare()
        self._stopping = False
        self._scanned = self._governed = float("-inf")

    def stop(self) -> None:
        """End after the segment at hand."""
        self._stopping = True

    def run(self) -> None:
        """Work until `stop`. Another ladder on the same folder is waited for."""
        self.media_dir.mkdir(parents=True, exist_ok=True)
        with (self.media_dir / LOCK_NAME).open("w") as lock:
            while not self._stopping:
                try:
                    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    break
                except BlockingIOError:
                    time.sleep(_LOOK_EVERY_S)
            while not self._stopping:
                if not self.step():
                    time.sleep(_LOOK_EVERY_S)
        for followed in self._followed.values():
            followed.work.close()
        with suppress(FileNotFoundError):
            (self.media_dir / state.STATE_NAME).unlink()

    def step(self) -> bool:
        """Look around and make one segment at most; whether there was one."""
        now = time.monotonic()
        if now - self._scanned >= _SCAN_EVERY_S:
            self._scanned = now
            self._scan()
        self._follow()
        self._govern(now)
        chosen = self._choose()
        if chosen is None:
            return False
        name, job = chosen
        work = self._followed[name].work
        try:
            work.do(job)
            self.made += len(job.rungs)
            self.media_s += job.source.duration
        except FileNotFoundError:
            # The recording was purged, or its window has slid.
            self._leave_out(name, job)
        except (OSError, ValueError) as error:
            logger.warning("sitting %s, segment %d: %s", name, job.source.seq, error)
            self._leave_out(name, job)
        return True

    def _leave_out(self, name: str, job: Job) -> None:
        try:
            self._followed[name].work.leave_out(job)
        except OSError:
            self._drop(name)

    def _scan(self) -> None:
        """Find recordings: those of sittings that go on, and those over that lack something."""
        for entry in os.scandir(self.media_dir):
            if not store.is_id(entry.name):
                continue
            folder = Path(entry.path)
            try:
                changed = store.order_path(folder).stat().st_mtime_ns
            except OSError:
                continue
            known = self._followed.get(entry.name)
            if known is not None and known.changed == changed:
                continue
            self._learn(folder, changed)
        for name in [n for n in self._followed if not (self.media_dir / n).exists()]:
            self._drop(name)

    def _learn(self, folder: Path, changed: int) -> None:
        name = folder.name
        try:
            order = MediaOrder.model_validate_json(store.order_path(folder).read_bytes())
        except (OSError, ValueError):
            return
        recording = None if order.mode is MediaMode.PURGED else store.recording_folder(folder)
        if recording is not None and (recording / AWAY_NAME).exists():
            # Its segments may be in the storage alone: nothing is made of them any more.
            recording = None
        known = self._followed.get(name)
        if recording is None:
            self._drop(name)
        elif known is None or known.work.folder != recording:
            self._drop(name)
            self._followed[name] = _Followed(Work(recording), order, changed)
        else:
            known.order, known.changed, known.done = order, changed, False

    def _drop(self, name: str) -> None:
        gone = self._followed.pop(name, None)
        if gone is not None:
            gone.work.close()

    def _follow(self) -> None:
        for name, followed in list(self._followed.items()):
            if followed.done:
                continue
            try:
                followed.work.follow()
            except OSError:
                self._drop(name)

    def _govern(self, now: float) -> None:
        made = self.governor.made
        behind = max((f.work.behind(made, now) for f in self._live()), default=0.0)
        disk = os.statvfs(self.media_dir)
        room = disk.f_bavail * disk.f_frsize > 2 * self._min_free
        # Look at idleness about once a second: shorter stretches say nothing.
        if now - self._governed >= 1.0:
            self._governed = now
            idle = self._idle.look()
            if self.governor.observe(now, behind_s=behind, idle=idle, room=room):
                logger.warning("made now: %s", [r.name for r in self.governor.made] or "nothing")
            self._tell(behind)
        for name, followed in list(self._followed.items()):
            if followed.order.mode in _OVER:
                continue
            try:
                followed.work.say_made(self.governor.made)
            except OSError:
                self._drop(name)

    def _live(self) -> list[_Followed]:
        return [f for f in self._followed.values() if f.order.mode not in _OVER]

    def _tell(self, behind: float) -> None:
        times = os.times()
        with suppress(OSError):
            state.write(
                self.media_dir,
                state.LadderState(
                    at=time.time(),
                    pid=os.getpid(),
                    behind_s=round(behind, 2),
                    dropped=[r.name for r in RUNGS[: self.governor.dropped]],
                    following=len(self._followed),
                    made=self.made,
                    drops=self.governor.drops,
                    cpu_s=round(times.user + times.system, 2),
                    media_s=round(self.media_s, 2),
                ),
            )

    def _choose(self) -> tuple[str, Job] | None:
        """The live segment that has waited longest; where none waits, one of a past sitting."""
        live: list[tuple[str, Job]] = []
        past: list[str] = []
        for name, followed in list(self._followed.items()):
            if followed.done:
                continue
            try:
                if followed.order.mode not in _OVER:
                    if (job := followed.work.next_live(self.governor.made)) is not None:
                        live.append((name, job))
                elif followed.work.catalogue.final is not None:
                    past.append(name)
            except OSError:
                self._drop(name)
        if live:
            return min(live, key=lambda item: item[1].since)
        if self.governor.dropped and self._live():
            return None
        for name in past:
            try:
                if (job := self._followed[name].work.next_lacking()) is not None:
                    return name, job
                self._followed[name].done = True
            except OSError:
                self._drop(name)
        return None
