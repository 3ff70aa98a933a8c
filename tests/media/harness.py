"""A real media process on a free port, and a stand-in for web that keeps the facts it is told."""

import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx

from live.protocol.ids import new_id
from live.protocol.media import (
    FactKind,
    MediaAccess,
    MediaFact,
    MediaFacts,
    MediaMode,
    MediaOrder,
    MediaStatus,
    PlayClaims,
    PreviewClaims,
    PublishClaims,
)
from live.protocol.signing import (
    SIGNATURE_HEADER,
    BadSignature,
    check_request,
    sign_request,
    sign_token,
)
from tests.support.ports import free_port
from tests.support.waiting import eventually

ROOT = Path(__file__).resolve().parents[2]
KEY = b"a-key-for-tests"


class WebStandIn:
    """Takes facts as web does: checks the signature, keeps them by boot, answers 204."""

    def __init__(self) -> None:
        self.batches: list[MediaFacts] = []
        self.refuse = False
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                try:
                    check_request(self.headers.get(SIGNATURE_HEADER), "POST", self.path, body, KEY)
                except BadSignature:
                    self.send_error(401)
                    return
                if outer.refuse:
                    self.send_error(503)
                    return
                outer.batches.append(MediaFacts.model_validate_json(body))
                self.send_response(204)
                self.end_headers()

            def log_message(self, format: str, *args: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def facts(self, sitting: str | None = None) -> list[MediaFact]:
        """Everything told so far, each fact once."""
        seen: set[tuple[str, int]] = set()
        found: list[MediaFact] = []
        for batch in list(self.batches):
            for fact in batch.facts:
                if (batch.boot, fact.n) not in seen:
                    seen.add((batch.boot, fact.n))
                    if sitting is None or fact.sitting == sitting:
                        found.append(fact)
        return found

    def kinds(self, sitting: str) -> list[FactKind]:
        return [fact.kind for fact in self.facts(sitting)]

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


class MediaServer:
    """The process. `env` adds to its environment."""

    def __init__(self, folder: Path, web: WebStandIn, **env: str) -> None:
        self.folder = folder
        self.web = web
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = folder.parent / f"{folder.name}.log"
        self._env = env
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        env = {
            **os.environ,
            "MEDIA_DIR": str(self.folder),
            "DATA_DIR": str(self.folder.parent / "data"),
            "HOST": "127.0.0.1",
            "MEDIA_PORT": str(self.port),
            "MEDIA_KEY": KEY.decode(),
            "WEB_INTERNAL_URL": self.web.url,
            "MEDIA_MIN_FREE_BYTES": "1000000",
            **self._env,
        }
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "config.asgi_media"],
                cwd=ROOT,
                env=env,
                stdout=log,
                stderr=log,
            )
        deadline = time.monotonic() + 40
        while True:
            try:
                if httpx.get(f"{self.url}/readyz", trust_env=False).status_code == 200:
                    return
            except httpx.HTTPError:
                pass
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise AssertionError(f"media did not start:\n{self.log.read_text()[-3000:]}")
            time.sleep(0.05)

    def kill(self) -> None:
        """As the machine would: no goodbye."""
        assert self.process is not None
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()
        self.process = None

    def stop(self) -> int:
        """As the operator would; the exit code."""
        if self.process is None:
            return 0
        self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(20)
        self.process = None
        return code


class Room:
    """One sitting on a media server, as web and outsiders deal with it."""

    def __init__(self, server: MediaServer) -> None:
        self.server = server
        self.id = new_id()
        self.version = 0
        self.http = httpx.AsyncClient(base_url=server.url, timeout=20, trust_env=False)

    async def __aenter__(self) -> "Room":
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.http.aclose()

    async def order(
        self,
        mode: MediaMode,
        *,
        access: MediaAccess = MediaAccess.PUBLIC,
        window_s: int | None = None,
        version: int | None = None,
        claim: int = 0,
    ) -> MediaStatus:
        self.version += 1
        order = MediaOrder(
            sitting=self.id,
            version=self.version if version is None else version,
            mode=mode,
            access=access,
            window_s=window_s,
            claim=claim,
        )
        body = order.model_dump_json().encode()
        path = f"/control/sittings/{self.id}"
        answer = await self.http.put(
            path, content=body, headers=sign_request("PUT", path, body, KEY)
        )
        assert answer.status_code == 200, answer.text
        return MediaStatus.model_validate_json(answer.content)

    async def status(self) -> MediaStatus:
        path = f"/control/sittings/{self.id}"
        answer = await self.http.get(path, headers=sign_request("GET", path, b"", KEY))
        assert answer.status_code == 200, answer.text
        return MediaStatus.model_validate_json(answer.content)

    @property
    def whip_url(self) -> str:
        return f"{self.server.url}/whip/{self.id}"

    def token(self, *, ttl: int = 3600, sitting: str | None = None, track: str = "main") -> str:
        claims = PublishClaims(sitting=sitting or self.id, exp=int(time.time()) + ttl, track=track)
        return sign_token(claims, KEY)

    def play_path(self, ttl: int = 3600) -> str:
        claims = PlayClaims(sitting=self.id, exp=int(time.time()) + ttl)
        return f"/hls/{self.id}/~{sign_token(claims, KEY)}"

    def preview_path(self, ttl: int = 3600) -> str:
        claims = PreviewClaims(sitting=self.id, exp=int(time.time()) + ttl)
        return f"/hls/{self.id}/~{sign_token(claims, KEY)}/preview"

    async def get(self, path: str, **kwargs: Any) -> httpx.Response:
        return await self.http.get(path, **kwargs)

    async def hls(self, name: str) -> httpx.Response:
        return await self.http.get(f"/hls/{self.id}/{name}")

    async def playlist(self, name: str = "video.m3u8", base: str | None = None) -> "Playlist":
        answer = await self.http.get(f"{base or f'/hls/{self.id}'}/{name}")
        return Playlist(answer.text if answer.status_code == 200 else "")

    async def segments(
        self, count: int, name: str = "video.m3u8", within: float = 40
    ) -> "Playlist":
        """Wait until so many segments are listed."""

        async def listed() -> Playlist | None:
            found = await self.playlist(name)
            return found if len(found.segments) >= count else None

        await eventually(f"{count} segments in {name}", listed, within)
        return await self.playlist(name)

    async def fact(self, kind: FactKind, count: int = 1, within: float = 40) -> MediaFact:
        """Wait until web was told this so many times; the last one."""

        def told() -> MediaFact | None:
            found = [f for f in self.server.web.facts(self.id) if f.kind is kind]
            return found[-1] if len(found) >= count else None

        await eventually(f"fact {kind} ({count})", told, within)
        fact = told()
        assert fact is not None
        return fact

    @property
    def folder(self) -> Path:
        return self.server.folder / self.id

    def recording_folder(self) -> Path:
        (folder,) = (self.folder / "rec").iterdir()
        return folder


