"""The fast path to a daphne WebSocket: a prebuilt frame, given to the kernel.

Everything that touches daphne's, autobahn's or Twisted's inner workings for sending is here, and
`tests/delivery/test_wire.py` fails when they change. The rules:

* only while the WebSocket is open and the transport connected: never after close;
* straight to the kernel only when the transport has nothing buffered, and then through the
  transport's own socket object, never through a bare descriptor, which another connection may
  have been given since (a closed socket object refuses);
* what the kernel does not take goes to the transport, which sends it in order;
* no compression: a frame is the same bytes for everyone;
* no waiting: whoever reads too slowly is refused, by how many bytes the transport holds.

All of this is decided when it changes, not for every frame: `Wire.fast` is the socket's own
`send` as long as all rules allow it, and None otherwise. Twisted asks a transport to start
writing whenever it has something buffered or is to be closed, and to stop when all has gone or the
connection is lost; `Transport` listens to both.
"""

import socket
from collections.abc import Callable, Sequence
from typing import Any

from autobahn.websocket.protocol import WebSocketProtocol
from twisted.internet import tcp

from .line import FULL, GONE, SENT, Outcome
from .packet import Packet

#: The key in the ASGI scope's `extensions` under which `Server` hands a `Wire` over.
EXTENSION = "palabre.wire"

#: Bytes that the kernel keeps for one client (it doubles this for its own book-keeping). Without
#: it a client that stopped reading costs 4 MB before anybody notices.
SEND_BUFFER = 64 * 1024
#: A peer that acknowledges nothing for so long is gone (RFC 5482). Something is sent at least
#: every heartbeat, so this takes the place of WebSocket pings, and costs no Python.
DEAD_AFTER_MS = 40_000

_OPEN = WebSocketProtocol.STATE_OPEN


class Transport(tcp.Server):
    """Twisted's, telling its wire when it may be written to directly."""

    wire: "Wire | None" = None

    def startWriting(self) -> None:
        if self.wire is not None:
            self.wire.fast = None
        super().startWriting()  # type: ignore[no-untyped-call]

    def stopWriting(self) -> None:
        super().stopWriting()  # type: ignore[no-untyped-call]
        if self.wire is not None:
            self.wire.reconsider()

    def connectionLost(self, reason: Any) -> None:
        if self.wire is not None:
            self.wire.fast = None
            # The two hold each other, and the collector comes seldom.
            self.wire = None
        super().connectionLost(reason)


class Wire:
    """One WebSocket's outgoing side, a `Line`."""

    __slots__ = ("_protocol", "_transport", "fast")

    def __init__(self, protocol: Any) -> None:
        self._protocol = protocol
        self._transport = transport = protocol.transport
        #: The socket's `send`, while a frame may go straight to the kernel.
        self.fast: Callable[[bytes], int] | None = None
        raw = transport.socket
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER)
        raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, DEAD_AFTER_MS)
        # The HTTP channel before the upgrade stays the transport's producer and with it alive;
        # nobody needs it any more.
        transport.unregisterProducer()
        transport.wire = self

    @classmethod
    def of(cls, protocol: Any) -> "Wire | None":
        """The wire of a WebSocket; None when it came over a transport that is not ours."""
        return cls(protocol) if isinstance(protocol.transport, Transport) else None

    @property
    def is_open(self) -> bool:
        transport = self._transport
        return (
            self._protocol.state == _OPEN
            and bool(transport.connected)
            and not transport.disconnecting
            and not transport._aborting
        )

    @property
    def waiting(self) -> int:
        """Bytes that the transport holds because the other side does not read."""
        transport = self._transport
        held: int = len(transport.dataBuffer) - transport.offset + transport._tempDataLen
        return held

    def reconsider(self) -> None:
        """Something changed: may frames go straight to the kernel now?"""
        allowed = self.is_open and not self.waiting
        self.fast = self._transport.socket.send if allowed else None

    def send(self, packet: Packet, limit: int) -> Outcome:
        """Send, unless more than `limit` bytes wait. `Hub` takes the direct way itself."""
        return self._write(packet.frame, limit)

    def send_all(self, packets: Sequence[Packet], limit: int) -> Outcome:
        """Frames follow each other on the wire anyway: one call of the kernel for all."""
        return self._write(b"".join([packet.frame for packet in packets]), limit)

    def _write(self, frame: bytes, limit: int) -> Outcome:
        fast = self.fast
        if fast is not None:
            try:
                sent = fast(frame)
            except BlockingIOError:
                sent = 0
            except OSError:
                # The reactor will hear of it too, and tell the application.
                self.fast = None
                return GONE
            if sent < len(frame):
                self.rest(frame, sent)
            return SENT
        if not self.is_open:
            return GONE
        if self.waiting > limit:
            return FULL
        self._transport.write(frame)
        return SENT

    def rest(self, frame: bytes, sent: int) -> None:
        """The kernel took only `sent` bytes of a frame: the transport sends the others."""
        self._transport.write(frame[sent:])

    def close(self, code: int, reason: str = "") -> None:
        # autobahn's sendClose refuses codes of the protocol itself, such as 1012.
        if self.is_open:
            self._protocol.sendCloseFrame(code=code, reasonUtf8=reason.encode(), isReply=False)

    def abort(self) -> None:
        if self._transport.connected:
            self._transport.abortConnection()
