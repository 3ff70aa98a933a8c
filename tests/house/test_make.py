"""The programs behind make: what they refuse and how they say it, what they keep alive."""

import json
import os
import socket
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.ports import free_port
from tests.support.processes import ROOT, Program
from tests.support.waiting import wait_for
from tools import budget, check, stamps


def run(*command: str, **env: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command,
        cwd=ROOT,
        env={**os.environ, **env},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def program(folder: Path, name: str, text: str) -> None:
    """An executable that stands in for one of the machine's."""
    path = folder / name
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)


@pytest.mark.parametrize("variable", ["PORT", "MEDIA_PORT"])
def test_a_taken_port_is_named_with_the_variable_that_moves_it(variable):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        other = {"PORT": "MEDIA_PORT", "MEDIA_PORT": "PORT"}[variable]
        given = {variable: str(port), other: str(free_port())}
        done = run(sys.executable, "-m", "tools.run", **given)
    assert done.returncode == 1
    assert f"Port {port} of 127.0.0.1 is taken" in done.stderr
    assert f"make run {variable}=" in done.stderr


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"PORT": "eighty"}, "PORT must be a port number"),
        ({"PORT": "70000"}, "PORT must be a port number"),
        ({"PORT": "18543", "MEDIA_PORT": "18543"}, "both 18543"),
    ],
)
def test_ports_that_cannot_be_are_refused(given, said):
    done = run(sys.executable, "-m", "tools.run", **given)
    assert done.returncode == 1
    assert said in done.stderr


def test_an_old_python_is_told_what_to_install(tmp_path):
    for name in ("python3", "python3.13", "python3.12", "python3.11", "python"):
        program(tmp_path, name, "exit 1")
    done = run("/bin/sh", "tools/python.sh", "-c", "print()", PATH=f"{tmp_path}:/bin:/usr/bin")
    assert done.returncode == 1
    assert "Python 3.11 or newer" in done.stderr
    assert "apt-get install" in done.stderr


@pytest.mark.parametrize("said", ["v18.20.4", ""])
def test_an_old_node_is_told_what_to_install(tmp_path, said):
    program(tmp_path, "node", f"echo {said}")
    program(tmp_path, "npm", "exit 0")
    code = "from tools.prerequisites import check_node; check_node()"
    done = run(sys.executable, "-c", code, PATH=str(tmp_path))
    assert done.returncode == 1
    assert "Node 20 or newer" in done.stderr
    assert (said or "unknown") in done.stderr


def test_no_node_at_all_is_told_what_to_install(tmp_path):
    code = "from tools.prerequisites import check_node; check_node()"
    done = run(sys.executable, "-c", code, PATH=str(tmp_path))
    assert done.returncode == 1
    assert "was not found" in done.stderr


def test_without_root_missing_packages_are_named():
    code = (
        "import os, tools.prerequisites as p\n"
        "os.geteuid = lambda: 1000\n"
        "p.TEST_PACKAGES['palabre-nothing'] = ('no-such-command',)\n"
        "p.install_test_packages()"
    )
    done = run(sys.executable, "-c", code)
    assert done.returncode == 1
    assert "palabre-nothing" in done.stderr
    assert "sudo apt-get install" in done.stderr


def test_the_other_browsers_are_asked_for_by_the_soak_alone():
    code = (
        "import os, tools.prerequisites as p\n"
        "os.geteuid = lambda: 1000\n"
        "p.SOAK_PACKAGES['palabre-nothing'] = ('/usr/lib/*/no-such-file.so',)\n"
        "p.install_test_packages()\n"
        "p.install_test_packages('soak')"
    )
    done = run(sys.executable, "-c", code)
    assert done.returncode == 1
    assert "palabre-nothing" in done.stderr
    assert "make soak" in done.stderr


def test_a_stamp_holds_until_the_source_changes_or_the_product_goes(tmp_path, monkeypatch):
    monkeypatch.setattr(stamps, "STAMPS", tmp_path / "stamps")
    monkeypatch.setattr(stamps, "ROOT", tmp_path)
    source, product = tmp_path / "source", tmp_path / "product"
    source.mkdir()
    (source / "a").write_text("1")
    product.write_text("made")
    before = stamps.digest_of(source, "3.11")
    assert not stamps.is_done("step", before, product)
    stamps.set_done("step", before)
    assert stamps.is_done("step", before, product)
    (source / "a").rename(source / "b")
    assert stamps.digest_of(source, "3.11") != before
    product.unlink()
    assert not stamps.is_done("step", before, product)


