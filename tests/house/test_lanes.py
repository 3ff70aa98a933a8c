"""How tests are shared out among workers, and that these keep out of each other's way."""

import json
import os
import subprocess
import sys

from tests.support.lanes import shares
from tests.support.ports import free_port
from tests.support.processes import ROOT


def test_a_file_is_one_share_but_for_what_has_to_come_later():
    shared = shares(
        [
            "tests/live/test_a.py::test_rules",
            "tests/live/test_a.py::test_rows[1]",
            "tests/live/test_b.py::test_rules",
            "tests/live/test_a.py::test_with_servers",
        ]
    )
    rules, rows, others, servers = shared.values()
    assert rules == rows
    assert len({rules, others, servers}) == 3


def test_what_a_folder_shares_is_made_once():
    one, two, other = shares(
        [
            "tests/delivery/test_faults.py::test_a",
            "tests/delivery/test_wire.py::test_b",
            "tests/media/test_whip.py::test_c",
        ]
    ).values()
    assert one == two != other


def run_of(worker: str) -> dict[str, str]:
    """The data folder that a worker's tests use, and the port that they would take."""
    code = (
        "import json, tests.settings as s; from tests.support.ports import free_port;"
        "print(json.dumps({'folder': str(s.DATA_DIR), 'port': free_port()}))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env={**os.environ, "PYTEST_XDIST_WORKER": worker},
        capture_output=True,
        text=True,
        check=True,
    )
    found: dict[str, str] = json.loads(done.stdout)
    return found


def test_each_worker_has_data_and_ports_of_its_own():
    port = free_port()
    own, another = run_of(os.environ.get("PYTEST_XDIST_WORKER", "")), run_of("another")
    assert own["folder"] == os.environ["DATA_DIR"], "commands that a test starts share its data"
    assert another["folder"] != own["folder"]
    for other in (own, another):
        assert abs(int(other["port"]) - port) > 100, "a server of theirs would meet one of ours"
