"""Several web processes on one PostgreSQL and one Redis, without anything in front."""

import itertools
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import psycopg

from tests.support.ports import free_port
from tests.support.postgres import Postgres
from tests.support.processes import ROOT
from tests.support.redis import RedisServer
from tests.support.servers import Palabre, Server
from tests.support.socket import LiveSocket

POSITION = (
    "SELECT public_seq FROM live_timeline JOIN live_sitting"
    " ON live_sitting.timeline_id = live_timeline.id WHERE live_sitting.id = %s"
)


class House:
    """`webs`: the processes. A context manager; everything may be killed and started again.

    Its clock and its nudges can be made faulty (`set_fault`, `tests.delivery.faulty`).
    """

    def __init__(self, folder: Path, people: int, processes: int = 2, **env: str) -> None:
        self._people, self._count = people, processes
        env = {"DJANGO_SETTINGS_MODULE": "tests.delivery.faulty", "FAULTS": str(folder), **env}
        self.folder = folder
        self.postgres, self.redis = Postgres(), RedisServer(folder)
        self._env = env
        self.webs: list[Server] = []
        self.world: dict[str, Any] = {}
        self._turns = itertools.count()

    def __enter__(self) -> "House":
        self.postgres.start()
        self.redis.start()
        self._palabre = Palabre(
            self.folder, self.postgres.url, REDIS_URL=self.redis.url, **self._env
        )
        target = self.folder / "world.json"
        subprocess.run(
            [sys.executable, "-m", "tests.support.fill", str(self._people), str(target)],
            cwd=ROOT,
            env=self._palabre.env,
            check=True,
        )
        self.world = json.loads(target.read_text())
        for _ in range(self._count):
            port = free_port()
            env = {**self._palabre.env, "PORT": str(port)}
            self.webs.append(
                Server("config.asgi", f"http://127.0.0.1:{port}", self.folder / str(port), env)
            )
            self.webs[-1].start()
        return self

    def __exit__(self, *_: object) -> None:
        for web in self.webs:
            web.stop()
        self.redis.stop()
        self.postgres.stop()

    def mend(self) -> None:
        """Start what was killed."""
        assert self.postgres.program is not None
        if not self.postgres.program.running:
            self.postgres.resume()
        if not self.redis.program.running:
            self.redis.start()
        for web in self.webs:
            web.ensure()

    def set_fault(self, name: str, value: float) -> None:
        """`clock` or `loss` of `tests.delivery.faulty`, from now on."""
        (self.folder / name).write_text(str(value))

    def nudges(self) -> str:
        """How often each nudge was said while some were lost: a digit each."""
        return "".join(path.read_text() for path in self.folder.glob("nudges-*"))

    async def ws(self, web: int, person: int | None = None, **query: Any) -> LiveSocket:
        """A connection to one of the processes: of a visitor, of person number `person`, or
        (`staff=True`, or the number of one) of a clerk, to the staff stream."""
        staff = query.pop("staff", False)
        if staff is not False:
            query |= {"ticket": self.world["staff_tickets"][int(staff)], "stream": "staff"}
        elif person is not None:
            query["ticket"] = self.world["tickets"][person]
        base = self.webs[web].url.replace("http", "ws", 1)
        url = f"{base}/ws/sittings/{self.world['sitting']}/"
        # Limits per address are for machines; a crowd has many addresses.
        local = f"127.0.0.{2 + next(self._turns) % 200}"
        socket = await LiveSocket.open(url, self._palabre.url, local=local, **query)
        try:
            return await socket.ready()
        except AssertionError:
            await socket.close()
            raise

    def position(self) -> int:
        """The public position of the sitting's timeline."""
        with psycopg.connect(self.postgres.url) as connection:
            row = connection.execute(POSITION, [self.world["sitting"]]).fetchone()
        assert row is not None
        return int(row[0])

    def truth(self) -> tuple[int, dict[str, Any]]:
        """The public position and the public states at it, read in one breath."""
        query = (
            "SELECT k.key, k.state FROM live_keystate k JOIN live_sitting s USING (timeline_id)"
            " WHERE s.id = %s AND k.public AND k.state IS NOT NULL"
        )
        with psycopg.connect(self.postgres.url) as connection:
            connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
            row = connection.execute(POSITION, [self.world["sitting"]]).fetchone()
            states: dict[str, Any] = dict(
                connection.execute(query, [self.world["sitting"]]).fetchall()
            )
        assert row is not None
        return int(row[0]), states

    def voters(self, poll: int | None = None) -> set[int]:
        """Who has voted, read from the database; in the poll that there was first, by default."""
        query = "SELECT person_id FROM consultations_ballotmarker WHERE poll_id = %s"
        with psycopg.connect(self.postgres.url) as connection:
            rows = connection.execute(query, [poll or self.world["poll"]]).fetchall()
        assert len(rows) == len(set(rows)), "somebody voted twice"
        return {row[0] for row in rows}

    def votes(self, poll: int) -> int:
        """The sum of a poll's counters."""
        query = "SELECT SUM(votes) FROM consultations_polloption WHERE poll_id = %s"
        with psycopg.connect(self.postgres.url) as connection:
            row = connection.execute(query, [poll]).fetchone()
        assert row is not None
        return int(row[0])

    def kinds(self) -> list[tuple[str, str]]:
        """Kind and key of every entry, in order."""
        query = (
            "SELECT e.kind, e.key FROM live_entry e JOIN live_sitting s USING (timeline_id)"
            " WHERE s.id = %s ORDER BY e.seq"
        )
        with psycopg.connect(self.postgres.url) as connection:
            return connection.execute(query, [self.world["sitting"]]).fetchall()

    def logs(self) -> str:
        return "\n".join(web.tail() for web in self.webs)
