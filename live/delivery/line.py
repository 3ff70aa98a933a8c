"""A connection's outgoing side: `Wire` on our server, `AsgiLine` on any other."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Final, Literal, Protocol

from .packet import Packet

#: What became of a packet: on its way, too much waits already, or nobody is there any more.
SENT: Final = 0
FULL: Final = 1
GONE: Final = 2
Outcome = Literal[0, 1, 2]

#: RFC 6455 section 7.4.1 and its registry.
CLOSE_RESTART, CLOSE_TRY_LATER = 1012, 1013
#: Of our own (`live.transport.consumer`): as for a sitting that does not exist.
CLOSE_HIDDEN = 4404


class Line(Protocol):
    """Packets go out in the order they are given, whole or not at all."""

    @property
    def fast(self) -> Callable[[bytes], int] | None:
        """Takes a frame at once and says how many of its bytes it took, where that is possible."""

    def rest(self, frame: bytes, sent: int) -> None:
        """Send what `fast` did not take of a frame, before anything else."""

    @property
    def waiting(self) -> int:
        """Bytes that could not be handed on yet, because the other side does not read."""

    def send(self, packet: Packet, limit: int) -> Outcome:
        """Send, unless more than `limit` bytes wait."""

    def send_all(self, packets: Sequence[Packet], limit: int) -> Outcome:
        """Send all of them, unless more than `limit` bytes wait before the first."""

    def close(self, code: int, reason: str = "") -> None:
        """Say goodbye, after what was sent (RFC 6455 section 7.1.2)."""

    def abort(self) -> None:
        """End the connection at once."""


class AsgiLine:
    """Plain ASGI `send`. One task empties the queue, and only while there is something in it, so
    that a client whose server waits for it holds up nobody else."""

    __slots__ = ("_closing", "_queue", "_send", "_task", "waiting")
    #: There is none.
    fast = None

    def __init__(self, send: Callable[[dict[str, Any]], Awaitable[None]]) -> None:
        self._send = send
        self._queue: deque[tuple[int, dict[str, Any]]] = deque()
        self._task: asyncio.Task[None] | None = None
        self._closing = False
        self.waiting = 0

    def send(self, packet: Packet, limit: int) -> Outcome:
        if self._closing:
            return GONE
        if self.waiting > limit:
            return FULL
        self._put(len(packet.frame), {"type": "websocket.send", "text": packet.text})
        return SENT

    def send_all(self, packets: Sequence[Packet], limit: int) -> Outcome:
        outcome: Outcome = SENT
        for packet in packets:
            if outcome == SENT:
                outcome = self.send(packet, limit)
                limit += len(packet.frame)
        return outcome

    def rest(self, frame: bytes, sent: int) -> None:
        raise TypeError("ASGI takes whole messages")

    def close(self, code: int, reason: str = "") -> None:
        if not self._closing:
            self._closing = True
            self._put(0, {"type": "websocket.close", "code": code, "reason": reason})

    def abort(self) -> None:
        """As near as ASGI comes to it: nothing more is sent but the end."""
        self._queue.clear()
        self.waiting = 0
        self.close(CLOSE_TRY_LATER)

    def _put(self, size: int, event: dict[str, Any]) -> None:
        self.waiting += size
        self._queue.append((size, event))
        if self._task is None:
            self._task = asyncio.create_task(self._empty())

    async def _empty(self) -> None:
        try:
            while self._queue:
                size, event = self._queue.popleft()
                await self._send(event)
                self.waiting = max(0, self.waiting - size)
        except Exception:  # noqa: BLE001 - each server raises its own when the client has gone
            self._closing = True
            self._queue.clear()
        finally:
            self._task = None
