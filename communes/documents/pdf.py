"""PDFs, opened by `pdf_tool` in a process of its own."""

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from . import pdf_tool

WAIT_S = 90.0
#: As the one that encodes: threads of PDFium's libraries would only reserve memory.
ENVIRONMENT = {"OMP_NUM_THREADS": "1", "MALLOC_ARENA_MAX": "1"}


class BadPdf(Exception):
    """No PDF, or one that cannot be opened."""


class LockedPdf(BadPdf):
    """It wants a password."""


class NoSuchPage(BadPdf):
    """It has fewer pages."""


@dataclass(frozen=True)
class PdfFacts:
    """`width` and `height` of the first page in points (1/72 inch)."""

    pages: int
    width: int
    height: int


def _run(*arguments: str) -> bytes:
    command = [sys.executable, "-m", "communes.documents.pdf_tool", *arguments]
    try:
        # Our own tool, and a path that we made.
        done = subprocess.run(  # noqa: S603
            command,
            cwd=settings.BASE_DIR,
            env=ENVIRONMENT,
            capture_output=True,
            timeout=WAIT_S,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise BadPdf("it takes too long to open") from error
    if done.returncode == pdf_tool.ENCRYPTED:
        raise LockedPdf
    if done.returncode == pdf_tool.NO_SUCH_PAGE:
        raise NoSuchPage
    if done.returncode:
        raise BadPdf(done.stderr.decode(errors="replace")[-300:])
    return done.stdout


def inspect(path: Path) -> PdfFacts:
    """Raises `BadPdf`, `LockedPdf`."""
    return PdfFacts(**json.loads(_run("inspect", str(path))))


def text(path: Path) -> str:
    """The words, page after page. Raises `BadPdf`."""
    return _run("text", str(path)).decode(errors="replace")


def picture(path: Path, number: int, width: int, out: Path) -> None:
    """A page (from 1) as WebP, `width` pixels wide, written to `out` at once.

    Raises `BadPdf`, `NoSuchPage`.
    """
    part = out.with_suffix(".part")
    try:
        _run("page", str(path), str(number), str(width), str(part))
        part.replace(out)
    finally:
        part.unlink(missing_ok=True)
