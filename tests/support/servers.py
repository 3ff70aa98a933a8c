"""Palabre itself: web and media as processes of their own, knowing each other's address."""

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Self

import httpx

from .ports import free_port
from .processes import ROOT, Program


class Server(Program):
    """One of the two processes: always on the same port, through every restart."""

    def __init__(self, module: str, url: str, data_dir: Path, env: Mapping[str, str]) -> None:
        name = module.rpartition(".")[2]
        super().__init__(
            name, [sys.executable, "-m", module], data_dir / "log" / f"{name}.log", env
        )
        self.url = url

    def is_ready(self) -> bool:
        try:
            return httpx.get(f"{self.url}/readyz", timeout=5).status_code == 200
        except httpx.HTTPError:
            return False

    def start(self, is_up: object = None, within_s: float = 60.0) -> None:
        """Start and wait for `/readyz`."""
        super().start(self.is_ready, within_s)

    def ensure(self) -> None:
        """Start it unless it runs."""
        if not self.running:
            self.start()

    def restart(self) -> None:
        """Stop as an operator would, and start again."""
        self.stop()
        self.start()


class Palabre:
    """Web and media on one data folder. A context manager: starts both, stops both.

    `database_url`: where the data is; empty: the folder's own SQLite file.
    `env`: more environment, for both.
    """

    def __init__(self, data_dir: Path, database_url: str = "", **env: str) -> None:
        port, media_port = free_port(), free_port()
        self.data_dir = data_dir
        self.url = f"http://127.0.0.1:{port}"
        self.media_url = f"http://127.0.0.1:{media_port}"
        self.ws_url = f"ws://127.0.0.1:{port}"
        self.env = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "DATA_DIR": str(data_dir),
            "DATABASE_URL": database_url,
            "HOST": "127.0.0.1",
            "PORT": str(port),
            "MEDIA_PORT": str(media_port),
            "PUBLIC_URL": self.url,
            "MEDIA_URL": self.media_url,
            "WEB_INTERNAL_URL": self.url,
            "MEDIA_INTERNAL_URL": self.media_url,
            "PYTHONUNBUFFERED": "1",
            **env,
        }
        self.web = Server("config.asgi", self.url, data_dir, self.env)
        self.media = Server("config.asgi_media", self.media_url, data_dir, self.env)

    def another_media(self, name: str) -> Server:
        """One more media process on the same folder, not started."""
        port = free_port()
        url = f"http://127.0.0.1:{port}"
        own = {"MEDIA_NAME": name, "MEDIA_PORT": str(port), "MEDIA_INTERNAL_URL": url}
        return Server("config.asgi_media", url, self.data_dir, {**self.env, **own})

    @property
    def servers(self) -> tuple[Server, Server]:
        return self.web, self.media

    def start(self) -> Self:
        for server in self.servers:
            server.ensure()
        return self

    def stop(self) -> None:
        """Media last, so that web can still give it its last orders."""
        for server in self.servers:
            server.stop()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    def manage(self, *arguments: str, within_s: float = 300.0) -> str:
        """Run one of our commands on this world and return what it printed."""
        done = subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT,
            env=self.env,
            capture_output=True,
            text=True,
            timeout=within_s,
            check=False,
        )
        assert done.returncode == 0, f"{arguments}: {done.stdout}\n{done.stderr}"
        return done.stdout

    def logs(self) -> str:
        """What both printed last, to show beside a failure."""
        return "\n".join(server.tail() for server in self.servers)
