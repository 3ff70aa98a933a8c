"""Nudges: "this timeline grew". They carry no data; a lost one costs a second, never an entry.

And touches: "something was written, counters may have moved", at most ten times a second.

Three sources: this process's own commits; on SQLite, `PRAGMA data_version`, which changes when
any other connection commits; otherwise the channel layer, when there is one.
"""

import asyncio
import contextlib
import logging
import secrets
import threading
import time
from collections.abc import Callable
from typing import Any

from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer
from django.db import connection

from live.timeline.listeners import on_growth

logger = logging.getLogger(__name__)

GROUP = "palabre.timelines"
SQLITE_POLL_S = 0.05
RECONNECT_S = 1.0
#: Stands for a timeline's id in a message that no timeline grew.
TOUCH = ""
TOUCH_S = 0.1

#: Given a timeline's id, or None for "any of them", and when this process committed (monotonic
#: clock), where it was this process.
Listener = Callable[[str | None, float | None], None]


class Nudges:
    """The sources, joined; `listener` is called on the event loop."""

    def __init__(self, listener: Listener, touched: Callable[[], None]) -> None:
        self._listener, self._touched = listener, touched
        self._touching: asyncio.TimerHandle | None = None
        self._loop = asyncio.get_running_loop()
        self._stopped = threading.Event()
        self._layer: Any = get_channel_layer()
        self._tasks: set[asyncio.Task[None]] = set()
        self._me = secrets.token_hex(6)

    def start(self) -> None:
        global _running
        _running = self
        if connection.vendor == "sqlite":
            threading.Thread(target=self._watch_sqlite, name="nudges", daemon=True).start()
        if self._layer is not None:
            self._keep(self._subscribe())

    async def stop(self) -> None:
        global _running
        _running = None
        self._stopped.set()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def committed(self, timeline_id: str) -> None:
        """A commit of this process; called on the thread that wrote."""
        with contextlib.suppress(RuntimeError):  # the loop is closing
            self._loop.call_soon_threadsafe(self._announce, timeline_id, time.monotonic())

    def wrote(self) -> None:
        """The writer committed; called on its thread. SQLite's version tells of it anyway."""
        if connection.vendor != "sqlite":
            with contextlib.suppress(RuntimeError):
                self._loop.call_soon_threadsafe(self._touch_soon)

    def _touch_soon(self) -> None:
        if self._touching is None:
            self._touching = self._loop.call_later(TOUCH_S, self._touch)

    def _touch(self) -> None:
        self._touching = None
        self._touched()
        if self._layer is not None:
            self._keep(self._publish(TOUCH))

    def _announce(self, timeline_id: str, committed_at: float) -> None:
        self._listener(timeline_id, committed_at)
        if self._layer is not None:
            self._keep(self._publish(timeline_id))

    def _keep(self, work: Any) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _publish(self, timeline_id: str) -> None:
        try:
            message = {"type": "nudge", "timeline": timeline_id, "by": self._me}
            await self._layer.group_send(GROUP, message)
        except (TimeoutError, OSError) as error:
            logger.warning("nudge not sent: %s", error)
        except Exception:
            logger.warning("nudge not sent", exc_info=True)

    async def _subscribe(self) -> None:
        while True:
            try:
                channel = await self._layer.new_channel()
                await self._layer.group_add(GROUP, channel)
                # Whatever happened while nobody listened.
                self._listener(None, None)
                while True:
                    message = await self._layer.receive(channel)
                    if message.get("by") == self._me:
                        continue  # heard at the commit
                    if message["timeline"] == TOUCH:
                        self._touched()
                    else:
                        self._listener(message["timeline"], None)
            except asyncio.CancelledError:
                raise
            except Exception as error:  # noqa: BLE001 - redis raises its own family
                logger.warning("nudges interrupted, trying again: %s", error)
                await asyncio.sleep(RECONNECT_S)

    def _watch_sqlite(self) -> None:
        """Poll `PRAGMA data_version` (a few microseconds) on a connection of this thread."""
        version = None
        connection.ensure_connection()
        # Past Django's cursor, which costs ten times what SQLite does.
        raw = connection.connection
        while not self._stopped.wait(SQLITE_POLL_S):
            now = raw.execute("PRAGMA data_version").fetchone()[0]
            if now != version and version is not None:
                with contextlib.suppress(RuntimeError):
                    self._loop.call_soon_threadsafe(self._listener, None, None)
            version = now
        connection.close()


_running: Nudges | None = None


def _after_commit(timeline_id: str) -> None:
    if _running is not None:
        _running.committed(timeline_id)
    elif (layer := get_channel_layer()) is not None:
        # A management command: the web processes hear of it through the layer.
        try:
            async_to_sync(layer.group_send)(GROUP, {"type": "nudge", "timeline": timeline_id})
        except Exception:
            logger.warning("nudge not sent", exc_info=True)


on_growth(_after_commit)
