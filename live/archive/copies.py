"""The copy of one recording in the storage: brought there, checked, brought back, erased.

Beside a recording on the disk:

    archive.json      its files with checksums (`checksums`)
    archive.stored    names that the storage has, one a line: where to go on after a crash
    archive.away      the storage has been read through, and the disk may lack segments
"""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from live.media.away import AWAY_NAME, STORED_NAME
from live.media.journal import write_atomically
from live.media.ladder import shown
from live.media.store import load

from .checksums import LIST_NAME, Checksums, FileSum, kept_list, read_list
from .store import Store

#: Requests at once.
_HANDS = 4
_BATCH = 8


class Damaged(Exception):
    """A file is not what its checksum says; the copy that there may be is not touched."""


class Interrupted(Exception):
    """Something more important is going on; what was done so far counts."""


@dataclass(frozen=True)
class Fault:
    """`what`: `missing`, `damaged`, or, of the list itself, `list`."""

    name: str
    what: str

    def __str__(self) -> str:
        return f"{self.name}: {self.what}"


class Copy:
    """`folder`: of the recording; it need not be there. `elsewhere`: reads a file of the list that
    the disk keeps in another place."""

    def __init__(
        self,
        folder: Path,
        store: Store,
        elsewhere: Callable[[str], bytes | None] = lambda name: None,
    ) -> None:
        self.folder = folder
        self._store = store
        self._elsewhere = elsewhere
        self.prefix = f"{folder.parent.parent.name}/rec/{folder.name}"

    def _key(self, name: str) -> str:
        return f"{self.prefix}/{name}"

    def _local(self, name: str) -> bytes:
        data = self._elsewhere(name)
        return (self.folder / name).read_bytes() if data is None else data

    # There

    def stored(self) -> set[str]:
        """What the storage is known to have."""
        try:
            lines = (self.folder / STORED_NAME).read_text().split("\n")
        except OSError:
            return set()
        # The last line is torn, or empty.
        return set(lines[:-1])

    def push(self, sums: Checksums, go_on: Callable[[], bool] = lambda: True) -> int:
        """Bring there what is not there yet; the list comes last. Returns how many files went.
        Raises `Damaged`, `Interrupted`, `StoreAway`, `OSError`."""
        stored = self.stored()
        mark = f"{LIST_NAME} {sums.digest}"
        left = iter([name for name in sums.files if name not in stored])
        sent = 0
        with (
            ThreadPoolExecutor(_HANDS) as hands,
            (self.folder / STORED_NAME).open("a", buffering=1) as book,
        ):
            while batch := list(islice(left, _BATCH)):
                if not go_on():
                    raise Interrupted
                for name in hands.map(lambda name: self._send(name, sums.files[name]), batch):
                    book.write(f"{name}\n")
                    sent += 1
            if mark not in stored:
                self._store.put(self._key(LIST_NAME), sums.model_dump_json().encode())
                book.write(f"{mark}\n")
        return sent

    def _send(self, name: str, wanted: FileSum) -> str:
        data = self._local(name)
        if FileSum.of(data) != wanted:
            raise Damaged(f"{self.prefix}/{name} has changed since its checksum was made")
        self._store.put(self._key(name), data)
        return name

    def is_stored(self, sums: Checksums) -> bool:
        """Whether all has been brought there, with this list."""
        return f"{LIST_NAME} {sums.digest}" in self.stored()

    # Checked

    def remote_list(self) -> Checksums | None:
        """The list as the storage has it. Raises `StoreAway`."""
        try:
            return read_list(self._store.read(self._key(LIST_NAME)))
        except FileNotFoundError:
            return None

    def verify(self, digest: str = "", *, local: bool = False) -> list[Fault]:
        """Read everything again; what is wrong. `digest`: what the list must have; `local`: the
        disk instead of the storage. Raises `StoreAway`."""
        sums = kept_list(self.folder) if local else self.remote_list()
        if sums is None:
            return [Fault(self._key(LIST_NAME), "missing")]
        if not sums.right() or (digest and sums.digest != digest):
            return [Fault(self._key(LIST_NAME), "damaged")]
        read = self._local if local else lambda name: self._store.read(self._key(name))
        with ThreadPoolExecutor(_HANDS) as hands:
            found = hands.map(lambda item: _fault(read, *item), sums.files.items())
            return [Fault(self._key(name), what) for name, what in found if what]

    # The disk

    def free(self) -> int:
        """Delete the segments on the disk; whoever asks for one is given the storage's. To be
        called after `verify` found nothing. Returns the bytes."""
        write_atomically(self.folder / AWAY_NAME, b"")
        freed = 0
        for path in self._segments():
            freed += path.stat().st_size
            path.unlink()
        return freed

    def _segments(self) -> Iterator[Path]:
        """Of smaller pictures that were never completed, nothing was copied and all goes."""
        catalogue, _ = load(self.folder)
        seen = shown.Shown()
        seen.read(self.folder)
        complete = seen.listed(catalogue, ended=True)
        yield from self.folder.glob("*.m4s")
        for rung in seen.books:
            yield from (self.folder / rung.name).glob("*.m4s" if rung in complete else "*")

    def restore(self, put_back: Callable[[str, bytes], bool] = lambda *_: False) -> list[str]:
        """Bring back what the disk lacks or has damaged; the names. `put_back`: takes a file that
        belongs elsewhere. Raises `Damaged`, `FileNotFoundError`, `StoreAway`, `OSError`."""
        sums = self.remote_list() if self._store.is_copy else kept_list(self.folder)
        if sums is None:
            raise FileNotFoundError(f"the storage has no {self._key(LIST_NAME)}")
        if not sums.right():
            raise Damaged(f"{self._key(LIST_NAME)} is damaged")
        came = []
        for name, wanted in sums.files.items():
            if _fault(self._local, name, wanted)[1] == "":
                continue
            data = self._store.read(self._key(name))
            if FileSum.of(data) != wanted:
                raise Damaged(f"{self._key(name)} is damaged in the storage as well")
            if not put_back(name, data):
                path = self.folder / name
                path.parent.mkdir(parents=True, exist_ok=True)
                write_atomically(path, data)
            came.append(name)
        if self._store.is_copy:
            write_atomically(self.folder / LIST_NAME, sums.model_dump_json().encode())
            done = "".join(f"{name}\n" for name in (*sums.files, f"{LIST_NAME} {sums.digest}"))
            write_atomically(self.folder / STORED_NAME, done.encode())
        (self.folder / AWAY_NAME).unlink(missing_ok=True)
        return came


def _fault(read: Callable[[str], bytes], name: str, wanted: FileSum) -> tuple[str, str]:
    try:
        data = read(name)
    except (FileNotFoundError, NotADirectoryError):
        return name, "missing"
    return name, "" if FileSum.of(data) == wanted else "damaged"


def erase(store: Store, sitting: str) -> int:
    """Delete everything that the storage has of a sitting; how many files. Only for a storage
    that is a copy: on the disk, media deletes. Raises `StoreAway`."""
    if not store.is_copy:
        return 0
    gone = 0
    for name in list(store.names(sitting)):
        store.delete(name)
        gone += 1
    return gone
