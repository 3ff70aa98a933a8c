"""Ports that nobody listens on, and that nobody else is given.

Tests run in several processes at once, and a server that a test killed must find its port free
when it comes back. So no port comes from where the system takes those of outgoing connections,
and each process keeps a slice of the rest for itself, as long as it runs.
"""

import fcntl
import itertools
import os
import socket
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO

FIRST, PER_PROCESS, SLICES = 12_000, 500, 40
_held: list[IO[str]] = []
_mine: Iterator[int] | None = None


def _slice() -> range:
    """The first slice that no other process holds."""
    folder = Path(tempfile.gettempdir()) / f"palabre-ports-{os.getuid()}"
    folder.mkdir(exist_ok=True)
    for number in range(SLICES):
        lock = (folder / str(number)).open("w")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.close()
            continue
        _held.append(lock)
        return range(FIRST + number * PER_PROCESS, FIRST + (number + 1) * PER_PROCESS)
    raise AssertionError(f"{SLICES} processes run tests already")


def _is_free(port: int) -> bool:
    with socket.socket() as listener:
        try:
            listener.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def free_port() -> int:
    """A TCP port of the loopback address, not given twice by this process until all were."""
    global _mine
    if _mine is None:
        _mine = itertools.cycle(_slice())
    return next(port for port in _mine if _is_free(port))
