"""`make run`: install, build, migrate, seed, then hand over to `tools.serve`."""

import os
import sys
import time

from tools.console import ROOT, StepFailed, environment, fail, say
from tools.install import PYTHON, install, manage
from tools.prerequisites import check_port

PORT, MEDIA_PORT = 8000, 8001
OFF = frozenset({"0", "false", "no", "off"})


def settings() -> dict[str, str]:
    """Environment of a local run: what was given, else the defaults of one machine."""
    port = check_port("PORT", PORT, "web")
    media_port = check_port("MEDIA_PORT", MEDIA_PORT, "media")
    if port == media_port:
        fail(f"PORT and MEDIA_PORT are both {port}: web and media need one each.")
    return {
        "PORT": str(port),
        "MEDIA_PORT": str(media_port),
        "HOST": os.environ.get("HOST") or "127.0.0.1",
        "DEMO": os.environ.get("DEMO") or "1",
    }


def main() -> int:
    began = time.monotonic()
    say(f"Palabre, in {ROOT}")
    chosen = settings()
    try:
        install()
        manage("bring the database up to date", "migrate", "--noinput", "--verbosity=0", **chosen)
        hearing = ["--no-hearing"] if chosen["DEMO"].lower() in OFF else []
        logins = manage("fill in demonstration data", "seed", *hearing, **chosen)
    except StepFailed:
        return 1
    except KeyboardInterrupt:
        say("\nInterrupted. Nothing is lost: make run goes on from here.")
        return 130
    say(f"Ready to start after {time.monotonic() - began:.0f} s")
    env = environment(**chosen, PALABRE_LOGINS=logins.strip())
    # In our place, so that Ctrl-C and make's signals reach it directly.
    return os.execve(PYTHON, [str(PYTHON), "-m", "tools.serve"], env)


if __name__ == "__main__":
    sys.exit(main())
