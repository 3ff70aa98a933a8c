"""Uploads that go on after a cut: what has come is a file whose length is the position."""

import fcntl
from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.utils import timezone

from communes.models import Commune, Person, Upload

from .examine import check_size, room_for
from .problems import Problem, Unfit

#: An upload that nobody goes on with is forgotten.
LIFE = timedelta(days=3)
#: Of one person at once; a bulk upload sends a few files side by side.
MOST_OPEN = 100


def folder() -> Path:
    place = Path(settings.DATA_DIR) / "partial-uploads"
    place.mkdir(parents=True, exist_ok=True)
    return place


def path_of(upload: Upload) -> Path:
    return folder() / upload.pk


def begin(commune: Commune, by: Person, name: str, size: int) -> Upload:
    """Expect a file. In a write transaction. Raises `Unfit`."""
    check_size(size)
    if not room_for(size, folder()):
        raise Unfit(Problem.TOO_LARGE, size=-(-size // 2**20), most=0)
    Upload.objects.filter(
        pk__in=list(
            Upload.objects.filter(by=by).order_by("-created_at").values_list("pk", flat=True)
        )[MOST_OPEN - 1 :]
    ).delete()
    upload = Upload.objects.create(commune=commune, by=by, name=name[:255], size=size)
    path_of(upload).touch()
    return upload


def offset(upload: Upload) -> int:
    """How many bytes have come."""
    try:
        return path_of(upload).stat().st_size
    except FileNotFoundError:
        return 0


def append(upload: Upload, at: int, blocks: Iterable[bytes]) -> int:
    """Write what comes, from position `at`; returns the new position. Raises `Unfit`.

    What has come before a cut is kept.
    """
    with path_of(upload).open("ab") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise Unfit(Problem.OFFSET) from error
        if file.tell() != at:
            raise Unfit(Problem.OFFSET)
        for block in blocks:
            if file.tell() + len(block) > upload.size:
                raise Unfit(Problem.OFFSET)
            file.write(block)
        return file.tell()


def end(upload: Upload) -> None:
    """Forget the row. In a write transaction; `forget` removes the file."""
    Upload.objects.filter(pk=upload.pk).delete()


def forget(upload: Upload) -> None:
    """Remove the file of an upload that has ended."""
    for path in (path_of(upload), folder() / f"{upload.pk}.clean"):
        path.unlink(missing_ok=True)


def sweep() -> int:
    """Forget uploads that nobody goes on with, and files without a row; returns how many."""
    Upload.objects.filter(created_at__lt=timezone.now() - LIFE).delete()
    known = set(Upload.objects.values_list("pk", flat=True))
    gone = 0
    for path in folder().iterdir():
        if path.name.split(".")[0] not in known:
            path.unlink(missing_ok=True)
            gone += 1
    return gone
