"""Long answers at the reader's pace.

ASGI's `send` of daphne returns before anything has left: a slow telephone that downloads four
hours would have them all in our memory. So the answer is a producer of Twisted's, which is told
when to wait.
"""

import asyncio
from typing import Any, Protocol

from daphne.server import Server as DaphneServer

EXTENSION = "palabre.pace"


class _Channel(Protocol):
    def registerProducer(self, producer: object, streaming: bool) -> None: ...

    def unregisterProducer(self) -> None: ...


class Pace:
    """Says when there is room for more; `with` it while sending, and not for the last message."""

    def __init__(self, request: _Channel) -> None:
        self._request = request
        self._room = asyncio.Event()
        self._room.set()
        self._gone = False

    def __enter__(self) -> "Pace":
        self._request.registerProducer(self, True)
        return self

    def __exit__(self, *_: object) -> None:
        if not self._gone:
            self._request.unregisterProducer()

    async def room(self) -> bool:
        """Wait until there is room; False once the reader has left."""
        await self._room.wait()
        return not self._gone

    # Twisted's IPushProducer.
    def pauseProducing(self) -> None:
        self._room.clear()

    def resumeProducing(self) -> None:
        self._room.set()

    def stopProducing(self) -> None:
        self._gone = True
        self._room.set()


class Server(DaphneServer):  # type: ignore[misc]
    """daphne that hands a pace to the application."""

    def create_application(self, protocol: Any, scope: dict[str, Any]) -> Any:
        if scope["type"] == "http":
            scope.setdefault("extensions", {})[EXTENSION] = Pace(protocol)
        return super().create_application(protocol, scope)
