"""The fast path: its rules, and the inner workings of others that it leans on.

The transport is Twisted's own over a real socket pair; only the reactor is ours, so that a test
decides when the socket is ready.
"""

import inspect
import os
import socket
from types import SimpleNamespace
from typing import Any

import daphne.server
import pytest
from autobahn.twisted.websocket import WebSocketServerProtocol
from autobahn.websocket import protocol
from autobahn.websocket.protocol import WebSocketProtocol
from twisted.internet import abstract, error, tcp
from twisted.python import failure

from live.delivery import greeting
from live.delivery.line import FULL, GONE, SENT
from live.delivery.packet import Packet
from live.delivery.wire import Transport, Wire

LIMIT = 64 * 1024


class Reactor:
    """Remembers what it was asked to watch."""

    def __init__(self) -> None:
        self.writers: set[Any] = set()
        self.later: list[Any] = []

    def addReader(self, reader: Any) -> None: ...

    def removeReader(self, reader: Any) -> None: ...

    def addWriter(self, writer: Any) -> None:
        self.writers.add(writer)

    def removeWriter(self, writer: Any) -> None:
        self.writers.discard(writer)

    def callLater(self, _seconds: float, function: Any, *args: Any) -> None:
        self.later.append((function, args))


class Protocol:
    """As much of autobahn's as a wire looks at."""

    state = WebSocketProtocol.STATE_OPEN
    transport: Any = None

    def connectionLost(self, reason: Any) -> None:
        self.state = WebSocketProtocol.STATE_CLOSED


class Ends:
    """A wire, its transport, and the other side's socket."""

    def __init__(self) -> None:
        ours, self.peer = socket.socketpair()
        ours.setblocking(False)
        self.peer.setblocking(False)
        reactor: Any = Reactor()
        self.reactor = reactor
        protocol: Any = Protocol()
        self.protocol = protocol
        address = ("127.0.0.1", 1)
        server: Any = SimpleNamespace(_realPortNumber=1)
        made: Any = Transport(ours, self.protocol, address, server, 1, self.reactor)
        self.transport = made
        self.protocol.transport = self.transport
        # A socket pair has no TCP options.
        self.transport.socket = _WithoutTcp(ours)
        self.wire = Wire(self.protocol)
        self.wire.reconsider()

    def received(self) -> bytes:
        """All that has arrived and can arrive: lets the transport write while it wants to."""
        got = b""
        while True:
            try:
                while part := self.peer.recv(1 << 20):
                    got += part
                return got
            except BlockingIOError:
                if not self.reactor.writers:
                    return got
                self.transport.doWrite()

    def fill(self) -> list[bytes]:
        """Send until the transport has to keep something; the frames, in order."""
        frames: list[bytes] = []
        while not self.wire.waiting:
            packet = Packet.of(f"{len(frames):06d}" + "x" * 4000)
            assert self.wire.send(packet, LIMIT) == SENT
            frames.append(packet.frame)
        return frames

    def lose(self) -> None:
        self.transport.connectionLost(failure.Failure(error.ConnectionLost()))


class _WithoutTcp:
    def __init__(self, real: socket.socket) -> None:
        self._real = real

    def setsockopt(self, level: int, *rest: Any) -> None:
        if level == socket.SOL_SOCKET:
            self._real.setsockopt(level, *rest)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)


@pytest.fixture
def ends():
    return Ends()


def test_a_frame_goes_straight_to_the_kernel(ends):
    packet = Packet.of('{"a":1}')
    assert ends.wire.fast is not None
    assert ends.wire.send(packet, LIMIT) == SENT
    assert ends.peer.recv(100) == packet.frame
    assert not ends.reactor.writers


def test_what_the_kernel_does_not_take_goes_out_in_order(ends):
    frames = ends.fill()
    assert ends.wire.fast is None, "something is buffered: nothing may overtake it"
    for number in range(3):
        packet = Packet.of(f"later {number}")
        assert ends.wire.send(packet, LIMIT) == SENT
        frames.append(packet.frame)
    assert ends.received() == b"".join(frames)
    assert ends.wire.fast is not None, "all has gone: the direct way is open again"


def test_whoever_does_not_read_is_refused_more_than_the_limit(ends):
    ends.fill()
    while (outcome := ends.wire.send(Packet.of("y" * 8000), LIMIT)) == SENT:
        assert ends.wire.waiting <= LIMIT + 8004
    assert outcome == FULL


