"""From a clean clone, with empty caches, to a page in the browser: timed."""

import json
import os
import signal
import subprocess
import time
from functools import partial
from pathlib import Path

import httpx
import pytest

from tests.support.ports import free_port
from tests.support.processes import ROOT, Program

#: What the project promises, on two cores.
FIRST_TIME_S = 300
NEXT_TIME_S = 60

pytestmark = [pytest.mark.soak, pytest.mark.timeout(1800)]


def shows(program: Program, text: str, start: int) -> bool:
    """Whether it has printed `text` since its log was `start` characters long."""
    return text in program.log()[start:]


def test_one_command_from_a_clean_clone(tmp_path: Path) -> None:
    """`make run` in a folder with a space in its name, twice; Ctrl-C leaves nothing behind."""
    clone = tmp_path / "clean clone"
    subprocess.run(["git", "clone", "-q", ROOT, clone], check=True)
    port, media_port = free_port(), free_port()
    env = {name: value for name, value in os.environ.items() if not name.startswith("PALABRE")}
    for name in ("DATA_DIR", "DATABASE_URL", "DJANGO_SETTINGS_MODULE", "VIRTUAL_ENV"):
        env.pop(name, None)
    env |= {
        "PORT": str(port),
        "MEDIA_PORT": str(media_port),
        "PIP_CACHE_DIR": str(tmp_path / "pip"),
        "npm_config_cache": str(tmp_path / "npm"),
    }
    made = Program("make", ["make", "-C", str(clone), "run"], tmp_path / "make.log", env)
    home = f"http://127.0.0.1:{port}/"
    took: list[float] = []
    for limit in (FIRST_TIME_S, NEXT_TIME_S):
        began, start = time.monotonic(), len(made.log())
        ready = f"Palabre is running:  {home}"
        made.start(partial(shows, made, ready, start), limit)
        took.append(time.monotonic() - began)
        page = httpx.get(home, timeout=30)
        assert page.status_code == 200
        assert "Cotonou" in page.text
        # The whole group, as a terminal does.
        os.killpg(made.pid, signal.SIGINT)
        made.stop(signal.SIGCONT)
        assert "Stopped." in made.log()
        with pytest.raises(httpx.ConnectError):
            httpx.get(home)
    results = ROOT / "test-results" / "clean-clone.json"
    results.parent.mkdir(exist_ok=True)
    results.write_text(json.dumps({"first_s": round(took[0], 1), "next_s": round(took[1], 1)}))
