"""The processes of one machine, started and stopped together by honcho (`Procfile.local`)."""

import os
import sys
import threading
import time
import urllib.error
import urllib.request

from honcho import manager
from honcho.environ import parse_procfile

from tools.console import ROOT, say
from tools.run import OFF

#: honcho kills what has not stopped so long after it was asked; web drains for up to 8 s.
manager.KILL_WAIT = 12
READY_WITHIN_S = 120

BANNER = """
  ──────────────────────────────────────────────────────────────────────
  Palabre is running:  {address}
  Ctrl-C stops it; make run starts it again with everything it has kept.
{logins}
  ──────────────────────────────────────────────────────────────────────
"""


def is_ready(address: str) -> bool:
    try:
        with urllib.request.urlopen(f"{address}/readyz", timeout=5) as answer:  # noqa: S310
            return bool(answer.status == 200)
    except (OSError, urllib.error.URLError):
        return False


def announce(address: str, logins: str) -> None:
    """Print the address and the demonstration log-ins once web answers."""
    deadline = time.monotonic() + READY_WITHIN_S
    while not is_ready(address):
        if time.monotonic() > deadline:
            say(f"web has not answered {address}/readyz for {READY_WITHIN_S} s: see above")
            return
        time.sleep(0.25)
    text = "".join("\n" + f"  {line}".rstrip() for line in logins.splitlines())
    say(BANNER.format(address=f"{address}/", logins=text))


def stop_with(parent: int, ours: manager.Manager) -> None:
    """End everything when make is gone, even killed: nothing must keep the ports."""
    while os.getppid() == parent:
        time.sleep(1)
    ours.returncode = 143
    ours.terminate()


def main() -> int:
    parent = os.getppid()
    logins = os.environ.pop("PALABRE_LOGINS", "")
    address = os.environ.get("PUBLIC_URL") or f"http://127.0.0.1:{os.environ['PORT']}"
    env = {**os.environ, "PALABRE_SUPERVISOR": str(os.getpid())}
    ours = manager.Manager()
    for name, command in parse_procfile((ROOT / "Procfile.local").read_text()).processes.items():
        if name == "demo" and os.environ["DEMO"].lower() in OFF:
            # No hearing without end; the past sitting is played once all the same.
            command += " --past-only"
        ours.add_process(name, command, env=env, cwd=str(ROOT))
    threading.Thread(target=announce, args=(address.rstrip("/"), logins), daemon=True).start()
    if parent != 1:
        threading.Thread(target=stop_with, args=(parent, ours), daemon=True).start()
    ours.loop()
    say("Stopped.")
    # Ctrl-C is how one stops it: no failure.
    return 0 if ours.returncode in {130, 143} else int(ours.returncode or 0)


if __name__ == "__main__":
    sys.exit(main())
