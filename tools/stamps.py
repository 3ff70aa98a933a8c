"""What need not be done again: a stamp holds the digest of what a step was made from."""

import fcntl
import hashlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tools.console import ROOT, say

STAMPS = ROOT / ".make"


def digest_of(*parts: Path | str) -> str:
    """SHA-256 of texts, files, and all the files below folders, with their names."""
    total = hashlib.sha256()
    for part in parts:
        for name, content in _contents(part):
            total.update(f"{name}\0{len(content)}\0".encode())
            total.update(content)
    return total.hexdigest()


def _contents(part: Path | str) -> Iterator[tuple[str, bytes]]:
    if isinstance(part, str):
        yield "", part.encode()
        return
    files: Iterable[Path] = sorted(part.rglob("*")) if part.is_dir() else [part]
    for file in files:
        if file.is_file() and "__pycache__" not in file.parts:
            yield str(file.relative_to(ROOT)), file.read_bytes()


def is_done(name: str, digest: str, *products: Path) -> bool:
    """Whether step `name` was done from just this, and what it made is still there."""
    stamp = STAMPS / name
    made = all(product.exists() for product in products)
    return made and stamp.is_file() and stamp.read_text() == digest


def set_done(name: str, digest: str) -> None:
    STAMPS.mkdir(exist_ok=True)
    (STAMPS / name).write_text(digest)


@contextmanager
def one_at_a_time() -> Iterator[None]:
    """Two makes that install into the same folder wait for each other."""
    STAMPS.mkdir(exist_ok=True)
    with (STAMPS / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("  waiting for another make in this folder …")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield
