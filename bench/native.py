"""The programs in C: the load generator and the floor, compiled when they are first needed."""

import contextlib
import hashlib
import json
import os
import resource
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

SOURCES = Path(__file__).parent / "native"
FLAGS = ("-O2", "-Wall", "-Wextra", "-Werror")


def compiled(name: str, *sources: str) -> Path:
    """The program made of these sources; compiled again when one of them changed."""
    files = [SOURCES / source for source in sources]
    text = b"".join(file.read_bytes() for file in (*files, SOURCES / "client.h"))
    folder = Path(tempfile.gettempdir()) / "palabre-bench"
    folder.mkdir(exist_ok=True)
    program = folder / f"{name}-{hashlib.sha256(text).hexdigest()[:12]}"
    if not program.exists():
        compiler = shutil.which("cc") or shutil.which("gcc")
        if compiler is None:
            raise RuntimeError("the benchmarks need a C compiler")
        draft = program.with_suffix(".new")
        subprocess.run([compiler, *FLAGS, "-o", str(draft), *map(str, files)], check=True)
        draft.replace(program)
    return program


def load_generator() -> Path:
    return compiled("loadgen", "loadgen.c", "crowd.c", "frames.c")


def floor_server() -> Path:
    return compiled("floor", "floor.c")


#: Whoever else works on the machine comes after what is measured, where we may say so.
NICENESS = -10


def put_first(pid: int) -> None:
    """Put a process before the machine's other work. Linux shares processors out by session
    (autogroups) before it looks at niceness, so a session gets a niceness of its own."""
    with contextlib.suppress(OSError):
        Path(f"/proc/{pid}/autogroup").write_text(str(NICENESS))
    with contextlib.suppress(OSError):
        os.setpriority(os.PRIO_PROCESS, pid, NICENESS)


def prepare_machine(wanted: int = 20_000) -> None:
    """Allow this process and those it starts `wanted` open files, or as many as it may; and put
    it before the machine's other work."""
    put_first(os.getpid())
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < wanted:
        enough = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (enough, hard))


@dataclass(frozen=True)
class Count:
    """What the load generator counted since its last `mark`. Latencies in milliseconds."""

    ready: int
    closed: int
    failed: int
    frames: int
    bytes: int
    entries: int
    lost: int
    doubled: int
    acked: int
    refused: int
    p50_ms: float
    p90_ms: float
    p99_ms: float
    max_ms: float
    wall_s: float
    cpu_s: float


class Crowd:
    """Many WebSocket clients in one process. A context manager."""

    def __init__(
        self,
        ports: Sequence[int],
        count: int,
        *,
        path: str = "/",
        paths: Path | None = None,
        origin: str = "http://127.0.0.1",
        ready_on: str | None = None,
        stalled: int = 0,
        resume: bool = False,
        sources: int = 16,
        inflight: int = 64,
    ) -> None:
        command: list[str] = [str(load_generator())]
        command += ["--ports", ",".join(map(str, ports)), "--count", str(count)]
        command += ["--paths", str(paths)] if paths else ["--path", path]
        command += ["--origin", origin, "--sources", str(sources), "--inflight", str(inflight)]
        command += ["--stalled", str(stalled), "--receive-buffer", "8192"]
        command += ["--ready-on", ready_on] if ready_on else []
        command += ["--resume"] if resume else []
        self.count = count
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1
        )

    @property
    def pid(self) -> int:
        return self._process.pid

    def tell(self, order: str) -> None:
        """Give an order that has no answer."""
        assert self._process.stdin is not None
        self._process.stdin.write(f"{order}\n")
        self._process.stdin.flush()

    def answer(self) -> Count:
        """What the last order (`ask` without waiting: `tell`) came to."""
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError("the load generator ended")
        values: dict[str, Any] = json.loads(line)
        return Count(**values)

    def ask(self, order: str) -> Count:
        """Give an order and wait for what it came to; the orders are described in loadgen.c."""
        self.tell(order)
        return self.answer()

    def connect(self, within_s: float = 180) -> Count:
        """Connect everyone; raises `RuntimeError` when some could not."""
        count = self.ask(f"connect {within_s}")
        if count.ready < self.count:
            raise RuntimeError(f"{count.ready} of {self.count} connected: {count}")
        return count

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._process.poll() is None:
            self._process.kill()
        self._process.wait()
