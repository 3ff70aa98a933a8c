"""What a backup says of itself."""

import hashlib
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import BinaryIO, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

MANIFEST = "manifest.json"
SECRETS = "secrets.json"
CHUNK = 1024 * 1024


class BackupError(Exception):
    """What the operator must be told; nothing was changed."""


class FileRecord(BaseModel):
    """One file: bytes, modification time in nanoseconds since 1970, SHA-256 in hexadecimal."""

    model_config = ConfigDict(extra="forbid")

    size: int
    mtime_ns: int
    sha256: str


class Manifest(BaseModel):
    """Paths are relative, with slashes; `database` names the one that is a database's copy."""

    model_config = ConfigDict(extra="forbid")

    format: Literal[1] = 1
    made_at: datetime
    engine: Literal["sqlite", "postgresql"]
    database: str
    files: dict[str, FileRecord] = Field(default_factory=dict)

    @property
    def size(self) -> int:
        return sum(record.size for record in self.files.values())


def read_manifest(folder: Path) -> Manifest:
    """The manifest of a backup; raises `BackupError`."""
    try:
        manifest = Manifest.model_validate_json((folder / MANIFEST).read_bytes())
    except FileNotFoundError as error:
        raise BackupError(f"{folder} is not a complete backup: it has no {MANIFEST}") from error
    except ValidationError as error:
        raise BackupError(f"{folder}/{MANIFEST} cannot be read: {error}") from error
    for name in (*manifest.files, manifest.database):
        check_name(name)
    return manifest


def check_name(name: str) -> None:
    """Refuse a path that would leave the folder that it is put into."""
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or not path.parts:
        raise BackupError(f"the backup names a file outside of itself: {name!r}")


def digest_of(file: BinaryIO) -> str:
    """SHA-256 of what is left of `file`."""
    total = hashlib.sha256()
    while chunk := file.read(CHUNK):
        total.update(chunk)
    return total.hexdigest()


def check_files(manifest: Manifest, folder: Path) -> None:
    """Raise `BackupError` unless every file is there as the manifest has it."""
    for name, record in manifest.files.items():
        try:
            with (folder / name).open("rb") as file:
                found = digest_of(file)
        except OSError as error:
            raise BackupError(f"{name}: {error.strerror}") from error
        if found != record.sha256:
            raise BackupError(f"{name} is damaged: its checksum differs")
