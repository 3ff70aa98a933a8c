"""A PostgreSQL of the tests' own: a new cluster in a temporary folder, on the loopback address."""

import os
import pwd
import shutil
import subprocess
import tempfile
from pathlib import Path

import psycopg
import pytest

from .ports import free_port
from .processes import Program
from .waiting import wait_for

#: initdb and postgres refuse to run as root; whoever is root borrows one of these.
BORROWED_USERS = ("postgres", "nobody")
USER = "palabre"
INITDB = ("--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync")


def binary(name: str) -> Path:
    """One of PostgreSQL's programs, the newest there is; skips the test when there is none."""
    found = sorted(
        Path("/usr/lib/postgresql").glob(f"*/bin/{name}"),
        key=lambda path: float(path.parts[-3]),
    )
    on_path = shutil.which(name)
    if not found and not on_path:
        pytest.skip("PostgreSQL's programs are not installed")
    return found[-1] if found else Path(str(on_path))


def _runs(pid: str) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


def _owner() -> str | None:
    if os.geteuid() != 0:
        return None
    known = {entry.pw_name for entry in pwd.getpwall()}
    return next(name for name in BORROWED_USERS if name in known)


class Postgres:
    """A cluster with one superuser, `palabre`, and one empty database of the same name.

    `durable`: commits reach the disk, for measuring what that costs.
    """

    def __init__(self, port: int | None = None, *, durable: bool = False) -> None:
        self._durable = durable
        self.port = port or free_port()
        self._owner = _owner()
        self._folder = Path(tempfile.mkdtemp(prefix="palabre-pg-"))
        self._folder.chmod(0o755)
        self.program: Program | None = None

    @property
    def url(self) -> str:
        return f"postgresql://{USER}@127.0.0.1:{self.port}/{USER}"

    def start(self) -> None:
        data = self._folder / "data"
        if self._owner:
            shutil.chown(self._folder, self._owner)
        made = subprocess.run(
            [str(binary("initdb")), f"--pgdata={data}", f"--username={USER}", *INITDB],
            user=self._owner,
            cwd=self._folder,
            capture_output=True,
            text=True,
            check=False,
        )
        assert made.returncode == 0, made.stderr
        command = [str(binary("postgres")), "-D", str(data), "-p", str(self.port)]
        # Its socket goes where we may write; nothing needs to survive most tests.
        command += ["-h", "127.0.0.1", "-k", str(self._folder)]
        command += [] if self._durable else ["-c", "fsync=off"]
        log = Path(tempfile.gettempdir()) / f"{self._folder.name}.log"
        self.program = Program("postgres", command, log, user=self._owner)
        self.resume()
        with psycopg.connect(self._address("postgres"), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {USER}")

    def kill(self) -> None:
        """SIGKILL to its first process, in the middle of whatever it does. The others see it and
        end; until they have, the memory that they share keeps it from starting again."""
        assert self.program is not None, "never started"
        pid = self.program.pid
        others = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        self.program.kill()
        wait_for("all of PostgreSQL has ended", lambda: not any(map(_runs, others)))

    def resume(self) -> None:
        """Start it again on what it has; it recovers by itself."""
        assert self.program is not None, "never started"
        self.program.start(self._answers)

    def _address(self, database: str) -> str:
        return f"host=127.0.0.1 port={self.port} user={USER} dbname={database}"

    def _answers(self) -> bool:
        try:
            psycopg.connect(self._address("postgres"), connect_timeout=5).close()
        except psycopg.OperationalError:
            return False
        return True

    def stop(self) -> None:
        if self.program is not None:
            # SIGINT is PostgreSQL's fast shut-down: it does not wait for clients.
            self.program.stop(2)
        shutil.rmtree(self._folder, ignore_errors=True)
        Path(tempfile.gettempdir(), f"{self._folder.name}.log").unlink(missing_ok=True)