async def decode_listed(room: Room, name: str) -> str:
    """What ffmpeg complains about in the segments that a live playlist lists."""
    data, current = b"", None
    for segment in (await room.playlist(name)).segments:
        if segment["map"] != current:
            current = segment["map"]
            data += (await room.hls(current)).content
        answer = await room.hls(segment["uri"])
        assert answer.status_code == 200, segment
        data += answer.content
    with tempfile.NamedTemporaryFile(suffix=".mp4") as file:
        file.write(data)
        file.flush()
        return decode(file.name)


class Playlist:
    """What a media playlist says, read as a player would."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.tags: dict[str, str] = {}
        self.segments: list[dict[str, Any]] = []
        entry: dict[str, Any] = {"discontinuity": False}
        current_map = None
        for line in text.splitlines():
            if line.startswith("#EXTINF:"):
                entry["duration"] = float(line[8:].rstrip(","))
            elif line == "#EXT-X-DISCONTINUITY":
                entry["discontinuity"] = True
            elif line.startswith("#EXT-X-MAP:"):
                current_map = line.split('"')[1]
            elif line.startswith("#EXT-X-PROGRAM-DATE-TIME:"):
                entry["at"] = line.split(":", 1)[1]
            elif line.startswith("#"):
                name, _, value = line.partition(":")
                self.tags[name] = value
            elif line:
                self.segments.append({**entry, "uri": line, "map": current_map})
                entry = {"discontinuity": False}

    @property
    def duration(self) -> float:
        return float(sum(s["duration"] for s in self.segments))

    @property
    def discontinuities(self) -> int:
        return sum(s["discontinuity"] for s in self.segments)

    @property
    def ended(self) -> bool:
        return "#EXT-X-ENDLIST" in self.tags


def probe_bytes(data: bytes) -> dict[str, Any]:
    """What ffprobe makes of a file."""
    with tempfile.NamedTemporaryFile(suffix=".mp4") as file:
        file.write(data)
        file.flush()
        out = subprocess.run(
            ["ffprobe", "-v", "error", "-of", "json", "-show_streams", file.name],
            capture_output=True,
            check=True,
            timeout=60,
        )
    found: dict[str, Any] = json.loads(out.stdout)
    return found


def decode(url: str) -> str:
    """What ffmpeg complains about while decoding a whole stream; empty if nothing."""
    done = subprocess.run(
        [
            *("ffmpeg", "-nostdin", "-v", "warning", "-i", url, "-map", "0"),
            *("-fps_mode", "passthrough", "-enc_time_base", "-1", "-f", "null", "-"),
        ],
        capture_output=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode()
    return done.stderr.decode()


def _raw(url: str, *args: str) -> bytes:
    return subprocess.run(
        ["ffmpeg", "-nostdin", "-v", "error", "-i", url, *args, "-"],
        capture_output=True,
        check=True,
        timeout=60,
    ).stdout


def seen_claps(url: str) -> list[float]:
    """When a dark picture turns bright, seconds; to the picture."""
    rate = 100
    dots = _raw(url, "-vf", f"fps={rate},scale=1:1,format=gray", "-f", "rawvideo")
    return [n / rate for n in range(1, len(dots)) if dots[n] > 128 >= dots[n - 1]]


def heard_claps(url: str) -> list[float]:
    """When silence turns loud, seconds."""
    rate = 48_000
    pcm = memoryview(_raw(url, "-map", "0:a:0", "-f", "s16le", "-ac", "1")).cast("h")
    found: list[float] = []
    for n, value in enumerate(pcm):
        if abs(value) > 4_000 and (not found or n / rate - found[-1] > 0.5):
            found.append(n / rate)
    return found
