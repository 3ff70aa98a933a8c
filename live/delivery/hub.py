"""Many sockets, one frame. A hub serves one timeline in one process.

Each stream's frames are encoded and framed once and written to every socket of it. A socket that
is still catching up gets them afterwards; one that cannot keep up is dropped, and comes back by
position.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field

from live.protocol.frames import Stream

from .wire import Wire, text_frame

#: Bytes a connection may have waiting: beyond, latest values are skipped and entries drop it.
MAX_WAITING = 64 * 1024
#: Sockets written before others get a turn of the event loop.
SLICE = 500


@dataclass(frozen=True, slots=True)
class Packet:
    """One message for many: the JSON text, and the WebSocket frame around it, made once."""

    text: str
    frame: bytes

    @classmethod
    def of(cls, text: str) -> "Packet":
        return cls(text, text_frame(text.encode()))


@dataclass(eq=False, slots=True)
class Socket:
    """One connection to one timeline."""

    stream: Stream
    person_id: int | None
    #: Who it counts for in presence: a person once, however many tabs; visitors by connection.
    presence_key: str
    #: None on servers other than ours; then `send` is all there is.
    wire: Wire | None
    send: Callable[[str], Awaitable[None]]
    #: Frames held back until this socket has caught up; None: it has.
    held: list[Packet] | None = field(default_factory=list)
    dropped: bool = False

    def drop(self) -> None:
        """End the connection; the client comes back and catches up by position."""
        self.dropped = True
        if self.wire is not None:
            self.wire.abort()

    async def deliver(self, packet: Packet, *, replaceable: bool = False) -> None:
        """Write to this socket, within its bounds."""
        if self.dropped:
            return
        if self.held is not None:
            if not replaceable:
                self.held.append(packet)
            return
        if self.wire is None:
            await self.send(packet.text)
        elif self.wire.waiting > MAX_WAITING:
            if not replaceable:
                self.drop()
        elif not self.wire.write(packet.frame):
            self.dropped = True

    async def caught_up(self, *packets: Packet) -> None:
        """Send what it lacked, then what was held back meanwhile; from now on it is live."""
        held, self.held = self.held or [], None
        for packet in (*packets, *held):
            await self.deliver(packet)


class Hub:
    """The sockets of one timeline in this process."""

    def __init__(self) -> None:
        self._sockets: dict[Stream, set[Socket]] = {stream: set() for stream in Stream}
        self._people: dict[int, set[Socket]] = {}

    def add(self, socket: Socket) -> None:
        self._sockets[socket.stream].add(socket)
        if socket.person_id is not None:
            self._people.setdefault(socket.person_id, set()).add(socket)

    def remove(self, socket: Socket) -> None:
        self._sockets[socket.stream].discard(socket)
        if socket.person_id is not None and (mine := self._people.get(socket.person_id)):
            mine.discard(socket)
            if not mine:
                del self._people[socket.person_id]

    @property
    def size(self) -> int:
        return sum(len(sockets) for sockets in self._sockets.values())

    @property
    def people(self) -> int:
        """People here now, each once."""
        return len({socket.presence_key for group in self._sockets.values() for socket in group})

    def has(self, stream: Stream) -> bool:
        return bool(self._sockets[stream])

    def staff(self) -> dict[int, list[Socket]]:
        """The connections to the staff stream, by person."""
        found: dict[int, list[Socket]] = {}
        for socket in self._sockets[Stream.STAFF]:
            if socket.person_id is not None:
                found.setdefault(socket.person_id, []).append(socket)
        return found

    def knows(self, person_id: int) -> bool:
        return person_id in self._people

    async def broadcast(self, stream: Stream, packet: Packet, *, replaceable: bool = False) -> None:
        """Write to everyone on a stream. `replaceable`: a newer value will follow anyway."""
        await self._write(list(self._sockets[stream]), packet, replaceable)

    async def to_everyone(self, packet: Packet, *, replaceable: bool = False) -> None:
        for stream in Stream:
            await self.broadcast(stream, packet, replaceable=replaceable)

    async def to_person(self, person_id: int, packet: Packet) -> None:
        """Write to all connections of one person."""
        await self._write(list(self._people.get(person_id, ())), packet, False)

    @staticmethod
    async def _write(sockets: Iterable[Socket], packet: Packet, replaceable: bool) -> None:
        for number, socket in enumerate(sockets, start=1):
            await socket.deliver(packet, replaceable=replaceable)
            if number % SLICE == 0:
                await asyncio.sleep(0)
