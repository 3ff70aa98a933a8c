"""The fast path to a daphne WebSocket: a prebuilt frame, written to the transport.

Everything that touches daphne's, autobahn's or Twisted's inner workings for sending is here, and
`tests/live/test_wire.py` fails when they change. The rules:

* only while the WebSocket is open and the transport connected: never after close;
* straight to the kernel only when the transport has nothing buffered, and then through the
  transport's own socket object, never through a bare descriptor that might be reused;
* what the kernel does not take goes to the transport, which sends it in order;
* no compression: a frame is the same bytes for everyone.
"""

from typing import Any

from autobahn.websocket.protocol import WebSocketProtocol

#: The key in the ASGI scope's `extensions` under which `Server` hands a `Wire` over.
EXTENSION = "palabre.wire"


def text_frame(payload: bytes) -> bytes:
    """A final, unmasked text frame (RFC 6455 section 5.2)."""
    size = len(payload)
    if size < 126:
        head = bytes((0x81, size))
    elif size < 65536:
        head = b"\x81\x7e" + size.to_bytes(2, "big")
    else:
        head = b"\x81\x7f" + size.to_bytes(8, "big")
    return head + payload


class Wire:
    """One WebSocket's outgoing side."""

    __slots__ = ("_protocol",)

    def __init__(self, protocol: Any) -> None:
        self._protocol = protocol

    @property
    def is_open(self) -> bool:
        protocol = self._protocol
        return (
            protocol.state == WebSocketProtocol.STATE_OPEN
            and protocol.transport is not None
            and not protocol.transport.disconnecting
        )

    @property
    def waiting(self) -> int:
        """Bytes that the transport holds because the other side does not read."""
        transport = self._protocol.transport
        held: int = len(transport.dataBuffer) - transport.offset + transport._tempDataLen
        return held

    def write(self, frame: bytes) -> bool:
        """Send a prebuilt frame. False when the connection is closing or gone."""
        if not self.is_open:
            return False
        transport = self._protocol.transport
        if self.waiting:
            transport.write(frame)
            return True
        sent = transport.writeSomeData(frame)
        if not isinstance(sent, int) or sent < 0:
            # Twisted's CONNECTION_LOST or CONNECTION_DONE: its own reader will notice and close.
            return False
        if sent < len(frame):
            transport.write(frame[sent:])
        return True

    def abort(self) -> None:
        """Drop the connection at once; the client comes back and catches up by position."""
        transport = self._protocol.transport
        if transport is not None:
            transport.abortConnection()
