"""What a benchmark found: kept as JSON beside it, made into `docs/performance.md` by `report`."""

import json
import os
import platform
import statistics
import subprocess
import time
from collections import defaultdict
from collections.abc import Iterable, Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

RESULTS = Path(__file__).parent / "results"
PACKAGES = ("django", "channels", "channels-redis", "daphne", "twisted", "autobahn", "psycopg")


def first_line(*command: str) -> str:
    """What a program says of its version; empty when it is not there."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    except OSError:
        return ""
    return (done.stdout or done.stderr).strip().splitlines()[0]


def machine() -> dict[str, str]:
    """Where this was measured."""
    cpu = "unknown"
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            cpu = line.partition(":")[2].strip()
    memory = Path("/proc/meminfo").read_text().split()[1]
    return {
        "processor": f"{cpu}, {os.cpu_count()} cores",
        "memory": f"{int(memory) // 1024 // 1024} GiB",
        "kernel": platform.release(),
        "python": platform.python_version(),
        "packages": ", ".join(f"{name} {version(name)}" for name in PACKAGES),
        "nginx": first_line("nginx", "-v").removeprefix("nginx version: "),
        "node": first_line("node", "--version"),
        "redis": first_line("redis-server", "--version")[:28],
    }


class Rounds:
    """Figures of several rounds, by contender and name."""

    def __init__(self) -> None:
        self.values: dict[str, dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))

    def add(self, contender: str, figures: Mapping[str, float]) -> None:
        for name, value in figures.items():
            self.values[contender][name].append(value)
        shown = ", ".join(f"{name} {value:.4g}" for name, value in figures.items())
        say(f"  {contender}: {shown}")

    def medians(self) -> dict[str, dict[str, float]]:
        return {
            contender: {name: statistics.median(found) for name, found in figures.items()}
            for contender, figures in self.values.items()
        }

    def ratio(self, name: str, above: str, below: str) -> list[float]:
        """The ratio of two contenders in each round, so that a noisy minute hits both."""
        pairs = zip(self.values[above][name], self.values[below][name], strict=True)
        return [one / other for one, other in pairs if other]


def median(values: Iterable[float]) -> float:
    return statistics.median(values)


def save(name: str, figures: Mapping[str, Any]) -> None:
    """Keep what was found."""
    RESULTS.mkdir(exist_ok=True)
    document = {
        "measured": time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime()),
        "load_at_end": os.getloadavg()[0],
        "machine": machine(),
        **figures,
    }
    (RESULTS / f"{name}.json").write_text(json.dumps(document, indent=1) + "\n")
    say(f"{name}: kept in bench/results/{name}.json")


def say(text: str) -> None:
    print(text, flush=True)
