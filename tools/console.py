"""What the user sees of a step: its name, that it goes on, how long it took, why it failed."""

import os
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO, NoReturn

ROOT = Path(__file__).resolve().parent.parent
#: Seconds between two signs of life of a step whose output is not shown.
SIGN_OF_LIFE_S = 10
TAIL_LINES = 60


class StepFailed(Exception):
    """A step failed; what it printed last has been shown."""


def say(text: str = "") -> None:
    print(text, flush=True)


def fail(text: str) -> NoReturn:
    """Tell why nothing more is done, and leave."""
    print(f"\n{text.strip()}\n", file=sys.stderr, flush=True)
    raise SystemExit(1)


def environment(**changes: str) -> dict[str, str]:
    """The environment of our programs: the virtual environment's commands come first."""
    names = {**os.environ, **changes}
    names["PATH"] = os.pathsep.join(
        [str(ROOT / ".venv" / "bin"), str(ROOT / "node_modules" / ".bin"), names.get("PATH", "")]
    )
    names["VIRTUAL_ENV"] = str(ROOT / ".venv")
    names["PYTHONUNBUFFERED"] = "1"
    names.pop("PYTHONHOME", None)
    names.pop("DJANGO_SETTINGS_MODULE", None)
    return names


class _SignsOfLife:
    """Says now and then what a silent step printed last."""

    def __init__(self, began: float) -> None:
        self._began = began
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self.last = ""

    def __enter__(self) -> "_SignsOfLife":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._over.wait(SIGN_OF_LIFE_S):
            say(f"    {time.monotonic() - self._began:4.0f} s  {self.last[:90]}")


def step(name: str, command: Sequence[str | Path], env: Mapping[str, str] | None = None) -> str:
    """Run one command of the set-up and return what it printed on standard output.

    Shows the name, a sign of life every few seconds and the duration; when it fails, the last
    lines it printed, errors among them. Raises `StepFailed`.
    """
    say(f"  {name} …")
    began = time.monotonic()
    tail: deque[str] = deque(maxlen=TAIL_LINES)
    whole: list[str] = []
    process = subprocess.Popen(
        [str(part) for part in command],
        cwd=ROOT,
        env=dict(env if env is not None else environment()),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        errors="replace",
    )
    with process, _SignsOfLife(began) as life:

        def follow(stream: IO[str] | None, keep: list[str] | None) -> None:
            for line in stream or ():
                tail.append(line)
                life.last = line.strip() or life.last
                if keep is not None:
                    keep.append(line)

        errors = threading.Thread(target=follow, args=(process.stderr, None))
        errors.start()
        follow(process.stdout, whole)
        errors.join()
    took = time.monotonic() - began
    if process.returncode:
        say("".join(f"    {line}" for line in tail).rstrip())
        say(f"  {name}: failed after {took:.0f} s (exit status {process.returncode})")
        raise StepFailed(name)
    say(f"  {name}: done in {took:.1f} s")
    return "".join(whole)
