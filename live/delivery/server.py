"""Our daphne: it hands the wire to the application, and starts and drains what web needs."""

import asyncio
import gc
import logging
import sys
from collections.abc import Awaitable, Callable
from typing import Any

from daphne.server import Server as DaphneServer
from twisted.internet import defer, reactor

from .greeting import format_only_what_is_shown
from .wire import EXTENSION, Transport, Wire

logger = logging.getLogger(__name__)

#: Seconds that clients, requests and commands under way get after SIGTERM.
DRAIN_SECONDS = 15.0
#: WebSocket pings from the server; `Wire` finds dead peers by TCP, and something is sent to
#: everyone every few seconds anyway.
PING_SECONDS = 3600
TIMEOUTS_EVERY_S = 10

#: What is loaded at start-up lives for ever, and connections hold no cycles that matter: young
#: collections are made rare and full ones rarer (docs/performance.md has what each costs).
GC_THRESHOLDS = (50_000, 50, 1_000)
#: Every `send` lets go of the interpreter; while the writer computes, the loop gets it back after
#: so long. The default of 5 ms would make a fan-out wait for the writer at each socket.
SWITCH_S = 0.0001


class Server(DaphneServer):  # type: ignore[misc]
    """daphne with our handle in the scope, start-up and shut-down of the process's services."""

    def __init__(
        self,
        *args: Any,
        on_start: Callable[[], Awaitable[None]],
        on_stop: Callable[[], Awaitable[None]],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, ping_interval=PING_SECONDS, **kwargs)
        self._on_start = on_start
        self._on_stop = on_stop

    def create_application(self, protocol: Any, scope: dict[str, Any]) -> Any:
        if scope["type"] == "websocket" and (wire := Wire.of(protocol)) is not None:
            scope.setdefault("extensions", {})[EXTENSION] = wire
        return super().create_application(protocol, scope)

    def listen_success(self, port: Any) -> None:
        super().listen_success(port)
        port.transport = Transport

    def timeout_checker(self) -> None:
        """daphne looks at every connection every two seconds; for what is left to find, seldom
        is enough."""
        for protocol in list(self.connections):
            protocol.check_timeouts()
        reactor.callLater(TIMEOUTS_EVERY_S, self.timeout_checker)  # type: ignore[arg-type]

    def run(self) -> None:
        format_only_what_is_shown()
        reactor.callWhenRunning(self._start)
        super().run()

    def kill_all_applications(self) -> Any:
        """daphne's last step before the reactor ends; the drain comes first, or commands under
        way would be cut off before they are answered."""
        return defer.ensureDeferred(self._drain())

    def _start(self) -> None:
        defer.ensureDeferred(self._start_services()).addErrback(self._failed)

    async def _start_services(self) -> None:
        await defer.Deferred.fromFuture(asyncio.ensure_future(self._on_start()))
        gc.collect()
        gc.freeze()
        gc.set_threshold(*GC_THRESHOLDS)
        sys.setswitchinterval(SWITCH_S)

    def _failed(self, failure: Any) -> None:
        logger.critical("start-up failed: %s", failure.getTraceback())
        self.stop()

    async def _drain(self) -> None:
        for listener in self.listeners:
            port: Any = getattr(listener, "result", None)
            if hasattr(port, "stopListening"):
                port.stopListening()
        stopping = asyncio.ensure_future(asyncio.wait_for(self._on_stop(), DRAIN_SECONDS))
        try:
            await defer.Deferred.fromFuture(stopping)
        except Exception:
            logger.exception("draining")
        # A connection that never got as far as an application has none to end.
        self.connections: dict[Any, Any] = {
            protocol: details
            for protocol, details in self.connections.items()
            if "application_instance" in details
        }
        await super().kill_all_applications()
