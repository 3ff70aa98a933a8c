"""Seeing to it that media obeys: orders are sent at once when a sitting changes, and again until
they were answered."""

import asyncio
import logging

import httpx

from live.actions.media import settle, unsettled_orders
from live.protocol.media import MediaMode, MediaOrder, MediaStatus
from live.protocol.signing import sign_request

from .reader import read
from .writer import current_writer

logger = logging.getLogger(__name__)

#: Between two looks when nothing nudges; also how often an unreachable media is tried again.
LOOK_EVERY_S = 2.0
RETRY_S = 0.5
TIMEOUT = httpx.Timeout(5.0, connect=1.0)


class MediaClient:
    """Signed requests to the media process (`live.protocol.media`)."""

    def __init__(self, base_url: str, key: bytes) -> None:
        self._key = key
        self._http = httpx.AsyncClient(base_url=base_url, timeout=TIMEOUT)

    async def obey(self, order: MediaOrder) -> MediaStatus:
        """Send an order; raises `httpx.HTTPError`."""
        path = f"/control/sittings/{order.sitting}"
        body = order.model_dump_json().encode()
        headers = sign_request("PUT", path, body, self._key)
        answer = await self._http.put(
            path, content=body, headers={**headers, "content-type": "application/json"}
        )
        answer.raise_for_status()
        return MediaStatus.model_validate_json(answer.content)

    async def close(self) -> None:
        await self._http.aclose()


class OrderKeeper:
    """Compares what media should do with what it has confirmed, and tells it."""

    def __init__(self, client: MediaClient) -> None:
        self._client = client
        self._confirmed: dict[str, int] = {}
        self._nudged = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._unreachable = False

    def start(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._task = asyncio.create_task(self._run())

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        await self._client.close()

    def nudge(self) -> None:
        self._nudged.set()

    def forget_soon(self) -> None:
        """Media started anew: tell it everything again. Called from any thread."""
        self._loop.call_soon_threadsafe(self._forget)

    def _forget(self) -> None:
        self._confirmed.clear()
        self._nudged.set()

    async def _run(self) -> None:
        while True:
            pause = LOOK_EVERY_S
            try:
                if not await self._look():
                    pause = RETRY_S
            except asyncio.CancelledError:
                raise
            except Exception:
                logger.exception("orders to media")
            try:
                await asyncio.wait_for(self._nudged.wait(), pause)
            except TimeoutError:
                continue
            finally:
                self._nudged.clear()

    async def _look(self) -> bool:
        """Send what media has not confirmed. False when something could not be sent."""
        orders = await read(unsettled_orders)
        due = [order for order in orders if self._confirmed.get(order.sitting) != order.version]
        sent = await asyncio.gather(*(self._send(order) for order in due))
        return all(sent)

    async def _send(self, order: MediaOrder) -> bool:
        try:
            status = await self._client.obey(order)
        except httpx.HTTPError as error:
            if not self._unreachable:
                logger.warning("media does not answer: %s", error)
            self._unreachable = True
            return False
        self._unreachable = False
        self._confirmed[order.sitting] = order.version
        if status.mode in {MediaMode.PURGED, MediaMode.ENDED}:
            await asyncio.wrap_future(current_writer().call(lambda: settle(status)))
        return True
