"""Restoring a backup while nothing runs. Nothing is changed before every checksum has held."""

import shutil
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from .databases import Database, database
from .make import STAMP, backups_in
from .manifest import (
    MANIFEST,
    SECRETS,
    BackupError,
    Manifest,
    check_files,
    check_name,
    read_manifest,
)
from .places import Places


def restore(source: Path, places: Places, *, force: bool = False) -> Manifest:
    """Put the backup `source` (its folder, a folder of backups: the latest, or a tar file) in
    place. What is there already is refused, or with `force` kept in `before-restore-…`.

    Raises `BackupError`.
    """
    target = database()
    occupied = _occupied(target, places)
    if occupied and not force:
        names = ", ".join(occupied)
        raise BackupError(
            f"there is data already ({names}); --force puts it aside, in {places.data_dir}"
        )
    target.check_idle()
    with _opened(source, places.data_dir) as folder:
        manifest = read_manifest(folder)
        if manifest.engine != target.engine:
            raise BackupError(
                f"this is a backup of {manifest.engine}, DATABASE_URL says {target.engine}"
            )
        check_files(manifest, folder)
        aside = _aside(places)
        if not target.is_empty():
            target.set_aside(aside)
        target.take(folder / manifest.database)
        for prefix, place in places.trees:
            _replace(folder / prefix, place, aside / prefix)
        if SECRETS in manifest.files:
            _replace(folder / SECRETS, places.data_dir / SECRETS, aside / SECRETS)
            (places.data_dir / SECRETS).chmod(0o600)
    if not any(aside.iterdir()):
        aside.rmdir()
    return manifest


def _occupied(target: Database, places: Places) -> list[str]:
    found = [] if target.is_empty() else ["the database"]
    found += [name for name, place in places.trees if place.is_dir() and any(place.iterdir())]
    return found


def _aside(places: Places) -> Path:
    folder = places.data_dir / f"before-restore-{datetime.now(UTC).strftime(STAMP)}"
    folder.mkdir(parents=True, mode=0o700)
    return folder


def _replace(source: Path, place: Path, aside: Path) -> None:
    """Copy a file or folder to where it belongs; what was there goes aside."""
    if place.exists():
        shutil.move(place, aside)
    if source.is_dir():
        shutil.copytree(source, place)
    elif source.is_file():
        shutil.copy2(source, place)


@contextmanager
def _opened(source: Path, data_dir: Path) -> Iterator[Path]:
    """The folder of the backup; a tar file is unpacked beside the data for the while."""
    if source.is_file():
        data_dir.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".restoring-", dir=data_dir) as scratch:
            _unpack(source, Path(scratch))
            yield Path(scratch)
    elif (source / MANIFEST).is_file():
        yield source
    else:
        found = backups_in(source)
        if not found:
            raise BackupError(f"{source} is no backup, nor a folder of backups")
        yield found[-1]


def _unpack(source: Path, folder: Path) -> None:
    try:
        with tarfile.open(source, "r:") as tar:
            for member in tar:
                check_name(member.name)
                if not member.isfile():
                    raise BackupError(f"{member.name}: a backup holds files only")
                tar.extract(member, folder, filter="data")
    except tarfile.TarError as error:
        raise BackupError(f"{source} cannot be read: {error}") from error