def test_what_dies_is_started_again_and_what_is_stopped_stays_stopped(tmp_path):
    life, lives = tmp_path / "life.py", tmp_path / "lives"
    life.write_text(
        "import os, time\n"
        f"with open({str(lives)!r}, 'a') as file:\n"
        "    print(os.getpid(), file=file)\n"
        "time.sleep(600)\n"
    )

    def pids() -> list[int]:
        return [int(line) for line in lives.read_text().split()] if lives.exists() else []

    keeper = Program(
        "keeper", [sys.executable, "-m", "tools.keep", str(life)], tmp_path / "keeper.log"
    )
    keeper.start(pids)
    os.kill(pids()[0], 9)
    wait_for("a second life", lambda: len(pids()) == 2)
    assert keeper.running
    assert keeper.stop() == 0
    assert "died (status -9), started again" in keeper.log()
    with pytest.raises(ProcessLookupError):
        os.kill(pids()[1], 0)


def test_what_dies_at_once_again_and_again_is_given_up():
    code = (
        "import sys; from tools import keep; keep.LONGEST_PAUSE_S = 0.1;"
        "sys.exit(keep.Keeper(['-c', 'raise SystemExit(7)']).run())"
    )
    done = run(sys.executable, "-c", code)
    assert done.returncode == 7
    assert "given up" in done.stdout
    assert done.stdout.count("started again in 0.1 s") == 4


def test_a_keeper_ends_with_whoever_supervised_it(tmp_path):
    supervisor = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    log = tmp_path / "keeper.log"
    env = {**os.environ, "PALABRE_SUPERVISOR": str(supervisor.pid)}
    command = [
        sys.executable,
        "-m",
        "tools.keep",
        "-c",
        "print('up'); import time; time.sleep(600)",
    ]
    keeper = Program("keeper", command, log, {**env, "PYTHONUNBUFFERED": "1"})
    keeper.start(lambda: "up" in keeper.log())
    supervisor.kill()
    supervisor.communicate()
    wait_for("the keeper has ended", lambda: not keeper.running)


def test_the_budget_counts_what_is_loaded_at_once_and_nothing_else():
    manifest: budget.Manifest = {
        "main": {"file": "main.js", "imports": ["base"]},
        "room": {"file": "room.js", "imports": ["base", "main"], "dynamicImports": ["player"]},
        "base": {"file": "base.js"},
        "player": {"file": "player.js"},
    }
    assert budget.closure(manifest, "main", "room") == {"main", "room", "base"}


@pytest.fixture
def small_suite(tmp_path, monkeypatch) -> Path:
    """A project of its own, with one test that fails the first time."""
    (tmp_path / "pytest.ini").write_text("[pytest]\n")
    (tmp_path / "test_small.py").write_text(
        "from pathlib import Path\n"
        "def test_that_is_flaky():\n"
        "    been = Path(__file__).with_name('been')\n"
        "    known = been.exists()\n"
        "    been.touch()\n"
        "    assert known\n"
    )
    monkeypatch.setattr(check, "ROOT", tmp_path)
    monkeypatch.setattr(check, "LAST_FAILED", tmp_path / ".pytest_cache/v/cache/lastfailed")
    monkeypatch.delenv("PYTEST_ADDOPTS", raising=False)
    return tmp_path


def test_what_fails_once_is_tried_again_and_named(small_suite, capfd):
    assert check.run_tests("-p", "no:django", workers=2).passed
    assert "FLAKY" in capfd.readouterr().out


def test_what_fails_twice_fails(small_suite, capfd):
    wrong = small_suite / "test_wrong.py"
    wrong.write_text("def test_that_is_wrong():\n    assert False\n")
    assert not check.run_tests("-p", "no:django").passed
    assert "FLAKY" not in capfd.readouterr().out


def test_many_failures_are_no_chance(small_suite):
    wrong = "".join(f"def test_{n}():\n    assert False\n" for n in range(9))
    (small_suite / "test_wrong.py").write_text(wrong)
    assert not check.run_tests("-p", "no:django").passed
    kept = json.loads(check.LAST_FAILED.read_text())
    assert len(kept) == 10, "the flaky one was not tried again either"