def test_nothing_is_sent_after_a_close_frame(ends):
    def send_close_frame(**_: Any) -> None:
        ends.transport.write(b"\x88\x02\x03\xf4")
        ends.protocol.state = WebSocketProtocol.STATE_CLOSING

    ends.protocol.sendCloseFrame = send_close_frame
    ends.wire.close(1012, "service restart")
    assert ends.received() == b"\x88\x02\x03\xf4"
    assert ends.wire.send(Packet.of("late"), LIMIT) == GONE
    assert ends.received() == b""


@pytest.mark.parametrize("end", ["loseConnection", "abortConnection"])
def test_nothing_is_sent_to_a_connection_that_ends(ends, end):
    getattr(ends.transport, end)()
    assert ends.wire.fast is None
    assert ends.wire.send(Packet.of("late"), LIMIT) == GONE
    with pytest.raises(BlockingIOError):
        ends.peer.recv(10)


def test_a_reused_descriptor_gets_nothing(ends):
    stale = ends.wire.fast
    number = ends.transport.socket.fileno()
    ends.lose()
    reused, other = socket.socketpair()
    if reused.fileno() != number:
        os.dup2(reused.fileno(), number)
    other.setblocking(False)
    assert ends.wire.send(Packet.of("for somebody else"), LIMIT) == GONE
    assert stale is not None
    with pytest.raises(OSError, match="Bad file descriptor"):
        stale(b"for somebody else")
    with pytest.raises(BlockingIOError):
        other.recv(100)


def test_a_lost_connection_is_let_go_of(ends):
    ends.lose()
    assert ends.transport.wire is None
    ends.wire.abort()
    ends.wire.close(1000)


def test_a_peer_that_went_away_is_noticed_at_the_next_frame(ends):
    ends.peer.close()
    outcomes = {ends.wire.send(Packet.of("z" * 1000), LIMIT) for _ in range(3)}
    assert GONE in outcomes
    assert ends.wire.fast is None


# ── what others must not change without our noticing ──────────────────────────────────────────


def test_twisted_has_what_a_wire_looks_at(ends):
    for name in ("dataBuffer", "offset", "_tempDataLen", "disconnecting", "_aborting", "connected"):
        assert hasattr(ends.transport, name), name
    assert tcp.Port.transport is tcp.Server
    assert "self.transport(" in inspect.getsource(tcp.Port.doRead)
    assert "self.startWriting()" in inspect.getsource(abstract.FileDescriptor.write)
    assert "self.startWriting()" in inspect.getsource(abstract.FileDescriptor.writeSequence)
    assert "self.stopWriting()" in inspect.getsource(abstract.FileDescriptor.doWrite)


def test_autobahn_writes_to_the_transport_and_nowhere_else():
    assert "self.transport.write" in inspect.getsource(WebSocketServerProtocol.sendData)
    parameters = inspect.signature(WebSocketServerProtocol.sendCloseFrame).parameters
    assert {"code", "reasonUtf8", "isReply"} <= set(parameters)
    source = inspect.getsource(WebSocketServerProtocol.sendCloseFrame)
    assert source.index("self.sendFrame(") < source.index(
        "STATE_CLOSING\n            self.closedByMe"
    )


def test_several_frames_go_out_as_one_and_in_order(ends):
    packets = [Packet.of(f"number {number}") for number in range(3)]
    assert ends.wire.send_all(packets, LIMIT) == SENT
    assert ends.peer.recv(1000) == b"".join(packet.frame for packet in packets)
    frames = ends.fill()
    assert ends.wire.send_all(packets, LIMIT) == SENT
    assert ends.received() == b"".join([*frames, *(packet.frame for packet in packets)])


def test_autobahn_makes_no_text_of_what_no_log_shows(monkeypatch):
    asked: list[Any] = []

    def pformat(value: Any) -> str:
        asked.append(value)
        return "shown"

    monkeypatch.setitem(vars(protocol), "pformat", vars(protocol)["pformat"])
    monkeypatch.setattr(greeting, "pformat", pformat)
    greeting.format_only_what_is_shown()
    source = inspect.getsource(protocol.WebSocketProtocol._connectionMade)
    assert "pformat(" in source, "autobahn has changed: this may be needed no more"
    text = vars(protocol)["pformat"]({"a": 1})
    assert not asked
    assert f"{text}" == str(text) == "shown"


def test_daphne_calls_what_our_server_overrides():
    server = daphne.server.Server
    assert "self.kill_all_applications" in inspect.getsource(server.run)
    assert "self.listen_success" in inspect.getsource(server.run)
    assert "self.timeout_checker" in inspect.getsource(server.run)
    assert list(inspect.signature(server.create_application).parameters) == [
        "self",
        "protocol",
        "scope",
    ]
