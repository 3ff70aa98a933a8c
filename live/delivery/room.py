"""A room: one timeline in one process. It follows the timeline and tells its sockets."""

import asyncio
import contextlib
import logging
import time
from typing import Any

from communes.permissions import STAFF
from live.actions.access import present_roles
from live.protocol.frames import LatestFrame, MineFrame, Stream
from live.protocol.registry import registry
from live.protocol.states import PresenceState

from .hub import Hub, Packet, Socket
from .reader import read
from .tail import Position, grow, here
from .writer import current_writer

logger = logging.getLogger(__name__)

#: Behind every nudge: how long a lost one may delay an entry.
POLL_S = 1.0
#: After an entry went out at once, the next ones gather for so long: more in larger rooms.
WINDOW_MIN_S, WINDOW_MAX_S, WINDOW_FULL_AT = 0.05, 0.25, 10_000
TICK_S = 0.25
#: Something is sent at least so often (`WelcomeFrame.heartbeat_s`).
HEARTBEAT_S = 15
PRESENCE_EVERY_S = 1.0
#: How often it is looked whether a counter should go on the timeline.
ENTRIES_EVERY_S = 1.0
#: How often it is looked whether those on the staff stream still are staff.
STAFF_EVERY_S = 10.0


def now_ms() -> int:
    return int(time.time() * 1000)


