"""Firefox and WebKitGTK, driven by their own protocols: Playwright drives neither of Debian's.

Debian: `firefox-esr`; `webkit2gtk-driver` with `gstreamer1.0-libav`, `-plugins-good`,
`-plugins-bad`, and `xvfb` to have a screen.
"""

import json
import os
import shutil
import socket
from pathlib import Path
from typing import Any, Protocol

import httpx

from tests.support.ports import free_port
from tests.support.processes import Program


class Other(Protocol):
    """A browser with one window."""

    name: str

    def open(self, url: str) -> None: ...
    def run(self, script: str, *arguments: object) -> Any: ...
    def close(self) -> None: ...


class Firefox:
    """By Marionette: JSON with its length before it, over TCP."""

    name = "Firefox"

    def __init__(self, folder: Path) -> None:
        port = free_port()
        profile = folder / "firefox"
        profile.mkdir()
        settings = {
            "marionette.port": port,
            "media.autoplay.default": 0,
            # Where there is no sound card: a device that swallows all.
            "media.cubeb.backend": "alsa",
            "media.cubeb.sandbox": False,
            "toolkit.telemetry.reportingpolicy.firstRun": False,
            "intl.accept_languages": "fr",
        }
        lines = [f"user_pref({json.dumps(k)}, {json.dumps(v)});" for k, v in settings.items()]
        (profile / "user.js").write_text("\n".join(lines))
        silence = folder / "asound.conf"
        silence.write_text("pcm.!default { type null }\nctl.!default { type null }\n")
        self._program = Program(
            "firefox",
            ["firefox-esr", "--marionette", "--headless", "--no-remote", "--profile", profile],
            folder / "firefox.log",
            {**os.environ, "ALSA_CONFIG_PATH": str(silence)},
        )
        self._program.start(lambda: self._connects(port))
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=60)
        self._buffer = b""
        self._number = 0
        self._read()
        self._ask("WebDriver:NewSession", {})

    @staticmethod
    def available() -> bool:
        return shutil.which("firefox-esr") is not None

    @staticmethod
    def _connects(port: int) -> bool:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            return False
        return True

    def _read(self) -> Any:
        while b":" not in self._buffer:
            self._receive()
        length, _, rest = self._buffer.partition(b":")
        self._buffer = rest
        while len(self._buffer) < int(length):
            self._receive()
        message = self._buffer[: int(length)]
        self._buffer = self._buffer[int(length) :]
        return json.loads(message)

    def _receive(self) -> None:
        data = self._socket.recv(65536)
        assert data, f"Firefox is gone\n{self._program.tail()}"
        self._buffer += data

    def _ask(self, command: str, parameters: dict[str, Any]) -> Any:
        self._number += 1
        text = json.dumps([0, self._number, command, parameters]).encode()
        self._socket.sendall(f"{len(text)}:".encode() + text)
        _, _, error, value = self._read()
        assert error is None, error
        return value

    def open(self, url: str) -> None:
        self._ask("WebDriver:Navigate", {"url": url})

    def run(self, script: str, *arguments: object) -> Any:
        answer = self._ask("WebDriver:ExecuteScript", {"script": script, "args": list(arguments)})
        return answer["value"]

    def close(self) -> None:
        self._socket.close()
        self._program.stop()


class WebKit:
    """WebKitGTK's MiniBrowser, by W3C WebDriver over HTTP."""

    name = "WebKitGTK"

    def __init__(self, folder: Path) -> None:
        port = free_port()
        self._program = Program(
            "webkit",
            ["xvfb-run", "-a", "WebKitWebDriver", f"--port={port}"],
            folder / "webkit.log",
        )
        self._http = httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=60, trust_env=False)
        self._program.start(self._up)
        options = {"args": ["--automation", "--autoplay-policy=allow"]}
        wanted = {"alwaysMatch": {"webkitgtk:browserOptions": options}}
        answer = self._http.post("/session", json={"capabilities": wanted}).json()
        assert "sessionId" in answer["value"], f"{answer}\n{self._program.tail()}"
        self._session = f"/session/{answer['value']['sessionId']}"

    @staticmethod
    def available() -> bool:
        return all(shutil.which(name) for name in ("WebKitWebDriver", "xvfb-run"))

    def _up(self) -> bool:
        try:
            return self._http.get("/status").status_code == 200
        except httpx.HTTPError:
            return False

    def _ask(self, path: str, body: dict[str, Any]) -> Any:
        answer = self._http.post(f"{self._session}/{path}", json=body)
        assert answer.status_code == 200, answer.text
        return answer.json()["value"]

    def open(self, url: str) -> None:
        self._ask("url", {"url": url})

    def run(self, script: str, *arguments: object) -> Any:
        return self._ask("execute/sync", {"script": script, "args": list(arguments)})

    def close(self) -> None:
        self._http.delete(self._session)
        self._http.close()
        self._program.stop()


BROWSERS: tuple[type[Firefox] | type[WebKit], ...] = (Firefox, WebKit)
