"""Our daphne: it hands the wire to the application, and starts and drains what web needs."""

import asyncio
import gc
import logging
from collections.abc import Awaitable, Callable
from typing import Any

from daphne.server import Server as DaphneServer
from twisted.internet import defer, reactor

from .wire import EXTENSION, Wire

logger = logging.getLogger(__name__)

#: Seconds that requests and commands under way get to finish after SIGTERM.
DRAIN_SECONDS = 8.0


class Server(DaphneServer):  # type: ignore[misc]
    """daphne with our handle in the scope, start-up and shut-down of the process's services."""

    def __init__(
        self,
        *args: Any,
        on_start: Callable[[], Awaitable[None]],
        on_stop: Callable[[], Awaitable[None]],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self._on_start = on_start
        self._on_stop = on_stop

    def create_application(self, protocol: Any, scope: dict[str, Any]) -> Any:
        if scope["type"] == "websocket":
            scope.setdefault("extensions", {})[EXTENSION] = Wire(protocol)
        return super().create_application(protocol, scope)

    def run(self) -> None:
        reactor.callWhenRunning(self._start)
        reactor.addSystemEventTrigger("before", "shutdown", self._stop)  # type: ignore[arg-type]
        super().run()

    def _start(self) -> None:
        defer.ensureDeferred(self._start_services()).addErrback(self._failed)

    async def _start_services(self) -> None:
        await defer.Deferred.fromFuture(asyncio.ensure_future(self._on_start()))
        # What is loaded now lives for ever: the collector need not look at it again, and fan-out
        # makes few cycles (measured in shared findings: full collections cost a quarter of it).
        gc.collect()
        gc.freeze()
        gc.set_threshold(50_000, 50, 1_000)

    def _failed(self, failure: Any) -> None:
        logger.critical("start-up failed: %s", failure.getTraceback())
        self.stop()

    def _stop(self) -> Any:
        stopping = asyncio.wait_for(self._on_stop(), DRAIN_SECONDS)
        return defer.Deferred.fromFuture(asyncio.ensure_future(stopping)).addErrback(
            lambda failure: logger.error("draining: %s", failure.getErrorMessage())
        )
