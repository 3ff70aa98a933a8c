"""What must be on the machine before we start, and how to get it when it is not."""

import os
import re
import shutil
import socket
import subprocess
import sys
from pathlib import Path

from tools.console import fail, say, step

Packages = dict[str, tuple[str, ...]]

NODE_MAJOR = 20

PYTHON_VENV = f"""
This Python ({sys.executable}, {sys.version.split()[0]}) cannot make virtual environments: its
modules `venv` and `ensurepip` are missing.
  Debian, Ubuntu:  sudo apt-get install python3-venv
  then:            make run
"""

NODE = """
Palabre needs Node {wanted} or newer (with npm) to build its pages; {found}.
  Debian 13 or newer:  sudo apt-get install nodejs npm
  elsewhere:           https://nodejs.org/en/download (any installer: package, nvm, fnm, volta)
"""

PORT_TAKEN = """
Port {port} of {host} is taken by another program, so {what} cannot listen there.
Choose a free one:  make run {variable}={free}
"""

#: What the tests run beside Python and Node: a Debian package, and commands (or, where it has
#: none, a file) of which one shows that it is there.
TEST_PACKAGES: Packages = {
    "chromium": ("chromium", "chromium-browser", "google-chrome"),
    "redis-server": ("redis-server",),
    "postgresql": ("postgres",),
    "ffmpeg": ("ffmpeg",),
    "nginx": ("nginx",),
}
#: What `make soak` needs beside them: the other browsers, what WebKit plays with, and a screen.
SOAK_PACKAGES: Packages = {
    "firefox-esr": ("firefox-esr",),
    "webkit2gtk-driver": ("WebKitWebDriver",),
    "gstreamer1.0-libav": ("/usr/lib/*/gstreamer-1.0/libgstlibav.so",),
    "gstreamer1.0-plugins-good": ("/usr/lib/*/gstreamer-1.0/libgstisomp4.so",),
    "gstreamer1.0-plugins-bad": ("/usr/lib/*/gstreamer-1.0/libgstvideoparsersbad.so",),
    "xvfb": ("xvfb-run",),
    "xauth": ("xauth",),
}
MISSING_PACKAGES = """
The tests need programs that are not on this machine, and only root can install them:
  {names}
  Debian, Ubuntu:  sudo apt-get install --no-install-recommends {names}
  elsewhere:       install them your way; what counts is that these are found:
                   {commands}
then: make {task}
"""


def check_python() -> None:
    try:
        import ensurepip  # noqa: F401
        import venv  # noqa: F401
    except ImportError:
        fail(PYTHON_VENV)


def check_node() -> None:
    node, npm = shutil.which("node"), shutil.which("npm")
    if not node or not npm:
        fail(NODE.format(wanted=NODE_MAJOR, found="`node` or `npm` was not found"))
    said = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
    match = re.match(r"v(\d+)\.", said)
    if not match or int(match[1]) < NODE_MAJOR:
        fail(NODE.format(wanted=NODE_MAJOR, found=f"this is {said.strip() or 'unknown'}"))


def _number(variable: str, default: int) -> int:
    given = os.environ.get(variable, "") or str(default)
    if not given.isdigit() or not 0 < int(given) < 65536:
        fail(f"{variable} must be a port number from 1 to 65535, not {given!r}.")
    return int(given)


def free_port(host: str) -> int:
    with socket.socket() as listener:
        listener.bind((host, 0))
        port: int = listener.getsockname()[1]
        return port


def check_port(variable: str, default: int, what: str) -> int:
    """The port that `variable` names, free to listen on."""
    host, port = os.environ.get("HOST") or "127.0.0.1", _number(variable, default)
    with socket.socket() as listener:
        # As the servers do: a port whose last connections still linger is not taken.
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((host, port))
        except PermissionError:
            fail(f"Only root may listen on port {port}. Choose one from 1024 on: {variable}=8080")
        except OSError:
            fail(
                PORT_TAKEN.format(
                    port=port, host=host, what=what, variable=variable, free=free_port(host)
                )
            )
    return port


def _found(command: str) -> bool:
    if shutil.which(command) or shutil.which(command, path="/usr/sbin:/sbin:/usr/local/sbin"):
        return True
    if command.startswith("/"):
        return any(Path("/").glob(command[1:]))
    # Debian keeps PostgreSQL's programs out of the path, one folder for each version.
    return command == "postgres" and any(Path("/usr/lib/postgresql").glob("*/bin/postgres"))


def missing_packages(needed: Packages) -> list[str]:
    """The Debian packages that the tests need and that are not there."""
    return [
        package
        for package, commands in needed.items()
        if not any(_found(command) for command in commands)
    ]


def install_test_packages(task: str = "test") -> None:
    """Have what `make test` (or `soak`) needs installed by apt when we are root; else say what to
    install."""
    needed = TEST_PACKAGES | (SOAK_PACKAGES if task == "soak" else {})
    missing = missing_packages(needed)
    if not missing:
        return
    apt = shutil.which("apt-get")
    if os.geteuid() != 0 or not apt:
        commands = ", ".join(sorted(needed[package][0] for package in missing))
        fail(MISSING_PACKAGES.format(names=" ".join(missing), commands=commands, task=task))
    say(f"  the tests need {', '.join(missing)}")
    # The tests start their own servers: a package's service need not run (invoke-rc.d heeds this).
    env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive", "RUNLEVEL": "1"}
    step("apt-get update", [apt, "update"], env)
    step("apt-get install", [apt, "install", "-y", "--no-install-recommends", *missing], env)
    still = missing_packages(needed)
    if still:
        fail(f"apt-get installed {', '.join(still)}, but their commands are still not found.")
