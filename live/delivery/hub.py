"""Many sockets, one frame. A hub holds the sockets of one timeline in one process.

A socket that is still catching up gets what is broadcast afterwards; one that cannot keep up is
dropped, and comes back by position.
"""

import asyncio
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from live.protocol.frames import Stream

from .line import CLOSE_HIDDEN, FULL, SENT, Line, Outcome
from .packet import Packet
from .statistics import statistics

#: Bytes a connection may have waiting: beyond, latest values are skipped and entries drop it.
MAX_WAITING = 64 * 1024
#: Sockets written before others run (about 1 ms, 5 ms while the writer computes).
SLICE = 100
#: Turns of the event loop that others then get: a command needs three from its socket to the
#: writer, and with one between slices it would wait for three slices.
TURNS = 3


@dataclass(eq=False, slots=True)
class Socket:
    """One connection to one timeline."""

    stream: Stream
    person_id: int | None
    #: Who it counts for in presence: a person once, however many tabs; visitors by connection.
    presence_key: str
    line: Line
    #: Packets held back until this socket has caught up; None: it has.
    held: list[Packet] | None = field(default_factory=list)
    #: Bytes that may wait: catching up may take more than following does.
    limit: int = MAX_WAITING
    dropped: bool = False

    def drop(self) -> None:
        """End the connection; the client comes back and catches up by position."""
        if not self.dropped:
            self.dropped = True
            self.line.abort()

    def expel(self) -> None:
        """Say goodbye to somebody for whom this no longer is; nothing more is sent."""
        if not self.dropped:
            self.dropped = True
            statistics.expelled += 1
            self.line.close(CLOSE_HIDDEN, "not public")

    def deliver(self, packet: Packet, replaceable: bool = False) -> bool:
        """Write to this socket, within its bounds. `replaceable`: a newer value follows anyway.
        Whether it was written."""
        if self.dropped:
            return False
        if self.held is not None:
            if not replaceable:
                self.held.append(packet)
            return False
        if self.limit > MAX_WAITING and self.line.waiting <= MAX_WAITING:
            # What it lacked has gone out: from now on it is bounded like everyone.
            self.limit = MAX_WAITING
        return self._became(self.line.send(packet, self.limit), replaceable)

    def _became(self, outcome: Outcome, replaceable: bool) -> bool:
        if outcome == SENT:
            return True
        if outcome == FULL and replaceable:
            statistics.skipped += 1
        elif outcome == FULL:
            statistics.dropped += 1
            self.drop()
        else:
            self.dropped = True
        return False

    def caught_up(self, *packets: Packet) -> None:
        """Send what it lacked, then what was held back meanwhile; from now on it is live."""
        held, self.held = self.held or [], None
        backlog = (*packets, *held)
        self.limit = MAX_WAITING + sum(len(packet.frame) for packet in backlog)
        if backlog and not self.dropped:
            self._became(self.line.send_all(backlog, self.limit), replaceable=False)
        if not self.line.waiting:
            self.limit = MAX_WAITING


class Hub:
    """The sockets of one timeline in this process."""

    def __init__(self) -> None:
        # Dicts keep the order of joining; a set's order would change with every resize.
        self._sockets: dict[Stream, dict[Socket, None]] = {stream: {} for stream in Stream}
        self._people: dict[int, set[Socket]] = {}
        self._present: Counter[str] = Counter()

    def add(self, socket: Socket) -> None:
        self._sockets[socket.stream][socket] = None
        self._present[socket.presence_key] += 1
        if socket.person_id is not None:
            self._people.setdefault(socket.person_id, set()).add(socket)

    def remove(self, socket: Socket) -> None:
        if socket not in self._sockets[socket.stream]:
            return
        del self._sockets[socket.stream][socket]
        self._present[socket.presence_key] -= 1
        if not self._present[socket.presence_key]:
            del self._present[socket.presence_key]
        if socket.person_id is not None and (mine := self._people.get(socket.person_id)):
            mine.discard(socket)
            if not mine:
                del self._people[socket.person_id]

    @property
    def size(self) -> int:
        return sum(map(len, self._sockets.values()))

    @property
    def people(self) -> int:
        """People here now, each once."""
        return len(self._present)

    @property
    def signed_in(self) -> set[int]:
        """Who is here by name."""
        return set(self._people)

    def count(self, stream: Stream) -> int:
        return len(self._sockets[stream])

    def has(self, stream: Stream) -> bool:
        return bool(self._sockets[stream])

    def sockets(self) -> list[Socket]:
        return [socket for group in self._sockets.values() for socket in group]

    def staff(self) -> dict[int, list[Socket]]:
        """The connections to the staff stream, by person."""
        found: dict[int, list[Socket]] = {}
        for socket in self._sockets[Stream.STAFF]:
            if socket.person_id is not None:
                found.setdefault(socket.person_id, []).append(socket)
        return found

    def knows(self, person_id: int) -> bool:
        return person_id in self._people

    async def broadcast(
        self, packets: Mapping[Stream, Packet], *, replaceable: bool = False
    ) -> None:
        """Write to everyone who is on these streams now.

        Whoever joins while this goes on is not among them; they find the packet in what they
        catch up with.
        """
        # All lists are taken before anything is written, which lets others run in between.
        groups = [(list(self._sockets[stream]), packet) for stream, packet in packets.items()]
        for sockets, packet in groups:
            await self._write(sockets, packet, replaceable)

    async def to_everyone(self, packet: Packet, *, replaceable: bool = False) -> None:
        await self.broadcast(dict.fromkeys(Stream, packet), replaceable=replaceable)

    def to_person(self, person_id: int, packet: Packet) -> None:
        """Write to all connections of one person."""
        for socket in list(self._people.get(person_id, ())):
            socket.deliver(packet)

    @staticmethod
    async def _write(sockets: Sequence[Socket], packet: Packet, replaceable: bool) -> None:
        for start in range(0, len(sockets), SLICE):
            for _ in range(TURNS if start else 0):
                await asyncio.sleep(0)
            statistics.deliveries += _write_to(sockets[start : start + SLICE], packet, replaceable)


def _write_to(sockets: Sequence[Socket], packet: Packet, replaceable: bool) -> int:
    """Write to some sockets; how many were written to. The loop that everything else is for:
    what it touches of a socket that keeps up is four objects."""
    frame = packet.frame
    size = len(frame)
    written = 0
    for socket in sockets:
        line = socket.line
        fast = line.fast
        if fast is None or socket.held is not None:
            written += socket.deliver(packet, replaceable)
            continue
        try:
            sent = fast(frame)
        except OSError:
            written += socket.deliver(packet, replaceable)
            continue
        if sent != size:
            line.rest(frame, sent)
        written += 1
    return written
