"""From a file that has come to a document: examined outside of the writer's transaction, which has
to stay short."""

import contextlib
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.core.files.base import File

from communes.documents import keep, uploads
from communes.documents.examine import check_size, examine
from communes.documents.keep import Fields
from communes.documents.names import title_from
from communes.documents.reading import local_path
from communes.models import Commune, Document, DocumentVersion, Person, Upload
from live.delivery.writer import perform

from .tasks import read_document


@contextmanager
def received(upload: File[bytes]) -> Iterator[Path]:
    """A file of a form, on disk for as long as the block lasts. Raises `Unfit`."""
    check_size(upload.size or 0)
    path = uploads.folder() / f"form-{secrets.token_hex(8)}"
    try:
        with path.open("wb") as out:
            for block in upload.chunks():
                out.write(block)
        yield path
    finally:
        for leftover in (path, path.with_name(f"{path.name}.clean")):
            leftover.unlink(missing_ok=True)


def adopt(path: Path, name: str, commune: Commune, fields: Fields, by: Person) -> Document:
    """A draft of the file at `path`. Without a title it gets the one in its name.

    Raises `Unfit`.
    """
    file = examine(path, name)
    if not fields.title:
        fields = Fields(**{**vars(fields), "title": title_from(name)})
    document = perform(lambda: keep.make(commune, fields, file, by))
    read_later(document.versions.get())
    return document


def adopt_version(
    path: Path, name: str, document: Document, by: Person, changes: str
) -> DocumentVersion:
    """A newer version of a document. Raises `Unfit`."""
    file = examine(path, name)
    version = perform(lambda: keep.add_version(document, file, by, changes))
    read_later(version)
    return version


def adopt_upload(upload: Upload, commune: Commune, fields: Fields, by: Person) -> Document:
    """A draft of an upload that is complete; the upload is over, taken or not.

    Raises `Unfit`.
    """
    try:
        return adopt(uploads.path_of(upload), upload.name, commune, fields, by)
    finally:
        perform(lambda: uploads.end(upload))
        uploads.forget(upload)


def read_later(version: DocumentVersion) -> None:
    perform(lambda: read_document.enqueue(version.pk))


def remove(document: Document, by: Person) -> None:
    """Delete a draft and its files. Raises `Unfit`."""
    for version in perform(lambda: keep.delete(document, by)):
        with contextlib.suppress(OSError):
            local_path(version).unlink()
