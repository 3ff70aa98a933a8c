"""Where a backup goes: a folder that shares unchanged files with the one before, or a tar file."""

import hashlib
import io
import os
import tarfile
from pathlib import Path
from typing import BinaryIO, Protocol, Self

from .manifest import CHUNK, FileRecord


class Sink(Protocol):
    #: Bytes written so far.
    copied: int

    def cost(self, name: str, source: Path) -> int:
        """Bytes that adding this file would take."""

    def add(self, name: str, source: Path) -> FileRecord:
        """Put a file in, as it is now. Raises `FileNotFoundError` when it is gone."""

    def finish(self, name: str, content: bytes) -> None:
        """Put the manifest in, last."""


class _Measured(io.RawIOBase):
    """Reads exactly `size` bytes of a file that may grow meanwhile, and digests them."""

    def __init__(self, file: BinaryIO, size: int) -> None:
        super().__init__()
        self._file, self._left = file, size
        self.digest = hashlib.sha256()

    def read(self, size: int = -1, /) -> bytes:
        wanted = self._left if size < 0 else min(size, self._left)
        data = self._file.read(wanted)
        self._left -= len(data)
        self.digest.update(data)
        return data


class FolderSink:
    """Files of the backup before that have not changed since are linked, not copied."""

    def __init__(self, folder: Path, earlier: Path | None, records: dict[str, FileRecord]) -> None:
        self._folder, self._earlier, self._records = folder, earlier, records
        self.copied = 0

    def _unchanged(self, name: str, status: os.stat_result) -> FileRecord | None:
        record = self._records.get(name)
        same = record is not None and (record.size, record.mtime_ns) == (
            status.st_size,
            status.st_mtime_ns,
        )
        return record if same else None

    def cost(self, name: str, source: Path) -> int:
        try:
            status = source.stat()
        except FileNotFoundError:
            return 0
        return 0 if self._unchanged(name, status) else status.st_size

    def add(self, name: str, source: Path) -> FileRecord:
        target = self._folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        with source.open("rb") as file:
            status = os.fstat(file.fileno())
            record = self._unchanged(name, status)
            if record is not None and self._earlier is not None:
                try:
                    os.link(self._earlier / name, target)
                except OSError:
                    # A disk without links, or a backup somebody tidied: copied like a new file.
                    pass
                else:
                    return record
            measured = _Measured(file, status.st_size)
            with _create(target) as copy:
                while chunk := measured.read(CHUNK):
                    copy.write(chunk)
                size = copy.tell()
        os.utime(target, ns=(status.st_atime_ns, status.st_mtime_ns))
        self.copied += size
        return FileRecord(
            size=size, mtime_ns=status.st_mtime_ns, sha256=measured.digest.hexdigest()
        )

    def finish(self, name: str, content: bytes) -> None:
        with _create(self._folder / name) as file:
            file.write(content)


def _create(path: Path) -> BinaryIO:
    """A new file that only its owner may read."""
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")


class TarSink:
    """One file to carry away; everything is copied."""

    def __init__(self, path: Path) -> None:
        self._file = _create(path)
        self._tar = tarfile.TarFile(fileobj=self._file, mode="w", format=tarfile.PAX_FORMAT)
        self.copied = 0

    def cost(self, name: str, source: Path) -> int:
        try:
            return source.stat().st_size
        except FileNotFoundError:
            return 0

    def add(self, name: str, source: Path) -> FileRecord:
        with source.open("rb") as file:
            status = os.fstat(file.fileno())
            measured = _Measured(file, status.st_size)
            self._tar.addfile(_member(name, status.st_size, status.st_mtime), measured)
        self.copied += status.st_size
        return FileRecord(
            size=status.st_size,
            mtime_ns=status.st_mtime_ns,
            sha256=measured.digest.hexdigest(),
        )

    def finish(self, name: str, content: bytes) -> None:
        self._tar.addfile(_member(name, len(content), 0), io.BytesIO(content))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._tar.close()
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()


def _member(name: str, size: int, mtime: float) -> tarfile.TarInfo:
    member = tarfile.TarInfo(name)
    member.size, member.mtime, member.mode = size, int(mtime), 0o600
    return member
