"""Which media processes answer. Asked every second; what is down is decided here, and acted on by
`orders`: its sittings go to others."""

import asyncio
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass

import httpx

from live.models import MediaServer
from live.protocol.media import MediaOrder, MediaOverview, MediaStatus
from live.protocol.signing import sign_request

logger = logging.getLogger(__name__)

ASK_EVERY_S = 1.0
#: Nobody listens at its address for so long: it is gone. A restart takes about as long.
REFUSED_FOR_S = 3.0
#: It listens and does not answer: it may only be slow, so it is given more time.
SILENT_FOR_S = 10.0
TIMEOUT = httpx.Timeout(5.0, connect=1.0)


class MediaClient:
    """Signed requests to media processes (`live.protocol.media`)."""

    def __init__(self, key: bytes) -> None:
        self._key = key
        self._http = httpx.AsyncClient(timeout=TIMEOUT, trust_env=False)

    async def obey(self, url: str, order: MediaOrder) -> MediaStatus:
        """Send an order; raises `httpx.HTTPError`."""
        path = f"/control/sittings/{order.sitting}"
        body = order.model_dump_json().encode()
        headers = sign_request("PUT", path, body, self._key)
        answer = await self._http.put(
            url + path, content=body, headers={**headers, "content-type": "application/json"}
        )
        answer.raise_for_status()
        return MediaStatus.model_validate_json(answer.content)

    async def overview(self, url: str) -> MediaOverview:
        """What a process does now; raises `httpx.HTTPError`."""
        path = "/control/status"
        headers = sign_request("GET", path, b"", self._key)
        answer = await self._http.get(url + path, headers=headers)
        answer.raise_for_status()
        return MediaOverview.model_validate_json(answer.content)

    async def close(self) -> None:
        await self._http.aclose()


@dataclass
class Health:
    """Of one process. Monotonic times; `None`: all is well."""

    answered: bool = False
    refused_since: float | None = None
    silent_since: float | None = None
    publishers: int = 0

    def is_down(self, now: float) -> bool:
        for since, patience in (
            (self.refused_since, REFUSED_FOR_S),
            (self.silent_since, SILENT_FOR_S),
        ):
            if since is not None and now - since >= patience:
                return True
        return False

    @property
    def is_up(self) -> bool:
        return self.answered and self.refused_since is None and self.silent_since is None


class MediaWatch:
    """Asks every process that is known how it is."""

    def __init__(self, client: MediaClient, changed: Callable[[], None]) -> None:
        """`changed`: one came, went, or was given up."""
        self.health: dict[str, Health] = {}
        self._client = client
        self._changed = changed
        self._servers: list[MediaServer] = []
        self._task: asyncio.Task[None] | None = None

    def know(self, servers: list[MediaServer]) -> None:
        """These processes exist; others are forgotten."""
        self._servers = servers
        names = {server.name for server in servers}
        self.health = {name: self.health.get(name, Health()) for name in names}

    def start(self) -> None:
        self._task = asyncio.create_task(self._run())

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    def up(self) -> set[str]:
        return {name for name, health in self.health.items() if health.is_up}

    def down(self) -> set[str]:
        now = time.monotonic()
        return {name for name, health in self.health.items() if health.is_down(now)}

    async def _run(self) -> None:
        before: tuple[set[str], set[str]] = set(), set()
        while True:
            await asyncio.gather(*(self._ask(server) for server in list(self._servers)))
            now = self.up(), self.down()
            if now != before:
                before = now
                self._changed()
            await asyncio.sleep(ASK_EVERY_S)

    async def _ask(self, server: MediaServer) -> None:
        health = self.health.setdefault(server.name, Health())
        now = time.monotonic()
        try:
            overview = await self._client.overview(server.url)
        except httpx.ConnectError:
            health.silent_since = None
            health.refused_since = health.refused_since or now
        except (httpx.HTTPError, ValueError):
            health.refused_since = None
            health.silent_since = health.silent_since or now
        else:
            health.answered = True
            health.refused_since = health.silent_since = None
            health.publishers = sum(s.publisher is not None for s in overview.sittings)