class Room:
    """The hub of a timeline, with the tasks that feed it."""

    def __init__(self, sitting_id: str, timeline_id: str) -> None:
        self.sitting_id = sitting_id
        self.timeline_id = timeline_id
        self.hub = Hub()
        self._nudged = asyncio.Event()
        self._position: Position | None = None
        self._counters: dict[str, Any] = {}
        self._presence = -1
        self._tasks: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        self._position = await read(lambda: here(self.timeline_id))
        self._tasks = [
            asyncio.create_task(self._forever(self._follow)),
            asyncio.create_task(self._forever(self._tick)),
            asyncio.create_task(self._forever(self._check_staff)),
        ]

    async def stop(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def nudge(self) -> None:
        self._nudged.set()

    async def counters(self) -> dict[str, Any]:
        """The present values of the `latest` keys, for somebody who joins."""
        values = await read(self._read_counters)
        return {**values, "presence": PresenceState(people=self.hub.people).model_dump()}

    async def tell(self, person_id: int, values: dict[str, Any]) -> None:
        """Send `mine` values to all connections of one person."""
        if self.hub.knows(person_id):
            frame = MineFrame(timeline=self.timeline_id, whole=False, values=values)
            await self.hub.to_person(person_id, Packet.of(frame.model_dump_json()))

    async def _forever(self, step: Any) -> None:
        while True:
            try:
                await step()
            except asyncio.CancelledError:
                raise
            except Exception:
                # The database may be away for a while; the room outlives it.
                logger.exception("room of %s", self.sitting_id)
                await asyncio.sleep(POLL_S)

    async def _follow(self) -> None:
        """One turn: wait for a nudge, send what is new at once, let what follows gather."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._nudged.wait(), POLL_S)
        self._nudged.clear()
        if await self._catch_up():
            share = min(self.hub.size / WINDOW_FULL_AT, 1.0)
            await asyncio.sleep(WINDOW_MIN_S + (WINDOW_MAX_S - WINDOW_MIN_S) * share)

    async def _catch_up(self) -> bool:
        grown = False
        while (since := self._position) is not None:
            growth = await read(lambda since=since: grow(self.timeline_id, since, now_ms()))  # type: ignore[misc]
            if growth is None:
                break
            grown = True
            self._position = growth.position
            for stream, packet in growth.packets.items():
                await self.hub.broadcast(stream, packet)
            for person_id, values in growth.personal:
                await self.tell(person_id, values)
            if not growth.more:
                break
        return grown

    async def _tick(self) -> None:
        """Four times a second: counters that moved; once a second: presence, entries due."""
        began = last_frame = last_presence = last_entries = 0.0
        while True:
            began = time.monotonic()
            values = await self._moved() if self.hub.size else {}
            if began - last_presence >= PRESENCE_EVERY_S:
                last_presence = began
                people = self.hub.people
                if people != self._presence or began - last_frame >= HEARTBEAT_S - 1:
                    self._presence = people
                    values["presence"] = PresenceState(people=people).model_dump()
            if values and self.hub.size:
                last_frame = began
                frame = LatestFrame(timeline=self.timeline_id, values=values)
                packet = Packet.of(frame.model_dump_json())
                await self.hub.to_everyone(packet, replaceable=True)
            if began - last_entries >= ENTRIES_EVERY_S:
                last_entries = began
                await self._write_entries_due()
            await asyncio.sleep(max(0.0, TICK_S - (time.monotonic() - began)))

    async def _check_staff(self) -> None:
        """Send away whoever lost the role that let them onto the staff stream."""
        await asyncio.sleep(STAFF_EVERY_S)
        staff = self.hub.staff()
        for person_id, sockets in staff.items():
            roles = await read(lambda who=person_id: present_roles(who, self.sitting_id))  # type: ignore[misc]
            if not roles & STAFF:
                for socket in sockets:
                    socket.drop()

    def _read_counters(self) -> dict[str, Any]:
        values: dict[str, Any] = {}
        for counter in registry.counters:
            values |= counter.live(self.sitting_id)
        return values

    async def _moved(self) -> dict[str, Any]:
        values = await read(self._read_counters)
        moved = {key: value for key, value in values.items() if self._counters.get(key) != value}
        self._counters = values
        return moved

    async def _write_entries_due(self) -> None:
        for counter in registry.counters:
            due = await read(lambda counter=counter: counter.due(self.sitting_id))  # type: ignore[misc]
            for what, key in due:
                await asyncio.wrap_future(
                    current_writer().call(
                        lambda counter=counter, what=what, key=key: counter.write(  # type: ignore[misc]
                            self.sitting_id, what, key
                        )
                    )
                )


class Rooms:
    """The rooms of this process; each lives while somebody is in it, and a little longer."""

    LINGER_S = 30.0

    def __init__(self) -> None:
        self._rooms: dict[str, Room] = {}
        self._starting: dict[str, asyncio.Lock] = {}

    async def enter(self, sitting_id: str, timeline_id: str, socket: Socket) -> Room:
        """The room of a sitting, with the socket in it (held back until it has caught up)."""
        async with self._starting.setdefault(sitting_id, asyncio.Lock()):
            room = self._rooms.get(sitting_id)
            if room is None:
                room = Room(sitting_id, timeline_id)
                await room.start()
                self._rooms[sitting_id] = room
            room.hub.add(socket)
        return room

    def leave(self, room: Room, socket: Socket) -> None:
        room.hub.remove(socket)
        if not room.hub.size:
            loop = asyncio.get_running_loop()
            loop.call_later(self.LINGER_S, self._close_if_empty, room)

    def _close_if_empty(self, room: Room) -> None:
        if not room.hub.size and self._rooms.get(room.sitting_id) is room:
            del self._rooms[room.sitting_id]
            self._starting.pop(room.sitting_id, None)
            self._closing = asyncio.ensure_future(room.stop())

    def nudge(self, timeline_id: str | None) -> None:
        for room in self._rooms.values():
            if timeline_id is None or room.timeline_id == timeline_id:
                room.nudge()

    async def stop(self) -> None:
        await asyncio.gather(*(room.stop() for room in self._rooms.values()))

    @property
    def sizes(self) -> dict[str, int]:
        """Connections per sitting."""
        return {sitting_id: room.hub.size for sitting_id, room in self._rooms.items()}

    def present(self, stream: Stream, sitting_id: str) -> bool:
        room = self._rooms.get(sitting_id)
        return bool(room and room.hub.has(stream))
