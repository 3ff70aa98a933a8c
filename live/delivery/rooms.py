"""The rooms of a process."""

import asyncio

from live.actions.access import visible_sitting
from live.models import Sitting
from live.protocol.frames import Stream

from .hub import Socket
from .line import CLOSE_RESTART
from .presence import OwnBoard, PresenceBoard
from .room import Room
from .shared_read import Kept
from .statistics import statistics

#: How old may be what is known of a sitting when somebody wants in.
SITTING_LIFE_S = 1.0
#: Sittings remembered; whoever asks for made-up ones fills no memory.
SITTINGS_KEPT = 256
#: Connections closed at once when the process ends.
TOGETHER = 50


class Rooms:
    """Each lives while somebody is in it, and a little longer."""

    LINGER_S = 30.0

    def __init__(self, board: PresenceBoard | None = None) -> None:
        self.board = board or OwnBoard()
        self._rooms: dict[str, Room] = {}
        self._starting: dict[str, asyncio.Lock] = {}
        self._sittings: dict[str, Kept[Sitting]] = {}
        self._closing: set[asyncio.Future[None]] = set()

    async def sitting(self, sitting_id: str) -> Sitting:
        """A sitting, whoever may see it, read for all who want in at the same time. Raises
        `Refused` when there is none."""
        kept = self._sittings.get(sitting_id)
        if kept is None:
            if len(self._sittings) >= SITTINGS_KEPT:
                self._sittings.pop(next(iter(self._sittings)))
            kept = Kept(lambda: existing_sitting(sitting_id), SITTING_LIFE_S)
            self._sittings[sitting_id] = kept
        return kept.at_hand or await kept.get()

    async def enter(self, sitting_id: str, timeline_id: str, socket: Socket) -> Room:
        """The room of a sitting, with the socket in it (held back until it has caught up)."""
        room = self._rooms.get(sitting_id)
        if room is None:
            async with self._starting.setdefault(sitting_id, asyncio.Lock()):
                room = self._rooms.get(sitting_id)
                if room is None:
                    room = Room(
                        sitting_id,
                        timeline_id,
                        self.board,
                        # What was read of it while it was public counts no longer.
                        on_hidden=lambda: self._forget(sitting_id),
                    )
                    await room.start()
                    self._rooms[sitting_id] = room
        room.hub.add(socket)
        return room

    def _forget(self, sitting_id: str) -> None:
        self._sittings.pop(sitting_id, None)

    def leave(self, room: Room, socket: Socket) -> None:
        room.hub.remove(socket)
        if not room.hub.size:
            loop = asyncio.get_running_loop()
            loop.call_later(self.LINGER_S, self._close_if_empty, room)

    def _close_if_empty(self, room: Room) -> None:
        if not room.hub.size and self._rooms.get(room.sitting_id) is room:
            del self._rooms[room.sitting_id]
            self._starting.pop(room.sitting_id, None)
            closing = asyncio.ensure_future(room.stop())
            self._closing.add(closing)
            closing.add_done_callback(self._closing.discard)

    def nudge(self, timeline_id: str | None, committed_at: float | None = None) -> None:
        for room in self._rooms.values():
            if timeline_id is None or room.timeline_id == timeline_id:
                room.nudge(committed_at)

    def touch(self) -> None:
        for room in self._rooms.values():
            room.touch()

    async def send_away(self, within_s: float) -> None:
        """Tell everyone that the service restarts, spread over `within_s` seconds, so that those
        who go on elsewhere do not arrive there all at once."""
        sockets = [socket for room in self._rooms.values() for socket in room.hub.sockets()]
        loop = asyncio.get_running_loop()
        began = loop.time()
        for start in range(0, len(sockets), TOGETHER):
            for socket in sockets[start : start + TOGETHER]:
                socket.line.close(CLOSE_RESTART, "service restart")
                statistics.restarted += 1
            due = began + within_s * (start + TOGETHER) / len(sockets)
            await asyncio.sleep(max(0.0, due - loop.time()))

    async def stop(self) -> None:
        await asyncio.gather(*(room.stop() for room in self._rooms.values()))
        await self.board.close()

    @property
    def sizes(self) -> dict[str, int]:
        """Connections per sitting."""
        return {sitting_id: room.hub.size for sitting_id, room in self._rooms.items()}

    def connections(self, stream: Stream) -> int:
        """Connections of this process to one of the streams."""
        return sum(room.hub.count(stream) for room in self._rooms.values())

    def present(self, stream: Stream, sitting_id: str) -> bool:
        room = self._rooms.get(sitting_id)
        return bool(room and room.hub.has(stream))


def existing_sitting(sitting_id: str) -> Sitting:
    """A sitting as staff would see it: the caller asks `may_see` for whoever wants in."""
    return visible_sitting(sitting_id, frozenset({"clerk"}))
