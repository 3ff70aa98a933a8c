"""The servers that are compared: each is started, tells its processes, and takes entries."""

import os
import shutil
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request
from collections.abc import Mapping
from pathlib import Path
from typing import Self

from tests.support.ports import free_port
from tests.support.processes import Program
from tests.support.redis import RedisServer

from .native import floor_server, put_first
from .publisher import Publisher

WS_PACKAGE = "ws@8.18.0"
NCHAN_MODULE = "ngx_nchan_module.so"


def answers(url: str) -> bool:
    try:
        urllib.request.urlopen(url, timeout=2).close()
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False
    return True


class Contender:
    """A server on a port of its own. A context manager: starts it, ends it."""

    name = ""
    path = "/"
    publish_path = "/pub"
    ready_on: str | None = None

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="palabre-bench-"))
        self.port = free_port()
        self.programs: list[Program] = []

    def launch(self) -> None:
        """Start the programs."""
        raise NotImplementedError

    def program(self, name: str, command: list[str], env: Mapping[str, str] | None = None) -> None:
        program = Program(name, command, self.folder / f"{name}.log", env)
        self.programs.append(program)
        program.start(lambda: answers(f"http://127.0.0.1:{self.port}/"))
        put_first(program.pid)

    @property
    def pids(self) -> list[int]:
        """The processes that serve, for what they cost."""
        return [program.pid for program in self.programs]

    @property
    def ports(self) -> list[int]:
        return [self.port]

    def publisher(self) -> Publisher:
        return Publisher(self.port, self.publish_path)

    def __enter__(self) -> Self:
        self.launch()
        return self

    def __exit__(self, *_: object) -> None:
        for program in reversed(self.programs):
            program.stop()
        shutil.rmtree(self.folder, ignore_errors=True)


class Floor(Contender):
    """A loop of `send()` in C."""

    name = "bare send loop (C)"

    def launch(self) -> None:
        self.program("floor", [str(floor_server()), str(self.port)])


class Nchan(Contender):
    """nginx with nchan, one worker."""

    name = "nginx + nchan"
    path = "/sub"

    def launch(self) -> None:
        nginx = shutil.which("nginx")
        modules = [Path("/usr/lib/nginx/modules"), Path("/usr/share/nginx/modules")]
        module = next(
            (path / NCHAN_MODULE for path in modules if (path / NCHAN_MODULE).exists()), None
        )
        if nginx is None or module is None:
            raise RuntimeError("nginx with nchan is not installed (Debian: libnginx-mod-nchan)")
        config = self.folder / "nginx.conf"
        config.write_text(f"""\
load_module {module};
worker_processes 1;
worker_rlimit_nofile 20000;
daemon off;
pid {self.folder}/nginx.pid;
error_log {self.folder}/error.log error;
events {{ worker_connections 19000; }}
http {{
  access_log off;
  client_body_temp_path {self.folder}/body;
  proxy_temp_path {self.folder}/proxy;
  fastcgi_temp_path {self.folder}/fastcgi;
  uwsgi_temp_path {self.folder}/uwsgi;
  scgi_temp_path {self.folder}/scgi;
  keepalive_requests 1000000;
  server {{
    listen 127.0.0.1:{self.port} backlog=4096;
    location = /sub {{
      nchan_subscriber websocket;
      nchan_channel_id room;
      nchan_subscriber_first_message newest;
    }}
    location = /pub {{ nchan_publisher; nchan_channel_id room; nchan_message_buffer_length 10; }}
  }}
}}
""")
        self.program("nginx", [nginx, "-c", str(config), "-p", str(self.folder)])


class NodeWs(Contender):
    """Node with `ws`, compression off."""

    name = "node ws"

    def launch(self) -> None:
        node, npm = shutil.which("node"), shutil.which("npm")
        if node is None or npm is None:
            raise RuntimeError("node is not installed")
        modules = Path(tempfile.gettempdir()) / "palabre-bench" / WS_PACKAGE
        if not (modules / "node_modules" / "ws").exists():
            modules.mkdir(parents=True, exist_ok=True)
            subprocess.run(
                [
                    npm,
                    "install",
                    "--no-save",
                    "--no-audit",
                    "--no-fund",
                    "--prefix",
                    str(modules),
                    WS_PACKAGE,
                ],
                check=True,
                stdout=subprocess.DEVNULL,
            )
        script = Path(__file__).parent / "apps" / "node_ws.cjs"
        env = {**os.environ, "NODE_PATH": str(modules / "node_modules")}
        self.program("node", [node, str(script), str(self.port)], env)


class PerConsumer(Contender):
    """Channels as its documentation has it: a consumer each, `group_send` over Redis pub/sub."""

    name = "Channels, a consumer each (Redis pub/sub, daphne)"
    path = "/ws/"

    def launch(self) -> None:
        self.redis = RedisServer(self.folder)
        self.redis.start()
        put_first(self.redis.program.pid)
        env = {**os.environ, "REDIS_URL": self.redis.url}
        command = [sys.executable, "-m", "bench.apps.channels_room", str(self.port)]
        self.program("channels", command, env)

    def __exit__(self, *error: object) -> None:
        super().__exit__(*error)
        self.redis.stop()


class BareConsumer(Contender):
    """A Channels consumer that only accepts, on stock daphne."""

    name = "bare consumer (daphne)"
    path = "/bare/"

    def launch(self) -> None:
        env = {name: value for name, value in os.environ.items() if name != "REDIS_URL"}
        self.program(
            "bare", [sys.executable, "-m", "bench.apps.channels_room", str(self.port)], env
        )
