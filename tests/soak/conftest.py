"""The seed of a soak's random faults, and its report."""

import os
import random
import secrets
import time
from collections.abc import Generator, Iterator

import pytest

from .report import HEADS, Finding, Report

SEED = int(os.environ.get("SOAK_SEED") or secrets.randbelow(10**8))
_reports = {name: Report(SEED, name) for name in HEADS}
_wanted: dict[str, set[str]] = {name: set() for name in HEADS}


def _about(node: pytest.Item) -> str:
    """Which report a test is for: `test_media.py` is for `media`."""
    return node.path.stem.removeprefix("test_")


@pytest.fixture
def dice(request: pytest.FixtureRequest) -> random.Random:
    """Chance, the same again with the same `SOAK_SEED`, whichever other tests run."""
    return random.Random(f"{SEED} {request.node.name}")


@pytest.fixture
def finding(request: pytest.FixtureRequest) -> Iterator[Finding]:
    """Where a test puts its figures; its docstring is the title."""
    doc = (request.function.__doc__ or request.node.name).partition("\n")[0].rstrip(".")
    parameters = request.node.callspec.params if hasattr(request.node, "callspec") else {}
    found = Finding(doc.format(**parameters))
    _reports[_about(request.node)].findings[request.node.name] = found
    began = time.monotonic()
    yield found
    found.seconds = time.monotonic() - began


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if report.when == "call" and item.name in _reports[_about(item)].findings:
        _reports[_about(item)].findings[item.name].passed = report.passed
    return report


def pytest_report_collectionfinish() -> str:
    return f"soak: SOAK_SEED={SEED} makes the same random faults again"


def pytest_collection_finish(session: pytest.Session) -> None:
    for item in session.items:
        if "/soak/" in item.nodeid:
            _wanted[_about(item)].add(item.name)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Write the report when all of it ran; a part says less than it seems."""
    for name, report in _reports.items():
        whole = _wanted[name] and _wanted[name] == set(report.findings)
        chosen = session.config.option.keyword or any("::" in arg for arg in session.config.args)
        if whole and not chosen:
            report.write()
            session.config.get_terminal_writer().line(f"\nwritten: {report.target}")
