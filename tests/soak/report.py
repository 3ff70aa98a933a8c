"""What a soak found, written down: seed, machine, figures."""

import os
import platform
import sqlite3
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import django

from tests.support.postgres import binary
from tests.support.processes import ROOT

FOLDER = ROOT / "docs" / "soak"
#: The head of each report; its key is the name of the file, and of the tests' module.
HEADS = {
    "delivery": [
        "# Delivery under faults, at full size",
        "",
        "Written by `make soak`; do not edit. Each scenario asserts what must hold (every vote",
        "acknowledged is there, none twice; entries without a gap, in order; what a client has",
        "folded equals a fresh snapshot) and fails otherwise; the figures say how much of it",
        "happened. `tests/delivery/scenarios.py` has the scenarios, `tests/soak/` their sizes.",
    ],
    "media": [
        "# Video and sound on bad networks and for long, at full size",
        "",
        "Written by `make soak`; do not edit. Each scenario asserts what must hold (interruption",
        "told within 3 s, playlists going on within 6 s of the reconnect, silence no more than",
        "the loss and 1 %, no picture standing over 0.5 s at 5 % loss, sound within 40 ms of the",
        "picture, renditions equally long to 0.1 s, memory flat, ffmpeg without a complaint,",
        "a newcomer plays) and fails otherwise. A publisher and the media process on loopback,",
        "packets lost between SRTP and the socket, both ways (`tests/support/lossy.py`).",
        "`tests/media/trouble.py` and `long.py` have the scenarios, `tests/soak/` their sizes.",
    ],
}


@dataclass
class Finding:
    title: str
    passed: bool = False
    seconds: float = 0.0
    figures: dict[str, Any] = field(default_factory=dict)


@dataclass
class Report:
    """`findings` by the name of the test."""

    seed: int
    name: str = "delivery"
    findings: dict[str, Finding] = field(default_factory=dict)

    @property
    def target(self) -> Path:
        return FOLDER / f"{self.name}.md"

    def write(self) -> None:
        target = self.target
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(self.text())

    def text(self) -> str:
        lines = [
            *HEADS[self.name],
            "",
            f"{time.strftime('%Y-%m-%d')}, {machine()}. `SOAK_SEED={self.seed}`.",
            "",
            "| scenario | result | seconds |",
            "|---|---|---|",
        ]
        for finding in self.findings.values():
            result = "passed" if finding.passed else "FAILED"
            lines.append(f"| {finding.title} | {result} | {finding.seconds:.0f} |")
        for finding in self.findings.values():
            if finding.figures:
                lines += ["", f"## {finding.title}", "", "| | |", "|---|---|"]
                lines += [f"| {name} | {value} |" for name, value in finding.figures.items()]
        return "\n".join([*lines, ""])


def machine() -> str:
    """Processor, cores, memory, and the versions that matter."""
    model = platform.machine()
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            model = line.partition(":")[2].strip()
            break
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    postgres = binary("postgres").parts[-3]
    linux = platform.release().partition("-")[0]
    return (
        f"{model}, {os.cpu_count()} cores, {memory:.0f} GB, Linux {linux}; "
        f"Python {platform.python_version()}, Django {django.__version__}, "
        f"SQLite {sqlite3.sqlite_version}, "
        f"PostgreSQL {postgres}"
    )
