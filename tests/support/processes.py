"""One program of ours or another's, started, waited for, read and ended by its pid."""

import contextlib
import os
import signal
import subprocess
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from .waiting import wait_for

ROOT = Path(__file__).resolve().parents[2]
#: web drains for up to 8 s.
STOP_WITHIN_S = 20.0


class Program:
    """A process with its output in a file. `start` again after `stop` or `kill` is a restart."""

    def __init__(
        self,
        name: str,
        command: Sequence[str | Path],
        log: Path,
        env: Mapping[str, str] | None = None,
        user: str | None = None,
    ) -> None:
        self.name = name
        self._command = [str(part) for part in command]
        self._log = log
        self._env = dict(env) if env is not None else None
        self._user = user
        self._process: subprocess.Popen[bytes] | None = None

    def start(self, is_up: Callable[[], object], within_s: float = 60.0) -> None:
        """Start and wait until `is_up()`; raises `AssertionError` with the log otherwise."""
        assert not self.running, f"{self.name} runs already"
        self._log.parent.mkdir(parents=True, exist_ok=True)
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                self._command,
                cwd=ROOT,
                env=self._env,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                user=self._user,
            )
        try:
            wait_for(f"{self.name} is up", lambda: not self.running or is_up(), within_s)
            assert self.running, f"{self.name} ended at once: status {self.returncode}"
        except AssertionError as error:
            self.kill()
            raise AssertionError(f"{error}\n{self.tail()}") from error

    @property
    def running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    @property
    def pid(self) -> int:
        assert self._process is not None, f"{self.name} was never started"
        return self._process.pid

    @property
    def returncode(self) -> int | None:
        return None if self._process is None else self._process.poll()

    def stop(self, sign: int = signal.SIGTERM) -> int | None:
        """Ask it to end, and wait; kill it when it does not. The exit status."""
        if self._process is None:
            return None
        if self.running:
            self._process.send_signal(sign)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(STOP_WITHIN_S)
        self._end_group()
        return self._process.wait()

    def kill(self) -> None:
        """SIGKILL, as a power cut would."""
        if self._process is not None:
            self._end_group()
            self._process.wait()

    def _end_group(self) -> None:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.pid, signal.SIGKILL)

    def log(self) -> str:
        """All it has printed so far."""
        return self._log.read_text(errors="replace") if self._log.exists() else ""

    def tail(self, lines: int = 60) -> str:
        """The end of what it printed, with a heading."""
        printed = self.log().splitlines()[-lines:]
        return "\n".join([f"── {self.name} printed last ──", *printed])
