"""Who follows a sitting of the test database: slow ones, ones that come and go; and who speaks."""

import asyncio
import json
import socket as sockets
from collections.abc import Callable
from urllib.parse import urlsplit

from django.db import transaction
from django.utils import timezone

from consultations.protocol.questions import PublicQuestion
from live.models import Sitting, Timeline
from live.protocol.frames import Stream
from live.timeline.append import SYSTEM, append, lock
from live.timeline.read import milliseconds, snapshot
from tests.support.factories import orm
from tests.support.socket import LiveSocket

from .scenarios import Truth

#: Different things that are said; the fold keeps the last of each.
KEYS = 7
#: Bytes that a slow client reads at once.
CHUNK = 4096


def say(sitting: Sitting, number: int, size: int = 40) -> int:
    """Put one public entry of about `size` bytes on the timeline; its position."""
    now = milliseconds(timezone.now())
    question = PublicQuestion.model_validate(
        {
            **dict.fromkeys(PublicQuestion.model_fields, None),
            "id": number % KEYS,
            "text": f"{number}: {'x' * size}",
            "signature": "",
            "state": "approved",
            "submitted_at": now,
            "published_at": now,
            "relatives": 0,
        }
    )
    with transaction.atomic():
        append(
            sitting.timeline_id, "question.approved", f"question/{number % KEYS}", question, SYSTEM
        )
        return Timeline.objects.get(pk=sitting.timeline_id).public_seq


def handshake(host: str, sitting: Sitting, query: str = "") -> bytes:
    """What opens a WebSocket (RFC 6455 section 4.1)."""
    return (
        f"GET /ws/sittings/{sitting.pk}/{query} HTTP/1.1\r\nHost: {host}\r\n"
        "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n".encode()
    )


class Slow:
    """A client that reads no faster than `bytes_per_s`, on a socket with a small buffer; it comes
    back by position when it is let go. `positions`: of the entries it got, in their order."""

    def __init__(self, palabre, sitting: Sitting, bytes_per_s: int) -> None:
        self._address, self._sitting = urlsplit(palabre.url), sitting
        self._pause_s = CHUNK / bytes_per_s
        self.positions: list[int] = []
        self.epoch: str | None = None
        self.let_go = 0

    async def follow(self, until: Callable[[], bool]) -> None:
        """Read, coming back as often as it must, until `until()`."""
        while not until():
            reader, writer = await self._open()
            try:
                while not until():
                    await self._frame(reader)
            except (asyncio.IncompleteReadError, ConnectionError):
                self.let_go += 1
            finally:
                writer.close()

    async def _open(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        raw = sockets.socket()
        raw.setsockopt(sockets.SOL_SOCKET, sockets.SO_RCVBUF, 4096)
        raw.setblocking(False)
        loop = asyncio.get_running_loop()
        await loop.sock_connect(raw, (self._address.hostname, self._address.port))
        reader, writer = await asyncio.open_connection(sock=raw, limit=CHUNK)
        since = f"?since={self.positions[-1]}&epoch={self.epoch}" if self.positions else ""
        writer.write(handshake(self._address.netloc, self._sitting, since))
        await reader.readuntil(b"\r\n\r\n")
        return reader, writer

    async def _frame(self, reader: asyncio.StreamReader) -> None:
        """One frame (RFC 6455 section 5.2), unmasked as a server's are."""
        first, size = await reader.readexactly(2)
        if size > 125:
            size = int.from_bytes(await reader.readexactly(2 if size == 126 else 8), "big")
        payload = b""
        while len(payload) < size:
            payload += await reader.readexactly(min(CHUNK, size - len(payload)))
            await asyncio.sleep(self._pause_s)
        if first & 0x0F == 8:
            raise ConnectionError
        frame = json.loads(payload)
        self.epoch = frame.get("epoch", self.epoch)
        if frame["type"] == "snapshot":
            self.positions.append(frame["seq"])
        self.positions += [entry["seq"] for entry in frame.get("entries", ())]


class Here:
    """A `Place`: one process, on the database of the tests."""

    def __init__(self, palabre, sitting: Sitting) -> None:
        self._palabre, self._sitting = palabre, sitting

    async def connect(self, since: int | None, epoch: str | None) -> LiveSocket:
        socket = await self._palabre.ws(self._sitting, since=since, epoch=epoch)
        ready: LiveSocket = await socket.ready()
        return ready

    async def truth(self) -> Truth:
        def read() -> Truth:
            # Nobody writes while the timeline is held, so that both are of one moment.
            with transaction.atomic():
                lock(self._sitting.timeline_id)
                fresh = snapshot(self._sitting.timeline_id, Stream.PUBLIC, 0)
            return fresh.seq, json.loads(fresh.model_dump_json())["states"]

        truth: Truth = await orm(read)
        return truth
