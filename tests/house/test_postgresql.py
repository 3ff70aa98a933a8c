"""What is marked `databases` holds on PostgreSQL too: run again, in a process of its own."""

import os
import subprocess
import sys

import pytest
from django.db import connection

from tests.settings import RUN, RUN_OF
from tests.support.postgres import binary
from tests.support.processes import ROOT

#: Where it notes what failed, apart from the run that it is a test of.
CACHE = ROOT / ".pytest_cache" / "postgresql"


@pytest.mark.timeout(900)
def test_again_on_postgresql(pytestconfig: pytest.Config) -> None:
    if connection.vendor == "postgresql":
        pytest.skip("this run is on PostgreSQL already")
    binary("postgres")
    env = {**os.environ, "TEST_DATABASE": "postgresql"}
    # A run of its own: another data folder, another database.
    for name in (RUN, RUN_OF, "DATA_DIR", "PYTEST_XDIST_WORKER", "PYTEST_XDIST_WORKER_COUNT"):
        env.pop(name, None)
    command = [sys.executable, "-m", "pytest", "-m", "databases", "-q"]
    command += ["-o", f"cache_dir={CACHE}"]
    if pytestconfig.getoption("lf"):
        # This test is tried once more: of its many, those that failed.
        command.append("--last-failed")
    done = subprocess.run(
        command,
        cwd=ROOT,
        env=env,
        capture_output=True,
        text=True,
        check=False,
    )
    print(done.stdout[-15_000:])  # noqa: T201 - shown when it fails
    assert done.returncode == 0, done.stderr[-3000:]
