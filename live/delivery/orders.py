"""Seeing to it that media obeys: each sitting has a process that holds it, orders are sent there at
once when a sitting changes, and again until they were answered."""

import asyncio
import logging
import time
from collections.abc import Callable

import httpx

from live.actions.media import nobody_publishes_to, settle, unsettled_orders
from live.actions.placing import place, plan, servers
from live.protocol.media import MediaMode, MediaOrder

from .media_servers import MediaClient, MediaWatch
from .reader import read
from .writer import current_writer

logger = logging.getLogger(__name__)

#: Between two looks when nothing nudges; also how often an unreachable media is tried again.
LOOK_EVERY_S = 2.0
RETRY_S = 0.5


class OrderKeeper:
    """Compares what media should do with what it has confirmed, and tells it."""

    def __init__(self, client: MediaClient) -> None:
        self._client = client
        self._confirmed: dict[str, tuple[int, int]] = {}
        self._nudged = asyncio.Event()
        self.watch = MediaWatch(client, self.nudge)
        #: Sittings given to another process, since the start.
        self.moved = 0
        self._given_up: set[str] = set()
        #: Where the processes take orders, by name.
        self._urls: dict[str, str] = {}
        #: What was so when sittings were last placed, and when that is looked at anyway.
        self._seen: tuple[set[str], set[str]] | None = None
        self._place_again = 0.0
        self._task: asyncio.Task[None] | None = None
        self._unreachable = False

    def start(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._task = asyncio.create_task(self._run())
        self.watch.start()

    async def stop(self) -> None:
        await self.watch.stop()
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
        self._place_again = 0.0
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
        if await self._placed(orders):
            orders = await read(unsettled_orders)
        urls = self._urls
        due = [
            order
            for order in orders
            if order.holder in urls
            and self._confirmed.get(order.sitting) != (order.claim, order.version)
        ]
        sent = await asyncio.gather(*(self._send(urls[order.holder], order) for order in due))
        return all(sent)

    async def _placed(self, orders: list[MediaOrder]) -> bool:
        """See to it that every sitting has a process that answers: now and then, when one has
        come, gone or got its sittings taken, and when a sitting has none. Whether some moved."""
        state = self.watch.up(), self.watch.down()
        homeless = any(order.holder not in self._urls for order in orders)
        if state == self._seen and not homeless and time.monotonic() < self._place_again:
            return False
        self._seen, self._place_again = state, time.monotonic() + LOOK_EVERY_S
        known = await read(servers)
        self._urls = {server.name: server.url for server in known}
        self.watch.know(known)
        up, down = self.watch.up(), self.watch.down()
        for name in down - self._given_up:
            logger.warning("media process %s is down", name)
            await self._write(lambda name=name: nobody_publishes_to(name))  # type: ignore[misc]
        self._given_up = down
        ready = up - {server.name for server in known if server.draining}
        moves = await read(lambda: plan(ready, down))
        if moves:
            await self._write(lambda: place(moves))
            again = [move for move in moves if move.claim]
            self.moved += len(again)
            if again:
                logger.warning("%d sittings go to another media process", len(again))
        return bool(moves)

    async def _write(self, job: Callable[[], None]) -> None:
        await asyncio.wrap_future(current_writer().call(job))

    async def _send(self, url: str, order: MediaOrder) -> bool:
        try:
            status = await self._client.obey(url, order)
        except httpx.HTTPError as error:
            if not self._unreachable:
                logger.warning("media does not answer: %s", error)
            self._unreachable = True
            return False
        self._unreachable = False
        self._confirmed[order.sitting] = (order.claim, order.version)
        if status.mode in {MediaMode.PURGED, MediaMode.ENDED}:
            await self._write(lambda: settle(status))
        return True
