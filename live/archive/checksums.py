"""What a recording consists of, file by file, with checksums: made once it is complete.

`archive.json` in the recording's folder, and beside its files wherever they are copied to. The
list has a digest, which the database keeps too: a list that was altered with its files is found.
"""

import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import Literal, Self

from pydantic import Field, ValidationError

from live.media import store
from live.media.catalogue import RENDITIONS, Catalogue, init_name, segment_name
from live.media.journal import JOURNAL_NAME, write_atomically
from live.media.ladder import book, shown
from live.media.progressive import INDEXES
from live.protocol.base import Message

LIST_NAME = "archive.json"


class FileSum(Message):
    """Bytes, and SHA-256 in hexadecimal."""

    size: int = Field(ge=0)
    sha256: str = Field(pattern="^[0-9a-f]{64}$")

    @classmethod
    def of(cls, data: bytes) -> Self:
        return cls(size=len(data), sha256=hashlib.sha256(data).hexdigest())


class Checksums(Message):
    """Names are relative to the recording's folder."""

    format: Literal[1] = 1
    sitting: str
    recording: str
    made_at: datetime
    files: dict[str, FileSum]
    digest: str

    @property
    def size(self) -> int:
        return sum(file.size for file in self.files.values())

    def right(self) -> bool:
        """Whether the list is as it was made, and names nothing outside of its folder."""
        paths = map(PurePosixPath, self.files)
        inside = all(not path.is_absolute() and ".." not in path.parts for path in paths)
        return inside and self.digest == digest_of(self.sitting, self.recording, self.files)


def digest_of(sitting: str, recording: str, files: dict[str, FileSum]) -> str:
    """SHA-256 over whose files they are, and a line for each in the order of their names, as
    `sha256sum` would print it with its size."""
    lines = [f"{sitting} {recording}"]
    lines += [f"{file.sha256} {file.size} {name}" for name, file in sorted(files.items())]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def read_list(data: bytes) -> Checksums | None:
    """None where it cannot be read; what it says has to be checked (`right`)."""
    try:
        return Checksums.model_validate_json(data)
    except ValidationError:
        return None


def kept_list(folder: Path) -> Checksums | None:
    """The list of a recording on the disk."""
    try:
        return read_list((folder / LIST_NAME).read_bytes())
    except OSError:
        return None


def belonging(folder: Path) -> Iterator[str]:
    """What is of a recording that is complete, in the order in which it should be copied. What no
    line of its journal speaks of is not: what was cut off, or behind closed doors, is nobody's."""
    catalogue, _ = store.load(folder)
    if catalogue.final is None:
        return
    yield JOURNAL_NAME
    for kind in INDEXES:
        if (folder / f"{kind}.index").exists():
            yield f"{kind}.index"
    for r in RENDITIONS:
        track = catalogue.tracks[r]
        yield from (init_name(r, n) for n in sorted({s.init for s in track.segments}))
        yield from (segment_name(r, s.seq) for s in track.segments)
    yield from _smaller(folder, catalogue)


def _smaller(folder: Path, catalogue: Catalogue) -> Iterator[str]:
    """Smaller pictures, once all of one is made."""
    seen = shown.Shown()
    seen.read(folder)
    for rung, made in seen.listed(catalogue, ended=True).items():
        yield f"{rung.name}/{book.BOOK_NAME}"
        yield from (f"{rung.name}/{book.init_name(n)}" for n in sorted(made.inits))
        yield from (f"{rung.name}/{book.segment_name(s.seq)}" for s in catalogue.video.segments)


def seal(folder: Path, more: dict[str, bytes] | None = None) -> Checksums:
    """Make the list, or add to it what has come since (smaller pictures, posters). What is on it
    already is not looked at again: what has changed since is damage, and must be found as such.
    `more`: files that are kept elsewhere. Raises `OSError`."""
    known = kept_list(folder)
    files = dict(known.files) if known is not None else {}
    for name in belonging(folder):
        if name not in files:
            files[name] = FileSum.of((folder / name).read_bytes())
    for name, data in (more or {}).items():
        files.setdefault(name, FileSum.of(data))
    sitting, recording = folder.parent.parent.name, folder.name
    if known is not None and known.files == files:
        return known
    sealed = Checksums(
        sitting=sitting,
        recording=recording,
        made_at=datetime.now(UTC),
        files=files,
        digest=digest_of(sitting, recording, files),
    )
    write_atomically(folder / LIST_NAME, sealed.model_dump_json().encode())
    return sealed
