"""`python -m tools.keep …`: run a Python program and start it again when it dies, as systemd does.

A program that ends well (status 0) is left ended. One that dies five times within ten seconds of
its start is given up, and its exit status is ours.
"""

import os
import signal
import subprocess
import sys
import time

from tools.console import say

SHORT_LIFE_S = 10
SHORT_LIVES = 5
LONGEST_PAUSE_S = 8


class Keeper:
    """Keeps one program alive until SIGTERM or Ctrl-C."""

    def __init__(self, arguments: list[str]) -> None:
        self._command = [sys.executable, *arguments]
        self._child: subprocess.Popen[bytes] | None = None
        self._stopping = False
        # Who started us, if it says so: when it is gone, nobody would ever stop us.
        self._supervisor = int(os.environ.get("PALABRE_SUPERVISOR") or 0)

    def run(self) -> int:
        signal.signal(signal.SIGTERM, self._stop)
        signal.signal(signal.SIGINT, self._stop)
        short = 0
        while not self._stopping:
            began = time.monotonic()
            status = self._once()
            if self._stopping:
                break
            if status == 0:
                self._idle(None)
                break
            short = short + 1 if time.monotonic() - began < SHORT_LIFE_S else 0
            if short >= SHORT_LIVES:
                say(f"died {SHORT_LIVES} times at once: given up")
                return status
            pause = min(2**short / 2, LONGEST_PAUSE_S)
            say(f"died (status {status}), started again in {pause:g} s")
            self._idle(pause)
        return 0

    def _once(self) -> int:
        self._child = subprocess.Popen(self._command)
        while True:
            try:
                return self._child.wait(timeout=1)
            except subprocess.TimeoutExpired:
                if self._orphaned():
                    self._stop()

    def _idle(self, seconds: float | None) -> None:
        until = None if seconds is None else time.monotonic() + seconds
        while not self._stopping and not self._orphaned():
            if until is not None and time.monotonic() >= until:
                return
            time.sleep(0.1)
        self._stopping = True

    def _orphaned(self) -> bool:
        if not self._supervisor:
            return False
        try:
            os.kill(self._supervisor, 0)
        except ProcessLookupError:
            return True
        return False

    def _stop(self, *_: object) -> None:
        if not self._stopping and self._child is not None and self._child.poll() is None:
            self._child.terminate()
        self._stopping = True


if __name__ == "__main__":
    sys.exit(Keeper(sys.argv[1:]).run())
