"""The rooms of a process."""

import asyncio

from live.actions.subjects import Subject, find_subject
from live.protocol.frames import Stream

from .hub import Socket
from .line import CLOSE_RESTART
from .presence import OwnBoard, PresenceBoard
from .pulse import Pulse
from .room import Room
from .shared_read import Kept
from .statistics import statistics

#: How old may be what is known of a subject when somebody wants in.
SUBJECT_LIFE_S = 1.0
#: Subjects remembered; whoever asks for made-up ones fills no memory.
SUBJECTS_KEPT = 256
#: Connections closed at once when the process ends.
TOGETHER = 50


class Rooms:
    """Each lives while somebody is in it, and a little longer."""

    LINGER_S = 30.0

    def __init__(self, board: PresenceBoard | None = None) -> None:
        self.board = board or OwnBoard()
        self._rooms: dict[str, Room] = {}
        self._starting: dict[str, asyncio.Lock] = {}
        self._subjects: dict[tuple[str, str], Kept[Subject]] = {}
        self._closing: set[asyncio.Future[None]] = set()
        self._pulse = Pulse(self._rooms.values)

    async def subject(self, kind: str, subject_id: str) -> Subject:
        """What a timeline is about, whoever may see it, read for all who want in at the same time.
        Raises `Refused` when there is none."""
        kept = self._subjects.get((kind, subject_id))
        if kept is None:
            if len(self._subjects) >= SUBJECTS_KEPT:
                self._subjects.pop(next(iter(self._subjects)))
            kept = Kept(lambda: find_subject(kind, subject_id), SUBJECT_LIFE_S)
            self._subjects[kind, subject_id] = kept
        return kept.at_hand or await kept.get()

    async def enter(self, subject: Subject, socket: Socket) -> Room:
        """The room of a subject, with the socket in it (held back until it has caught up)."""
        self._pulse.start()
        room = self._rooms.get(subject.key)
        if room is None:
            async with self._starting.setdefault(subject.key, asyncio.Lock()):
                room = self._rooms.get(subject.key)
                if room is None:
                    room = Room(
                        subject,
                        self.board,
                        # What was read of it while it was public counts no longer.
                        on_hidden=lambda: self._forget(subject),
                    )
                    await room.start()
                    self._rooms[subject.key] = room
        room.hub.add(socket)
        return room

    def _forget(self, subject: Subject) -> None:
        self._subjects.pop((subject.kind, subject.id), None)

    def leave(self, room: Room, socket: Socket) -> None:
        room.hub.remove(socket)
        if not room.hub.size:
            loop = asyncio.get_running_loop()
            loop.call_later(self.LINGER_S, self._close_if_empty, room)

    def _close_if_empty(self, room: Room) -> None:
        key = room.subject.key
        if not room.hub.size and self._rooms.get(key) is room:
            del self._rooms[key]
            self._starting.pop(key, None)
            closing = asyncio.ensure_future(room.stop())
            self._closing.add(closing)
            closing.add_done_callback(self._closing.discard)

    def nudge(self, timeline_id: str | None, committed_at: float | None = None) -> None:
        """A timeline grew; None: any of them."""
        self.touch()
        if timeline_id is None:
            self._pulse.wake()
            return
        for room in self._rooms.values():
            if room.timeline_id == timeline_id:
                room.nudge(committed_at)

    def touch(self) -> None:
        """Something was written: counters may have moved."""
        self._pulse.touch()
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
        await self._pulse.stop()
        await asyncio.gather(*(room.stop() for room in self._rooms.values()))
        await self.board.close()

    @property
    def sizes(self) -> dict[str, int]:
        """Connections per subject."""
        return {key: room.hub.size for key, room in self._rooms.items()}

    def connections(self, stream: Stream) -> int:
        """Connections of this process to one of the streams."""
        return sum(room.hub.count(stream) for room in self._rooms.values())

    def present(self, stream: Stream, key: str) -> bool:
        room = self._rooms.get(key)
        return bool(room and room.hub.has(stream))
