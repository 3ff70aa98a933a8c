"""The storage of recordings, whatever it is: Django's storage API, with errors one can act upon.

Used by web, by the archive's process, and by media, which loads no more of Django than this.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import Storage, storages

_TYPES = {
    "m4s": "video/mp4",
    "mp4": "video/mp4",
    "json": "application/json",
    "jsonl": "application/json",
    "webp": "image/webp",
    "jpg": "image/jpeg",
}


class StoreAway(OSError):
    """The storage cannot be reached, or refuses us; worth another try."""


class Store:
    """Names are paths below the recordings' folder: `<sitting>/rec/<recording>/v1.m4s`."""

    def __init__(self) -> None:
        self._storage: Storage = storages["recordings"]
        #: Says which one it is; empty: the disk itself.
        self.place: str = settings.ARCHIVE_PLACE

    @property
    def is_copy(self) -> bool:
        """Whether it is somewhere else than the disk that is recorded on."""
        return bool(self.place)

    def put(self, name: str, data: bytes) -> None:
        """Put a file there, over what is there by that name."""
        file = ContentFile(data)
        rendition_sound = name.rpartition("/")[2].startswith("a") and name.endswith(("4s", "p4"))
        kind = "audio/mp4" if rendition_sound else _TYPES.get(name.rpartition(".")[2])
        file.content_type = kind or "application/octet-stream"  # type: ignore[attr-defined]
        with _errors():
            self._storage.save(name, file)

    def read(self, name: str) -> bytes:
        """The whole file; raises `FileNotFoundError`, `StoreAway`."""
        with _errors(), self._storage.open(name, "rb") as file:
            data: bytes = file.read()
            return data

    def url(self, name: str) -> str | None:
        """Where a viewer may fetch it without us, for an hour; None: from us alone."""
        if not self.is_copy or not settings.ARCHIVE_REDIRECT:
            return None
        with _errors():
            return self._storage.url(name)

    def delete(self, name: str) -> None:
        """Fine if it is not there."""
        with _errors():
            self._storage.delete(name)

    def names(self, folder: str) -> Iterator[str]:
        """All files below a folder."""
        with _errors():
            try:
                folders, files = self._storage.listdir(folder)
            except FileNotFoundError:
                return
        for name in files:
            yield f"{folder}/{name}"
        for name in folders:
            yield from self.names(f"{folder}/{name}")

    def recordings(self, sitting: str) -> list[str]:
        """The names of a sitting's recordings that it has something of."""
        with _errors():
            try:
                return sorted(self._storage.listdir(f"{sitting}/rec")[0])
            except FileNotFoundError:
                return []


@contextmanager
def _errors() -> Iterator[None]:
    """What storages raise, as `OSError`s."""
    try:
        yield
    except OSError:
        raise
    except Exception as error:
        if type(error).__module__.partition(".")[0] in {"botocore", "boto3", "s3transfer"}:
            status = getattr(error, "response", {}).get("ResponseMetadata", {})
            if status.get("HTTPStatusCode") == 404 and "NoSuchBucket" not in str(error):
                raise FileNotFoundError(str(error)) from error
            raise StoreAway(str(error)) from error
        raise
