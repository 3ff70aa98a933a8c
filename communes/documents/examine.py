"""What a file is: by its content, never by its name."""

import hashlib
import shutil
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from . import office, pdf, pictures
from .names import safe_name, suffix_of
from .problems import Problem, Unfit

HEAD = 1024
#: The old binary formats of Word, Excel and PowerPoint share one signature; the name says which.
COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
COMPOUND_TYPES = {
    ".doc": "application/msword",
    ".xls": "application/vnd.ms-excel",
    ".ppt": "application/vnd.ms-powerpoint",
}
PICTURE_HEADS = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")
#: Text that a browser would take for a page, a drawing or a program.
ACTIVE = (b"<!doctype", b"<html", b"<svg", b"<?xml", b"<script", b"<?php", b"#!/", b"<body")
TEXT_TYPES = {".csv": "text/csv", ".txt": "text/plain"}


@dataclass(frozen=True)
class Examined:
    """A file that may be kept. `path` is where its content is, cleaned."""

    path: Path
    name: str
    media_type: str
    size: int
    checksum: str
    pages: int | None = None
    width: int | None = None
    height: int | None = None


def most_bytes() -> int:
    return int(settings.DOCUMENT_MAX_MB) * 1024 * 1024


def check_size(size: int) -> None:
    """Raises `Unfit` for what is empty or too large."""
    if size <= 0:
        raise Unfit(Problem.EMPTY)
    if size > most_bytes():
        megabytes = -(-size // (1024 * 1024))
        raise Unfit(Problem.TOO_LARGE, size=megabytes, most=settings.DOCUMENT_MAX_MB)


def examine(path: Path, name: str) -> Examined:
    """Look into a file. A picture is written anew, beside `path`. Raises `Unfit`."""
    check_size(path.stat().st_size)
    with path.open("rb") as file:
        head = file.read(HEAD)
    suffix = suffix_of(name)
    if b"%PDF-" in head:
        return _pdf(path, name)
    if suffix == ".pdf":
        raise Unfit(Problem.NOT_A_PDF)
    if head.startswith(PICTURE_HEADS) or (head[:4] == b"RIFF" and head[8:12] == b"WEBP"):
        return _picture(path, name)
    if head.startswith(b"PK\x03\x04"):
        right, media_type = office.inspect(path)
        return _examined(path, name, right, media_type)
    if head.startswith(COMPOUND) and suffix in COMPOUND_TYPES:
        return _examined(path, name, suffix, COMPOUND_TYPES[suffix])
    if suffix in TEXT_TYPES and _is_text(path, head):
        return _examined(path, name, suffix, TEXT_TYPES[suffix])
    raise Unfit(Problem.UNKNOWN_TYPE)


def _pdf(path: Path, name: str) -> Examined:
    try:
        facts = pdf.inspect(path)
    except pdf.LockedPdf as error:
        raise Unfit(Problem.LOCKED) from error
    except pdf.BadPdf as error:
        raise Unfit(Problem.NOT_A_PDF) from error
    return _examined(path, name, ".pdf", "application/pdf", facts.pages, facts.width, facts.height)


def _picture(path: Path, name: str) -> Examined:
    cleaned = path.with_name(f"{path.name}.clean")
    facts = pictures.clean(path, cleaned)
    suffix, media_type = pictures.SUFFIXES[facts.format], pictures.MEDIA_TYPES[facts.format]
    return _examined(cleaned, name, suffix, media_type, None, facts.width, facts.height)


def _is_text(path: Path, head: bytes) -> bool:
    if b"\0" in head or head.lstrip(b"\xef\xbb\xbf \r\n\t").lower().startswith(ACTIVE):
        return False
    with path.open("rb") as file:
        return not any(b"\0" in block for block in iter(lambda: file.read(1 << 20), b""))


def _examined(
    path: Path,
    name: str,
    suffix: str,
    media_type: str,
    pages: int | None = None,
    width: int | None = None,
    height: int | None = None,
) -> Examined:
    with path.open("rb") as file:
        checksum = hashlib.file_digest(file, "sha256").hexdigest()
    safe = safe_name(name, suffix)
    return Examined(path, safe, media_type, path.stat().st_size, checksum, pages, width, height)


def room_for(size: int, folder: Path) -> bool:
    """Whether the disk takes so much more, and keeps a reserve."""
    return shutil.disk_usage(folder).free > size + 256 * 1024 * 1024
