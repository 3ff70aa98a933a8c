"""Posters and thumbnails as the archive of recordings takes them: with their recording."""

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from live.archive.store import Store
from live.models import ArchivedCopy, Recording
from portal.stills import FILE, ROOT, path_of

_PREFIX = f"{ROOT}/"


class Stills:
    """`live.archive.keeper.Extras`; names are `stills/<name>/<file>`."""

    def of(self, recording: Recording) -> dict[str, bytes]:
        name = recording.stills.get("name")
        if not name:
            return {}
        folder = f"{ROOT}/{recording.sitting_id}/{name}"
        if not default_storage.exists(folder):
            return {}
        found = {}
        for file in sorted(default_storage.listdir(folder)[1]):
            with default_storage.open(f"{folder}/{file}", "rb") as opened:
                found[f"{_PREFIX}{name}/{file}"] = opened.read()
        return found

    def read(self, sitting: str, name: str) -> bytes | None:
        path = _path(sitting, name)
        if path is None:
            return None
        with default_storage.open(path, "rb") as opened:
            data: bytes = opened.read()
            return data

    def put_back(self, sitting: str, name: str, data: bytes) -> bool:
        path = _path(sitting, name)
        if path is None:
            return False
        default_storage.delete(path)
        default_storage.save(path, ContentFile(data))
        return True


def _path(sitting: str, name: str) -> str | None:
    match name.split("/"):
        case [root, version, file] if root == ROOT and FILE.fullmatch(file):
            return path_of(sitting, version, file)
    return None


def archived_still(recording: Recording, file: str) -> bytes | None:
    """A picture that this machine has lost, from the archive; None where that has none either."""
    row = ArchivedCopy.objects.filter(pk=recording.sitting_id, erase=False).first()
    store = Store()
    if row is None or not row.place or row.place != store.place:
        return None
    name = f"{row.sitting}/rec/{row.recording}/{_PREFIX}{recording.stills['name']}/{file}"
    try:
        return store.read(name)
    except OSError:
        return None
