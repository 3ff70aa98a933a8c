"""Copying a database while it is written to, and putting a copy in its place."""

import os
import shutil
import sqlite3
import subprocess
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Literal, Protocol

from django.db import connection

from .manifest import BackupError

Engine = Literal["sqlite", "postgresql"]


class Database(Protocol):
    """One engine's way."""

    @property
    def engine(self) -> Engine: ...

    @property
    def copy_name(self) -> str:
        """What the copy is called in a backup."""

    def copy_to(self, target: Path) -> None:
        """Write a consistent copy, whatever others write meanwhile."""

    def check_idle(self) -> None:
        """Raise `BackupError` when somebody uses the database."""

    def is_empty(self) -> bool: ...

    def set_aside(self, folder: Path) -> None:
        """Keep what is there in `folder`, and leave nothing."""

    def take(self, copy: Path) -> None:
        """Put a copy where nothing is (after `set_aside`)."""


class Sqlite:
    """A file; its write-ahead log is part of it until a checkpoint."""

    engine: Engine = "sqlite"
    copy_name = "database.sqlite3"

    def __init__(self, path: Path) -> None:
        self._path = path

    def copy_to(self, target: Path) -> None:
        if not self._path.exists():
            raise BackupError(f"there is no database at {self._path}")
        # One step of SQLite's online backup: a read transaction, which keeps no writer waiting.
        with closing(sqlite3.connect(self._path)) as source, closing(_new(target)) as copy:
            source.backup(copy)
            copy.execute("PRAGMA journal_mode=DELETE")
            verdict = copy.execute("PRAGMA quick_check(1)").fetchone()[0]
        if verdict != "ok":
            raise BackupError(f"the copy of {self._path} does not hold: {verdict}")

    def check_idle(self) -> None:
        if self.is_empty():
            return
        with closing(sqlite3.connect(self._path, timeout=1)) as file:
            try:
                # A connection in WAL mode keeps a shared lock as long as it lives.
                file.execute("PRAGMA locking_mode=EXCLUSIVE")
                file.execute("BEGIN EXCLUSIVE")
                file.rollback()
            except sqlite3.OperationalError as error:
                raise BackupError(f"{self._path} is in use: stop web and worker first") from error

    def is_empty(self) -> bool:
        return not self._path.exists() or self._path.stat().st_size == 0

    def _files(self) -> list[Path]:
        names = ("", "-wal", "-shm", "-journal")
        return [path for name in names if (path := Path(f"{self._path}{name}")).exists()]

    def set_aside(self, folder: Path) -> None:
        for path in self._files():
            shutil.move(path, folder / path.name)

    def take(self, copy: Path) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        draft = self._path.with_name(f"{self._path.name}.restoring")
        shutil.copyfile(copy, draft)
        draft.replace(self._path)


def _new(path: Path) -> sqlite3.Connection:
    path.touch(mode=0o600)
    return sqlite3.connect(path)


class Postgresql:
    """A database of a server, through PostgreSQL's own programs."""

    engine: Engine = "postgresql"
    copy_name = "database.pgdump"

    def copy_to(self, target: Path) -> None:
        target.touch(mode=0o600)
        _run("pg_dump", "--format=custom", "--no-owner", "--no-acl", f"--file={target}")

    def check_idle(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
            others = cursor.fetchone()[0]
        connection.close()
        if others:
            raise BackupError(f"the database is in use by {others} connections: stop them first")

    def is_empty(self) -> bool:
        tables = connection.introspection.table_names()
        connection.close()
        return not tables

    def set_aside(self, folder: Path) -> None:
        self.copy_to(folder / self.copy_name)
        with connection.cursor() as cursor:
            cursor.execute("DROP SCHEMA public CASCADE")
            cursor.execute("CREATE SCHEMA public")
        connection.close()

    def take(self, copy: Path) -> None:
        _run(
            "pg_restore",
            "--no-owner",
            "--no-acl",
            "--single-transaction",
            "--exit-on-error",
            f"--dbname={connection.settings_dict['NAME']}",
            str(copy),
        )


def _program(name: str) -> str:
    # Debian keeps the programs of each version in a folder of its own.
    versions = sorted(
        Path("/usr/lib/postgresql").glob(f"*/bin/{name}"),
        key=lambda path: int(path.parts[-3]) if path.parts[-3].isdigit() else 0,
    )
    found = str(versions[-1]) if versions else shutil.which(name)
    if found is None:
        raise BackupError(f"{name} was not found; on Debian: apt-get install postgresql-client")
    return found


def _run(name: str, *arguments: str) -> None:
    given = connection.settings_dict
    env = {
        **os.environ,
        "PGHOST": given["HOST"],
        "PGPORT": given["PORT"],
        "PGUSER": given["USER"],
        "PGPASSWORD": given["PASSWORD"],
        "PGDATABASE": given["NAME"],
        **{f"PG{key.upper()}": str(value) for key, value in given["OPTIONS"].items()},
    }
    command: Sequence[str] = [_program(name), *arguments]
    done = subprocess.run(  # noqa: S603 - our own arguments
        command,
        env={key: value for key, value in env.items() if value},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise BackupError(f"{name}: {done.stderr.strip()}")


def database() -> Database:
    """The configured one."""
    if connection.vendor == "sqlite":
        return Sqlite(Path(connection.settings_dict["NAME"]))
    return Postgresql()
