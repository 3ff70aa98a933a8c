"""`make test`: every check, then every test. One failure does not hide the others.

`python -m tools.check [test|lint|soak|format]`
"""

import json
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from tools.console import ROOT, StepFailed, environment, say, step
from tools.install import PYTHON, VENV, install
from tools.prerequisites import install_test_packages

OURS = ("config", "portal", "moderation", "consultations", "live", "communes", "tests", "tools")
#: Checks that run side by side; the tests come after them, alone.
LANES = 2
#: Workers that share the tests out among them: more than cores, since the tests of media and of
#: browsers mostly wait for what happens in real time.
WORKERS = 3
#: pytest's exit status when it ran and some tests failed.
TESTS_FAILED = 1
#: More failures than these are no matter of chance.
MOST_TRIED_AGAIN = 5
LAST_FAILED = ROOT / ".pytest_cache" / "v" / "cache" / "lastfailed"

MANAGE = (str(PYTHON), "manage.py")
CHECKS: dict[str, Sequence[str]] = {
    "types (mypy)": (str(PYTHON), "-m", "mypy", *OURS),
    "types (svelte-check)": ("npm", "run", "--silent", "check"),
    "TypeScript tests (vitest)": ("npm", "run", "--silent", "test"),
    "lint (ruff)": (str(PYTHON), "-m", "ruff", "check", "."),
    "format (ruff)": (str(PYTHON), "-m", "ruff", "format", "--check", "."),
    "format (prettier)": ("npm", "run", "--silent", "format:check"),
    "import contracts": (str(VENV / "bin" / "lint-imports"), "--no-cache"),
    "Django's system checks": (*MANAGE, "check", "--fail-level=WARNING"),
    "migrations": (*MANAGE, "makemigrations", "--check", "--dry-run"),
    "protocol drift": (*MANAGE, "protocol", "--check"),
    "translations": (*MANAGE, "messages", "--check"),
    "JavaScript budget": (str(PYTHON), "-m", "tools.budget"),
}
FORMATTERS: dict[str, Sequence[str]] = {
    "ruff check --fix": (str(PYTHON), "-m", "ruff", "check", "--fix", "."),
    "ruff format": (str(PYTHON), "-m", "ruff", "format", "."),
    "prettier": ("npm", "run", "--silent", "format"),
}


@dataclass(frozen=True)
class Outcome:
    name: str
    passed: bool
    seconds: float


def run_check(name: str, command: Sequence[str]) -> Outcome:
    """Run one check; show what it printed only when it fails."""
    began = time.monotonic()
    try:
        done = subprocess.run(
            command,
            cwd=ROOT,
            env=environment(NO_COLOR="1"),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            check=False,
        )
        status, printed = done.returncode, done.stdout
    except OSError as error:
        status, printed = 127, str(error)
    seconds = time.monotonic() - began
    lines = [f"  {'passed' if status == 0 else 'FAILED'}  {name} ({seconds:.0f} s)"]
    if status:
        lines += [f"    {line}" for line in printed.rstrip().splitlines()]
    say("\n".join(lines))
    return Outcome(name, status == 0, seconds)


def run_checks() -> list[Outcome]:
    say(f"Checks ({len(CHECKS)}, {LANES} at a time)")
    with ThreadPoolExecutor(LANES) as lanes:
        return list(lanes.map(run_check, CHECKS, CHECKS.values()))


def run_tests(*arguments: str, workers: int = 0) -> Outcome:
    """pytest, seen as it goes; its closing line is the last it prints.

    With several `workers`, each runs whole files of its own (`tests/support/lanes.py`).

    Servers, browsers and publishers meet here in real time, on machines that do other things too.
    So a few failures are tried once more, alone and one by one: one that happens twice is a
    failure, one that does not is printed as a defect of the test, to be mended.
    """
    say("\nTests")
    began = time.monotonic()
    LAST_FAILED.unlink(missing_ok=True)
    status = _pytest(*arguments, *([f"--numprocesses={workers}"] if workers else []))
    failed = _failed_last() if status == TESTS_FAILED else []
    if 0 < len(failed) <= MOST_TRIED_AGAIN:
        say(f"\nThe {len(failed)} that failed, once more")
        status = _pytest(*arguments, "--last-failed", "--last-failed-no-failures=none")
        if status == 0:
            say("\nFLAKY, to be mended: these passed only when tried again")
            say("\n".join(f"  {name}" for name in failed))
    return Outcome("tests (pytest)", status == 0, time.monotonic() - began)


def _pytest(*arguments: str) -> int:
    command = [str(PYTHON), "-m", "pytest", *arguments]
    return subprocess.run(command, cwd=ROOT, env=environment(), check=False).returncode


def _failed_last() -> list[str]:
    """What pytest noted as failed, the last time it ran."""
    try:
        noted: dict[str, bool] = json.loads(LAST_FAILED.read_text())
    except (OSError, ValueError):
        return []
    return sorted(noted)


def summary(outcomes: Sequence[Outcome]) -> str:
    width = max(len(outcome.name) for outcome in outcomes)
    rows = [
        f"  {outcome.name:<{width}}  {'passed' if outcome.passed else 'FAILED':<6}"
        f"  {outcome.seconds:6.1f} s"
        for outcome in outcomes
    ]
    return "\n".join(["", *rows])


def prepare(task: str) -> None:
    say(f"Set-up, in {ROOT}")
    if task in {"test", "soak"}:
        install_test_packages(task)
    install(dev=True)


def main(task: str = "test") -> int:
    try:
        prepare(task)
        if task == "format":
            for name, command in FORMATTERS.items():
                step(name, command)
            return 0
    except StepFailed:
        return 1
    if task == "soak":
        return 0 if run_tests("-m", "soak", "--timeout=0", *sys.argv[2:]).passed else 1
    outcomes = run_checks()
    say(summary(outcomes))
    if task == "test":
        outcomes.append(run_tests("--durations=15", workers=WORKERS))
    failed = [outcome.name for outcome in outcomes if not outcome.passed]
    if failed:
        say(f"make {task}: failed: {', '.join(failed)}")
    return 1 if failed else 0


if __name__ == "__main__":
    os.chdir(ROOT)
    sys.exit(main(*sys.argv[1:2]))
