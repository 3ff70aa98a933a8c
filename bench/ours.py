"""Palabre as a contender: its own web process (or several), a database, people with tickets."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.support.ports import free_port
from tests.support.postgres import Postgres
from tests.support.processes import ROOT, Program
from tests.support.redis import RedisServer

from .contenders import Contender, answers
from .native import put_first
from .publisher import ENTRY_BYTES, Publisher

#: Bytes of an entry's JSON beside the text that is published.
ENVELOPE_BYTES = 108

#: The last frame of catching up: who has it is live.
READY_ON = '"type":"latest"'


class Ours(Contender):
    """`python -m config.asgi` (with the trigger of `bench.apps.palabre`).

    `people`: how many get a ticket; `processes`: more than one needs PostgreSQL and Redis.
    """

    name = "palabre"
    ready_on = READY_ON

    def __init__(
        self,
        people: int = 0,
        *,
        processes: int = 1,
        wire: bool = True,
        postgres: bool = False,
        **env: str,
    ) -> None:
        super().__init__()
        self._people, self._processes = people, processes
        self._wire, self._extra = wire, env
        self.postgres = Postgres(durable=True) if postgres or processes > 1 else None
        self.redis = RedisServer(self.folder) if processes > 1 else None
        self._ports: list[int] = [self.port]
        self._media_port = free_port()
        self._media: Program | None = None
        self.world: dict[str, Any] = {}

    @property
    def environment(self) -> dict[str, str]:
        """What our processes are started with."""
        return {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "DATA_DIR": str(self.folder / "data"),
            "DATABASE_URL": self.postgres.url if self.postgres else "",
            "REDIS_URL": self.redis.url if self.redis else "",
            "HOST": "127.0.0.1",
            "PUBLIC_URL": f"http://127.0.0.1:{self.port}",
            "MEDIA_PORT": str(self._media_port),
            "WIRE": "1" if self._wire else "0",
            **self._extra,
        }

    def launch(self) -> None:
        for server in (self.postgres, self.redis):
            if server is not None:
                server.start()
                if server.program is not None:
                    put_first(server.program.pid)
        self.fill()
        while len(self._ports) < self._processes:
            self._ports.append(free_port())
        self._media = Program(
            "media",
            [sys.executable, "-m", "config.asgi_media"],
            self.folder / "media.log",
            {**self.environment, "PORT": str(self.port)},
        )
        # It is part of the house, but not of what is measured.
        self._media.start(lambda: answers(f"http://127.0.0.1:{self._media_port}/readyz"))
        for number, port in enumerate(self._ports):
            self.start_web(number, port)

    def fill(self) -> None:
        """Make the database."""
        target = self.folder / "world.json"
        subprocess.run(
            [sys.executable, "-m", "tests.support.fill", str(self._people), str(target)],
            cwd=ROOT,
            env=self.environment,
            check=True,
        )
        self.world = json.loads(target.read_text())
        self.path = f"/ws/sittings/{self.world['sitting']}/"
        self.publish_path = f"/bench/say?{self.world['sitting']}"

    def start_web(self, number: int, port: int) -> None:
        env = {**self.environment, "PORT": str(port)}
        program = Program(
            f"web{number}",
            [sys.executable, "-m", "bench.apps.palabre"],
            self.folder / f"web{number}.log",
            env,
        )
        self.programs.append(program)
        program.start(lambda: answers(f"http://127.0.0.1:{port}/healthz"))
        put_first(program.pid)

    @property
    def pids(self) -> list[int]:
        """The web processes, and the Redis between them."""
        extra = [self.redis.program.pid] if self.redis else []
        return [*super().pids, *extra]

    def publisher(self) -> Publisher:
        # The entry's own JSON around the text is about so long: 400 bytes in all.
        return Publisher(self.port, self.publish_path, ENTRY_BYTES - ENVELOPE_BYTES)

    @property
    def ports(self) -> list[int]:
        return self._ports

    def paths(self, *, stream: str | None = None) -> Path:
        """A file with an address for each person, ticket included."""
        target = self.folder / "paths"
        tail = f"&stream={stream}" if stream else ""
        target.write_text(
            "".join(f"{self.path}?ticket={ticket}{tail}\n" for ticket in self.world["tickets"])
        )
        return target

    def __exit__(self, *error: object) -> None:
        for program in reversed(self.programs):
            program.stop()
        self.programs = []
        if self._media is not None:
            self._media.stop()
        super().__exit__(*error)
        for server in (self.redis, self.postgres):
            if server is not None:
                server.stop()
