"""Who holds a sitting, where several media processes share one folder.

`<media_dir>/<sitting>/holder` names the process and a number that only grows: the fence. Web gives
a sitting to another process with a higher number; taking it writes that number. Every job that
changes the sitting's files runs under the file's lock, after a look at the number. So a process
that lost the sitting while it hung or was cut off cannot write one more byte when it comes to
itself, whatever its clock says: between look and write nobody else can take.
"""

import contextlib
import fcntl
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from live.protocol.base import Message

from .disk import Disk, Done

HOLDER_NAME = "holder"
#: The file always has this many bytes, so that it is rewritten in one piece.
_SIZE = 512
#: A lock is held for one job, at the longest for a sync; whoever hangs with it in hand is waited
#: for no longer than this.
_LOCK_WITHIN_S = 2.0
_ASK_AGAIN_S = 0.002
#: Between two looks at the file by those who only read.
_LOOK_EVERY_S = 0.5


class Holder(Message):
    """What the file says; without a name, nobody has taken the sitting yet."""

    claim: int = 0
    name: str = ""
    #: Its HTTP, `host:port`, for proxies and for the other processes.
    address: str = ""


@dataclass(frozen=True)
class Identity:
    """One media process among those that share a folder."""

    name: str
    address: str


class Fenced(Exception):
    """Another process holds the sitting."""


class Occupied(OSError):
    """Whoever has the lock does not let go of it."""


def read_holder(folder: Path) -> Holder:
    """Who holds the sitting of this folder."""
    try:
        return _parse((folder / HOLDER_NAME).read_bytes())
    except OSError:
        return Holder()


def _parse(raw: bytes) -> Holder:
    try:
        return Holder.model_validate_json(raw)
    except ValidationError:
        # Torn by a power cut: then nobody was left to hold anything.
        return Holder()


class Claim:
    """One process' hold of one sitting."""

    def __init__(self, folder: Path, me: Identity) -> None:
        self.number = 0
        self._folder = folder
        self._me = me
        self._looked = float("-inf")
        self._ours = False

    def take(self, number: int) -> bool:
        """Hold the sitting from now on, by this number. `True`: we held it already, so what we
        know of it still counts. Raises `Fenced` where another process, or a higher number, has it.
        """
        self._folder.mkdir(parents=True, exist_ok=True)
        with self._locked() as fd:
            there = _parse(os.pread(fd, _SIZE, 0))
            mine = there.name == self._me.name
            if number < there.claim or (number == there.claim and there.name and not mine):
                raise Fenced(f"held by {there.name}, {there.claim}")
            kept = self._ours and mine and there.claim == self.number
            wanted = Holder(claim=number, name=self._me.name, address=self._me.address)
            if wanted != there:
                os.pwrite(fd, wanted.model_dump_json().encode().ljust(_SIZE), 0)
            self.number, self._ours = number, True
        return kept

    def run(self, job: Callable[[], Any]) -> Any:
        """Do file work while nobody can take the sitting. Raises `Fenced`."""
        with self._locked() as fd:
            there = _parse(os.pread(fd, _SIZE, 0))
            if (there.claim, there.name) != (self.number, self._me.name):
                self._ours = False
                raise Fenced(f"held by {there.name}, {there.claim}")
            return job()

    def is_ours(self, *, lately: bool = False) -> bool:
        """Whether we hold it still. `lately`: what was known half a second ago will do."""
        now = time.monotonic()
        if not lately or now - self._looked >= _LOOK_EVERY_S:
            self._looked = now
            # What cannot be read just now says nothing; the lock has the last word anyway.
            with contextlib.suppress(OSError, ValidationError):
                raw = (self._folder / HOLDER_NAME).read_bytes()
                there = Holder.model_validate_json(raw)
                self._ours = (there.claim, there.name) == (self.number, self._me.name)
        return self._ours

    @contextmanager
    def _locked(self) -> Iterator[int]:
        fd = os.open(self._folder / HOLDER_NAME, os.O_RDWR | os.O_CREAT, 0o644)
        try:
            _lock(fd, _LOCK_WITHIN_S)
            yield fd
        finally:
            # Closing it unlocks it.
            os.close(fd)


class ClaimedDisk(Disk):
    """The writer, for one sitting: what is submitted is done only while we hold it."""

    def __init__(self, disk: Disk, claim: Claim, lost: Callable[[], None]) -> None:
        """`lost`: called on the event loop when a job found that the sitting is not ours."""
        self._disk = disk
        self._claim = claim
        self._lost = lost

    def submit(
        self,
        job: Callable[[], Any],
        done: Done | None = None,
        *,
        size: int = 0,
        changes: bool = True,
    ) -> None:
        if not changes:
            self._disk.submit(job, done, size=size)
            return

        def answer(error: BaseException | None) -> None:
            if isinstance(error, Fenced):
                self._lost()
            if done is not None:
                done(error)

        self._disk.submit(lambda: self._claim.run(job), answer, size=size)


def _lock(fd: int, within_s: float) -> None:
    deadline = time.monotonic() + within_s
    while True:
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        except BlockingIOError:
            if time.monotonic() > deadline:
                raise Occupied("another media process does not let go of this sitting") from None
            time.sleep(_ASK_AGAIN_S)


class NameLock:
    """Held for as long as a process lives: two of one name on one folder would share a number."""

    def __init__(self, media_dir: Path, name: str, within_s: float = 5.0) -> None:
        """Raises `Occupied` where a process of this name is there."""
        self._fd = os.open(media_dir / f".process-{name}.lock", os.O_RDWR | os.O_CREAT, 0o644)
        try:
            _lock(self._fd, within_s)
        except Occupied:
            os.close(self._fd)
            raise Occupied(f"a media process named {name!r} has this folder already") from None

    def release(self) -> None:
        with contextlib.suppress(OSError):
            os.close(self._fd)
