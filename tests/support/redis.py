"""A Redis of the tests' own, on the loopback address, that keeps nothing."""

import shutil
from pathlib import Path

import pytest
import redis

from .ports import free_port
from .processes import Program


class RedisServer:
    """`url` is what `REDIS_URL` takes."""

    def __init__(self, folder: Path) -> None:
        command = shutil.which("redis-server")
        if command is None:
            pytest.skip("redis-server is not installed")
        self.port = free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        arguments = ["--port", str(self.port), "--bind", "127.0.0.1", "--save", ""]
        arguments += ["--appendonly", "no", "--dir", str(folder)]
        self.program = Program("redis", [str(command), *arguments], folder / "redis.log")

    def start(self) -> None:
        self.program.start(self._answers)

    def stop(self) -> None:
        self.program.stop()

    def kill(self) -> None:
        """SIGKILL: whoever is connected learns it from the broken connection."""
        self.program.kill()

    def _answers(self) -> bool:
        try:
            with redis.Redis.from_url(self.url) as client:
                return bool(client.ping())
        except redis.RedisError:
            return False
