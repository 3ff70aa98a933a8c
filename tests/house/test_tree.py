"""What must hold for every file of the repository."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from honcho.environ import parse_procfile

from tests.settings import VARIABLES
from tests.support.processes import ROOT

MAX_LINES = 400
SOURCES = (".py", ".ts", ".svelte")
#: Written by programs.
GENERATED = ("frontend/src/generated/", "/migrations/")
LOCKS = ("requirements.lock", "requirements-dev.lock")
#: An address that a lock file would send every other machine to.
ADDRESS = re.compile(r"https?://|--(extra-)?index-url|--find-links|--trusted-host")
#: Paths of one person's machine, or of the place where this was written.
MACHINE_PATHS = re.compile(r"(?<![\w.])/(?:home|Users|root|work|mnt)/(?!palabre\b)[A-Za-z0-9._-]+")


def tracked(*suffixes: str) -> list[Path]:
    """Files that git knows, or would add."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    ).stdout.decode()
    paths = [ROOT / name for name in listed.split("\0") if name]
    return [path for path in paths if path.is_file() and path.name.endswith(suffixes or ("",))]


def text_of(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return ""


def test_no_file_is_long():
    long = {
        str(path.relative_to(ROOT)): lines
        for path in tracked(*SOURCES)
        if not any(part in path.as_posix() for part in GENERATED)
        and (lines := len(text_of(path).splitlines())) > MAX_LINES
    }
    assert not long


def test_no_file_names_a_machine():
    found = [
        f"{path.relative_to(ROOT)}: {match.group()}"
        for path in tracked()
        for match in MACHINE_PATHS.finditer(text_of(path))
    ]
    assert not found


@pytest.mark.parametrize("name", LOCKS)
def test_every_locked_package_has_a_hash_and_no_address(name):
    text = (ROOT / name).read_text()
    assert not ADDRESS.search(text)
    lines = text.replace("\\\n", " ").splitlines()
    requirements = [line for line in lines if line and not line.lstrip().startswith("#")]
    assert len(requirements) > 50
    assert not [line for line in requirements if "==" not in line or "--hash=sha256:" not in line]


def test_the_locks_agree():
    pins = [
        dict(re.findall(r"^([a-z0-9][\w.-]*)==([^ \\\n]+)", (ROOT / name).read_text(), re.M))
        for name in LOCKS
    ]
    run, dev = pins
    assert {name: dev.get(name) for name in run} == run


def test_the_javascript_lock_pins_what_package_json_asks_for():
    text = (ROOT / "package-lock.json").read_text()
    assert '"resolved"' not in text
    assert text.count('"integrity"') > 50


def test_import_contracts_hold():
    done = subprocess.run(
        [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-3000:]


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("Procfile", ["release", "web", "media", "ladder", "archive", "worker"]),
        ("Procfile.local", ["web", "media", "ladder", "archive", "demo"]),
    ],
)
def test_procfiles_name_what_exists(name, wanted):
    processes = parse_procfile((ROOT / name).read_text()).processes
    assert list(processes) == wanted
    for command in processes.values():
        for module in re.findall(r"-m ([\w.]+)", command):
            assert (ROOT / f"{module.replace('.', '/')}.py").exists(), module
        for management in re.findall(r"manage\.py (\w+)", command):
            done = subprocess.run(
                [sys.executable, "manage.py", "help", management],
                cwd=ROOT,
                capture_output=True,
                check=False,
            )
            assert done.returncode == 0, management


def environment_variables() -> set[str]:
    """What the programs read of the environment."""
    names: set[str] = set()
    for path in (ROOT / "config").glob("*.py"):
        text = path.read_text()
        names |= set(re.findall(r"(?:environ\.get\(|_flag\(|_items\()\s*\"([A-Z_]+)\"", text))
        names |= {name.upper() for name in re.findall(r"env\.(?:secret|keys)\(\"(\w+)\"", text)}
    return names | {"MEDIA_KEY"}


def test_every_setting_is_documented():
    documented = (ROOT / "docs/operations.md").read_text()
    names = environment_variables()
    assert len(names) > 25
    assert not {name for name in names if f"`{name}`" not in documented}


def test_no_setting_of_the_developer_leaks_into_tests():
    assert environment_variables() - {"DATA_DIR"} <= set(VARIABLES)
    assert set(VARIABLES) <= environment_variables(), "a setting that is gone"


def test_units_and_proxies_name_what_exists():
    for unit in (ROOT / "deploy").glob("systemd/*.service"):
        for module in re.findall(r"-m ([\w.]+)", unit.read_text()):
            assert (ROOT / f"{module.replace('.', '/')}.py").exists(), (unit.name, module)
