"""The writer: one thread that does all file work, in order, so that the event loop never waits."""

import asyncio
import contextlib
import os
import queue
import shutil
import threading
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

#: More than this waiting to be written means that the disk does not follow.
MAX_QUEUED_BYTES = 64 * 1024 * 1024

Done = Callable[[BaseException | None], None]


class DiskBehind(OSError):
    """So much is waiting for the disk that nothing more is taken."""


class Disk:
    """What does file work off the event loop."""

    def submit(
        self,
        job: Callable[[], Any],
        done: Done | None = None,
        *,
        size: int = 0,
        changes: bool = True,
    ) -> None:
        """Have `job` run. `size`: bytes that it holds in memory; `changes`: whether it changes
        what is on disk. Raises `DiskBehind`."""
        raise NotImplementedError

    async def finish(self, job: Callable[[], Any]) -> None:
        """Run `job` after what is queued and wait for it; raises what it raises."""
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()

        def done(error: BaseException | None) -> None:
            if future.done():
                return
            if error is None:
                future.set_result(None)
            else:
                future.set_exception(error)

        self.submit(job, done)
        await future


class DiskWriter(Disk):
    """Runs file jobs one after the other on its own thread.

    `submit` is called on the event loop; `done` is called there too, in the order of the jobs,
    with `None` or what went wrong.
    """

    def __init__(self) -> None:
        self._jobs: queue.SimpleQueue[tuple[Callable[[], Any], Done | None, int] | None] = (
            queue.SimpleQueue()
        )
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread = threading.Thread(target=self._run, name="media-writer", daemon=True)
        self.queued_bytes = 0
        self.written_bytes = 0

    def start(self) -> None:
        """Start the thread; call on the running event loop."""
        self._loop = asyncio.get_running_loop()
        self._thread.start()

    async def stop(self) -> None:
        """Finish every job that was submitted, then end the thread."""
        self._jobs.put(None)
        await asyncio.to_thread(self._thread.join)
        # Answers that the thread posted are delivered in this turn of the loop.
        await asyncio.sleep(0)

    def submit(
        self,
        job: Callable[[], Any],
        done: Done | None = None,
        *,
        size: int = 0,
        changes: bool = True,
    ) -> None:
        if size and self.queued_bytes + size > MAX_QUEUED_BYTES:
            raise DiskBehind("the disk does not follow")
        self.queued_bytes += size
        self._jobs.put((job, done, size))

    def _run(self) -> None:
        assert self._loop is not None
        while (task := self._jobs.get()) is not None:
            job, done, size = task
            error: BaseException | None = None
            try:
                job()
            except Exception as caught:  # noqa: BLE001 - handed to whoever asked
                error = caught
            # The loop is closed when the process is on its way out.
            with contextlib.suppress(RuntimeError):
                self._loop.call_soon_threadsafe(self._answer, done, error, size)

    def _answer(self, done: Done | None, error: BaseException | None, size: int) -> None:
        self.queued_bytes -= size
        if error is None:
            self.written_bytes += size
        if done is not None:
            done(error)


class AppendFile:
    """A file that only grows. A write that fails leaves no part of itself behind."""

    def __init__(self, path: Path, *, start: int | None = None) -> None:
        """`start`: cut the file there first (what follows is torn)."""
        self._fd = os.open(path, os.O_WRONLY | os.O_CREAT, 0o644)
        self.size = os.fstat(self._fd).st_size
        if start is not None and start != self.size:
            os.ftruncate(self._fd, start)
            self.size = start
        os.lseek(self._fd, self.size, os.SEEK_SET)

    def append(self, data: bytes) -> None:
        """Write all of `data` or nothing; raises `OSError`."""
        view = memoryview(data)
        try:
            while view:
                view = view[os.write(self._fd, view) :]
        except OSError:
            os.ftruncate(self._fd, self.size)
            os.lseek(self._fd, self.size, os.SEEK_SET)
            raise
        self.size += len(data)

    def sync(self) -> None:
        """Have what was written survive a power cut."""
        os.fdatasync(self._fd)

    def close(self) -> None:
        os.close(self._fd)


def unlink(paths: Iterable[Path]) -> None:
    """Delete files; fine where one is not there."""
    for path in paths:
        path.unlink(missing_ok=True)


def remove_tree(path: Path) -> None:
    """Delete a folder and what is in it; fine if it is not there.

    It is renamed first, so that whoever else still writes into it by name cannot any more.
    """
    gone = path.with_name(f".gone-{path.name}")
    with contextlib.suppress(FileNotFoundError):
        shutil.rmtree(gone, ignore_errors=True)
        path.rename(gone)
    shutil.rmtree(gone, ignore_errors=True)
    if path.exists() or gone.exists():
        raise OSError(f"could not delete {path}")
