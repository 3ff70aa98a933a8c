"""Bring this folder to where Palabre can run: `make install`. What is done already is skipped."""

import shutil
import subprocess
import sys
from pathlib import Path

from tools.console import ROOT, StepFailed, environment, say, step
from tools.prerequisites import check_node, check_python
from tools.stamps import digest_of, is_done, one_at_a_time, set_done

VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
RUN_LOCK = ROOT / "requirements.lock"
DEV_LOCK = ROOT / "requirements-dev.lock"
FRONTEND = ROOT / "frontend"
#: Where the bundler's manifest is: proof that the bundle was made.
BUNDLE = FRONTEND / "dist" / "manifest.json"
STATIC = ROOT / "staticfiles"
CATALOGUES = ROOT / "locale"

OFFLINE = """
A package could not be fetched. Is this machine on the Internet? Behind a proxy, set HTTPS_PROXY;
with a mirror, set PIP_INDEX_URL and NPM_CONFIG_REGISTRY. Then run make again: it goes on from here.
"""


def make_environment() -> None:
    """The virtual environment, made again if it was made elsewhere or its Python is gone."""
    wanted = f"import sys; sys.exit(sys.version_info < (3, 11) or sys.prefix != {str(VENV)!r})"
    if PYTHON.exists() and not subprocess.run([PYTHON, "-c", wanted], check=False).returncode:
        return
    check_python()
    if VENV.exists():
        say("  .venv was made for another place or Python: made again")
        shutil.rmtree(VENV)
    step("make a virtual environment", [sys.executable, "-m", "venv", VENV])


def install_python(*, dev: bool) -> None:
    """The Python packages of the lock file, each checked by its hash."""
    make_environment()
    version = subprocess.run([PYTHON, "-VV"], capture_output=True, text=True, check=True).stdout
    run_digest = digest_of(RUN_LOCK, version)
    dev_digest = digest_of(RUN_LOCK, DEV_LOCK, version)
    have_dev = is_done("python-dev", dev_digest, PYTHON)
    if have_dev or (not dev and is_done("python", run_digest, PYTHON)):
        return
    lock = DEV_LOCK if dev else RUN_LOCK
    pip: list[str | Path] = [
        PYTHON,
        "-m",
        "pip",
        "install",
        "--disable-pip-version-check",
        "--no-input",
    ]
    pip += ["--progress-bar", "off", "--no-deps", "--require-hashes", "-r", lock]
    step(f"install Python packages ({lock.name})", pip)
    set_done("python-dev" if dev else "python", dev_digest if dev else run_digest)


def install_node() -> None:
    """The JavaScript packages of package-lock.json."""
    digest = digest_of(ROOT / "package-lock.json", ROOT / "package.json")
    if not is_done("node", digest, ROOT / "node_modules" / ".package-lock.json"):
        step("install JavaScript packages", ["npm", "ci", "--no-audit", "--no-fund"])
        set_done("node", digest)


def compile_messages() -> None:
    """Translations, for templates and for islands, from the one catalogue."""
    catalogues = sorted(CATALOGUES.glob("*/LC_MESSAGES/*.po"))
    products = [path.with_suffix(".mo") for path in catalogues]
    digest = digest_of(*catalogues)
    if catalogues and not is_done("messages", digest, *products):
        manage("compile translations", "messages", "--compile")
        set_done("messages", digest)


def build_frontend() -> None:
    """The islands: frontend/dist."""
    configuration = sorted(path for path in ROOT.glob("*.config.*") if path.is_file())
    digest = digest_of(
        FRONTEND / "src",
        *configuration,
        *sorted(ROOT.glob("tsconfig*.json")),
        ROOT / "package-lock.json",
        ROOT / "package.json",
    )
    if not is_done("frontend", digest, BUNDLE):
        step("build the front end", ["npm", "run", "build"])
        set_done("frontend", digest)


def collect_static() -> None:
    """What the web process serves under /static/: hashed names, compressed."""
    digest = digest_of(FRONTEND / "static", FRONTEND / "dist", RUN_LOCK)
    if not is_done("static", digest, STATIC / "staticfiles.json"):
        manage("collect static files", "collectstatic", "--noinput", "--clear", "--verbosity=0")
        set_done("static", digest)


def install(*, dev: bool = False) -> None:
    """All of it. Raises `StepFailed`."""
    check_node()
    with one_at_a_time():
        try:
            install_python(dev=dev)
            install_node()
        except StepFailed:
            say(OFFLINE.rstrip())
            raise
        compile_messages()
        build_frontend()
        collect_static()


def manage(name: str, *arguments: str | Path, **env: str) -> str:
    """Run one of Palabre's commands as a step and return what it printed."""
    return step(name, [PYTHON, "manage.py", *arguments], environment(**env))


def main() -> int:
    try:
        install()
    except StepFailed:
        return 1
    say("Installed. Start it with: make run")
    return 0


if __name__ == "__main__":
    sys.exit(main())
