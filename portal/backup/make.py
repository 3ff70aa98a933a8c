"""Making a backup while everything runs.

The database comes first: recordings that it does not know yet do no harm, the other way round
they would be missing. Of each recording the journal comes before the segments, for the same
reason. What disappears meanwhile (a window that moves on, a rehearsal forgotten) is left out.
"""

import os
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from .databases import database
from .manifest import MANIFEST, SECRETS, BackupError, FileRecord, Manifest, read_manifest
from .places import Places
from .sinks import FolderSink, Sink, TarSink

STAMP = "%Y-%m-%dT%H-%M-%S.%f"
PARTIAL = ".partial-"
#: The staff's previews are nobody's record.
NOT_KEPT = frozenset({"preview"})
#: Left free on the disk that the backup goes to, bytes.
MARGIN = 64 * 1024 * 1024


@dataclass(frozen=True)
class Made:
    """A finished backup. `copied`: bytes written; the rest was there from the one before."""

    place: Path
    manifest: Manifest
    copied: int


def back_up(destination: Path, places: Places, *, secrets: bool = True, keep: int = 0) -> Made:
    """Write a backup into a folder of backups, or, where `destination` ends in `.tar`, a file.

    In a folder, files that the latest backup has unchanged are linked to it and cost nothing.
    `keep`: remove all but so many of the latest backups of the folder; 0 keeps all.
    Raises `BackupError`.
    """
    if destination.suffix == ".tar":
        return _to_file(destination, places, secrets=secrets)
    made = _to_folder(destination, places, secrets=secrets)
    if keep:
        for old in backups_in(destination)[:-keep]:
            shutil.rmtree(old)
    return made


def backups_in(folder: Path) -> list[Path]:
    """The complete backups in a folder, oldest first."""
    return sorted(path.parent for path in folder.glob(f"[0-9]*T*/{MANIFEST}"))


def _to_file(destination: Path, places: Places, *, secrets: bool) -> Made:
    if destination.exists():
        raise BackupError(f"{destination} exists already")
    destination.parent.mkdir(parents=True, exist_ok=True)
    draft = destination.with_name(f".{destination.name}.partial")
    try:
        with TarSink(draft) as sink:
            manifest = _fill(sink, places, destination.parent, secrets=secrets)
        draft.replace(destination)
    finally:
        draft.unlink(missing_ok=True)
    return Made(destination, manifest, sink.copied)


def _to_folder(folder: Path, places: Places, *, secrets: bool) -> Made:
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    if places.media_dir in (folder, *folder.parents):
        raise BackupError("a backup inside the recordings would contain itself")
    earlier = backups_in(folder)
    stamp = datetime.now(UTC).strftime(STAMP)
    final, draft = folder / stamp, folder / f"{PARTIAL}{stamp}"
    if final.exists():
        raise BackupError(f"{final} exists already")
    draft.mkdir(mode=0o700)
    try:
        sink = FolderSink(draft, earlier[-1] if earlier else None, _records(earlier))
        manifest = _fill(sink, places, folder, secrets=secrets)
        os.sync()
        draft.rename(final)
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return Made(final, manifest, sink.copied)


def _records(earlier: list[Path]) -> dict[str, FileRecord]:
    return read_manifest(earlier[-1]).files if earlier else {}


def _fill(sink: Sink, places: Places, near: Path, *, secrets: bool) -> Manifest:
    source = database()
    manifest = Manifest(made_at=datetime.now(UTC), engine=source.engine, database=source.copy_name)
    with tempfile.TemporaryDirectory(prefix=".backup-", dir=near) as scratch:
        copy = Path(scratch) / source.copy_name
        source.copy_to(copy)
        trees = list(_trees(places))
        _check_space(near, sum(sink.cost(name, path) for name, path in trees))
        manifest.files[source.copy_name] = sink.add(source.copy_name, copy)
    kept = places.data_dir / SECRETS
    if secrets and kept.exists():
        manifest.files[SECRETS] = sink.add(SECRETS, kept)
    for name, path in trees:
        try:
            manifest.files[name] = sink.add(name, path)
        except FileNotFoundError:
            continue
    sink.finish(MANIFEST, manifest.model_dump_json(indent=1).encode())
    return manifest


def _trees(places: Places) -> Iterator[tuple[str, Path]]:
    for prefix, root in places.trees:
        for folder, folders, files in os.walk(root):
            folders[:] = sorted(name for name in folders if name not in NOT_KEPT)
            # Journals and orders (.json, .jsonl) before the segments they speak of.
            for file in sorted(files, key=lambda name: (".json" not in name, name)):
                path = Path(folder) / file
                if path.is_file() and not path.is_symlink():
                    yield f"{prefix}/{path.relative_to(root).as_posix()}", path


def _check_space(folder: Path, wanted: int) -> None:
    free = shutil.disk_usage(folder).free
    if free < wanted + MARGIN:
        raise BackupError(
            f"{folder} has {free / 1e9:.1f} GB free, the backup needs {wanted / 1e9:.1f} GB"
        )
