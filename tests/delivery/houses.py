"""Several web processes on one PostgreSQL and one Redis, without anything in front."""

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


class House:
    """`webs`: the processes. A context manager; `redis` may be stopped and started."""

    def __init__(self, folder: Path, people: int, processes: int = 2, **env: str) -> None:
        self._people, self._count = people, processes
        self.folder = folder
        self.postgres, self.redis = Postgres(), RedisServer(folder)
        self._env = env
        self.webs: list[Server] = []
        self.world: dict[str, Any] = {}

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

    async def ws(self, web: int, person: int | None = None, **query: Any) -> LiveSocket:
        """A connection to one of the processes: of a visitor, of person number `person`, or
        (`staff=True`) of the clerk, to the staff stream."""
        if query.pop("staff", False):
            query |= {"ticket": self.world["staff_ticket"], "stream": "staff"}
        elif person is not None:
            query["ticket"] = self.world["tickets"][person]
        base = self.webs[web].url.replace("http", "ws", 1)
        url = f"{base}/ws/sittings/{self.world['sitting']}/"
        return await (await LiveSocket.open(url, self._palabre.url, **query)).ready()

    def position(self) -> int:
        """The public position of the sitting's timeline."""
        query = (
            "SELECT public_seq FROM live_timeline JOIN live_sitting"
            " ON live_sitting.timeline_id = live_timeline.id WHERE live_sitting.id = %s"
        )
        with psycopg.connect(self.postgres.url) as connection:
            row = connection.execute(query, [self.world["sitting"]]).fetchone()
        assert row is not None
        return int(row[0])

    def voters(self) -> set[int]:
        """Who has voted, read from the database."""
        with psycopg.connect(self.postgres.url) as connection:
            rows = connection.execute("SELECT person_id FROM consultations_ballotmarker")
            return {row[0] for row in rows.fetchall()}

    def logs(self) -> str:
        return "\n".join(web.tail() for web in self.webs)
