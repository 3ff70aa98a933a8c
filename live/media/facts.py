"""Tells web what happened, in order, again and again until it has heard."""

import asyncio
import contextlib
import logging
import secrets
import time
from collections import deque
from collections.abc import Callable

import httpx

from live.protocol.media import (
    FactKind,
    MediaFact,
    MediaFacts,
    MediaProcessAddress,
    PublisherStatus,
    RecordingSummary,
)
from live.protocol.signing import sign_request

logger = logging.getLogger(__name__)

FACTS_PATH = "/internal/media/facts"
_BATCH = 200
#: Beyond this the oldest are forgotten; what matters of them is in `MediaStatus` and the journal.
_KEPT = 2000
_FIRST_WAIT_S, _LONGEST_WAIT_S = 0.2, 10.0
#: Without news, web is told so often that the process is there: it may have a new database.
_STILL_HERE_S = 5.0


class FactTeller:
    """A bounded queue of facts and the task that posts it."""

    def __init__(self, web_url: str, key: bytes, server: MediaProcessAddress) -> None:
        self._server = server
        self.boot = secrets.token_hex(8)
        self.forgotten = 0
        self._url = web_url + FACTS_PATH
        self._key = key
        self._n = 0
        self._waiting: deque[tuple[MediaFact, Callable[[], None] | None]] = deque()
        self._news = asyncio.Event()
        self._all_heard = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    @property
    def waiting(self) -> int:
        """Facts that web has not acknowledged."""
        return len(self._waiting)

    def tell(
        self,
        kind: FactKind,
        sitting: str | None = None,
        *,
        publisher: PublisherStatus | None = None,
        recording: RecordingSummary | None = None,
        heard: Callable[[], None] | None = None,
    ) -> None:
        """Queue a fact; `heard` is called when web has acknowledged it."""
        self._n += 1
        fact = MediaFact(
            n=self._n,
            at=time.time(),
            kind=kind,
            sitting=sitting,
            publisher=publisher,
            recording=recording,
        )
        if len(self._waiting) >= _KEPT:
            self._waiting.popleft()
            self.forgotten += 1
        self._waiting.append((fact, heard))
        self._all_heard.clear()
        self._news.set()

    def start(self) -> None:
        """Begin to post; on the running event loop."""
        self._task = asyncio.get_running_loop().create_task(self._run())

    async def stop(self, patience_s: float = 2.0) -> None:
        """Give what is queued a last chance, then stop."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._all_heard.wait(), patience_s)
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _run(self) -> None:
        wait = _FIRST_WAIT_S
        async with httpx.AsyncClient(timeout=10, trust_env=False) as client:
            while True:
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._news.wait(), _STILL_HERE_S)
                if not self._waiting and self._news.is_set():
                    self._news.clear()
                    self._all_heard.set()
                    continue
                if await self._post(client):
                    wait = _FIRST_WAIT_S
                else:
                    await asyncio.sleep(wait)
                    wait = min(wait * 2, _LONGEST_WAIT_S)

    async def _post(self, client: httpx.AsyncClient) -> bool:
        batch = list(self._waiting)[:_BATCH]
        facts = [fact for fact, _ in batch]
        body = MediaFacts(boot=self.boot, server=self._server, facts=facts)
        raw = body.model_dump_json().encode()
        headers = sign_request("POST", FACTS_PATH, raw, self._key)
        headers["content-type"] = "application/json"
        try:
            answer = await client.post(self._url, content=raw, headers=headers)
        except httpx.HTTPError as error:
            logger.debug("web cannot be told: %s", error)
            return False
        if answer.status_code not in (200, 204):
            logger.warning("web refused facts: HTTP %s", answer.status_code)
            return False
        told = batch[-1][0].n if batch else 0
        while self._waiting and self._waiting[0][0].n <= told:
            _, heard = self._waiting.popleft()
            if heard is not None:
                heard()
        return True
