"""A room: one timeline in one process. It follows the timeline and tells its sockets."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from typing import Any

from communes.permissions import STAFF
from live.actions.access import insiders_among, roles_now
from live.actions.subjects import Subject
from live.protocol.frames import MineFrame, Stream
from live.protocol.registry import registry

from .hub import Hub, Socket
from .packet import Packet
from .presence import PresenceBoard
from .reader import read
from .recent import Recent
from .shared_read import Gathered, Kept
from .statistics import statistics
from .tail import Growth, Position, Snapshot, begin, grow, take_snapshot
from .ticks import Standing, Ticker

logger = logging.getLogger(__name__)

#: After a failure, until it is tried again.
PAUSE_S = 1.0
#: After an entry went out at once, the next ones gather for so long: more in larger rooms.
WINDOW_MIN_S, WINDOW_MAX_S, WINDOW_FULL_AT = 0.05, 0.25, 10_000
#: A kept snapshot is followed by at most so many entries before it is taken again.
SNAPSHOT_BEHIND = 50
SNAPSHOT_LIFE_S = 60.0
SNAPSHOT_TRIES = 3
#: How often it is looked whether those on the staff stream still are staff.
STAFF_EVERY_S = 10.0


def now_ms() -> int:
    return int(time.time() * 1000)


class Room:
    """The hub of a timeline, with the tasks that feed it."""

    def __init__(
        self,
        subject: Subject,
        board: PresenceBoard,
        on_hidden: Callable[[], None] = lambda: None,
    ) -> None:
        self.subject = subject
        self.timeline_id = timeline_id = subject.timeline_id
        self.hub = Hub()
        #: It is for staff alone; `on_hidden` is called when it becomes so.
        self._hidden = False
        self._on_hidden = on_hidden
        self._nudged = asyncio.Event()
        #: The first commit of this process since it was last read.
        self._committed_at: float | None = None
        self._position: Position | None = None
        self._recent: dict[Stream, Recent] = {}
        self._snapshots = {
            stream: Kept(
                lambda stream=stream: take_snapshot(timeline_id, stream, now_ms()),  # type: ignore[misc]
                SNAPSHOT_LIFE_S,
            )
            for stream in Stream
        }
        self._belongings = Gathered(self._read_belongings)
        self._ticker = Ticker(subject, self.hub, board)
        self._tasks: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        await self._begin()
        self._tasks = [
            asyncio.create_task(self._forever(step))
            for step in (self._follow, self._ticker.run, self._check_staff)
        ]

    async def stop(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._ticker.leave()

    def nudge(self, committed_at: float | None = None) -> None:
        """The timeline may have grown; `committed_at` (monotonic) when this process did it."""
        if self._committed_at is None:
            self._committed_at = committed_at
        self._nudged.set()
        self._ticker.touch()

    def touch(self) -> None:
        """Counters may have moved, which no entry tells of."""
        self._ticker.touch()

    def stand(self, standing: Standing) -> None:
        """What the counters are, where somebody asks for all rooms of a kind."""
        self._ticker.stand(standing)

    @property
    def position(self) -> Position | None:
        """How far it has read; None until it has begun."""
        return self._position

    # ── catching up ───────────────────────────────────────────────────────────────────────────

    async def bring_up_to_date(self, socket: Socket, since: int | None, epoch: str | None) -> None:
        """Send a socket that has just been added what it lacks; from then on it is live."""
        backlog = self._at_hand(socket.stream, since, epoch)
        if backlog is None:
            statistics.from_database += 1
            backlog = await self._from_database(socket.stream)
        if socket.person_id is not None:
            values = await self._belongings.get(socket.person_id) or {}
            frame = MineFrame(timeline=self.timeline_id, whole=True, values=values)
            backlog.append(Packet.of(frame.model_dump_json()))
        latest = self._ticker.at_hand or await self._ticker.counters()
        socket.caught_up(*backlog, latest)

    def _at_hand(self, stream: Stream, since: int | None, epoch: str | None) -> list[Packet] | None:
        """The backlog without a read, as of now."""
        recent = self._recent[stream]
        if since is not None and (packet := recent.since(since, epoch)) is not None:
            statistics.from_ring += 1
            return [packet]
        if since is not None and epoch == recent.epoch and since > recent.position:
            # They were told more elsewhere than this process knows: the database knows best.
            self.nudge()
            return None
        kept = self._snapshots[stream].at_hand
        if kept is None or recent.position - kept.seq > SNAPSHOT_BEHIND:
            self._snapshots[stream].forget()
            return None
        backlog = self._with_snapshot(recent, kept)
        statistics.from_memory += backlog is not None
        return backlog

    @staticmethod
    def _with_snapshot(recent: Recent, kept: Snapshot) -> list[Packet] | None:
        """A snapshot and what came after it; None when the two do not meet."""
        if kept.epoch != recent.epoch:
            return None
        if kept.seq >= recent.position:
            return [kept.packet]
        packet = recent.since(kept.seq, kept.epoch)
        return None if packet is None else [kept.packet, packet]

    async def _from_database(self, stream: Stream) -> list[Packet]:
        """A fresh snapshot. The socket's `held` packets follow it; those that the snapshot has
        already are whole states too, and known by their position."""
        for _ in range(SNAPSHOT_TRIES):
            kept = await self._snapshots[stream].get()
            backlog = self._with_snapshot(self._recent[stream], kept)
            if backlog is not None:
                return backlog
            # Read while positions lost their meaning, or very long ago.
            self._snapshots[stream].forget()
        return [kept.packet]

    def _read_belongings(self, people: list[int]) -> dict[int, dict[str, Any]]:
        values: dict[int, dict[str, Any]] = {}
        for belongings in registry.features[self.subject.kind].belongings:
            for person, theirs in belongings(self.subject.id, people).items():
                values.setdefault(person, {}).update(theirs)
        return values

    async def tell(self, person_id: int, values: dict[str, Any]) -> None:
        """Send `mine` values to all connections of one person."""
        if self.hub.knows(person_id):
            frame = MineFrame(timeline=self.timeline_id, whole=False, values=values)
            self.hub.to_person(person_id, Packet.of(frame.model_dump_json()))

    # ── following ─────────────────────────────────────────────────────────────────────────────

    async def _forever(self, step: Callable[[], Awaitable[None]]) -> None:
        while True:
            try:
                await step()
            except asyncio.CancelledError:
                raise
            except Exception:
                # The database may be away for a while; the room outlives it.
                logger.exception("room of %s", self.subject.key)
                await asyncio.sleep(PAUSE_S)

    async def _begin(self) -> None:
        start = await read(lambda: begin(self.subject))
        self._position, self._recent = start.position, start.recent
        self._hidden = start.hidden

    async def _follow(self) -> None:
        """One turn: wait for a nudge, send what is new at once, let what follows gather. A nudge
        that got lost is made good by the rooms' pulse."""
        await self._nudged.wait()
        self._nudged.clear()
        if await self._catch_up():
            await asyncio.sleep(self.window_s)

    @property
    def window_s(self) -> float:
        """How long entries gather after one went out."""
        share = min(self.hub.size / WINDOW_FULL_AT, 1.0)
        return WINDOW_MIN_S + (WINDOW_MAX_S - WINDOW_MIN_S) * share

    async def _catch_up(self) -> bool:
        grown = False
        committed_at, self._committed_at = self._committed_at, None
        while (since := self._position) is not None:
            growth = await read(lambda since=since: grow(self.subject, since))  # type: ignore[misc]
            if growth is None:
                break
            grown = True
            if growth.position.epoch != since.epoch:
                await self._start_again()
                break
            await self._tell_all(growth)
            if not growth.more:
                break
        if grown and committed_at is not None:
            statistics.commit_to_socket.add(time.monotonic() - committed_at)
        return grown

    async def _tell_all(self, growth: Growth) -> None:
        if growth.hidden is not None:
            await self._hide(growth.hidden)
        # Position, ring and the list of who gets it change together, before anybody else runs.
        self._position = growth.position
        packets = {
            stream: self._recent[stream].extend(entries)
            for stream, entries in growth.entries.items()
        }
        statistics.entries += len(growth.entries[Stream.STAFF])
        statistics.gathered.add(len(growth.entries[Stream.STAFF]))
        statistics.lag.add(max(0.0, time.time() - growth.at / 1000))
        await self.hub.broadcast(packets)
        for person_id, values in growth.personal:
            await self.tell(person_id, values)

    async def _start_again(self) -> None:
        """Positions have lost their meaning: everyone gets the whole state."""
        for kept in self._snapshots.values():
            kept.forget()
        start = await read(lambda: begin(self.subject))
        await self._hide(start.hidden)
        snapshots = {stream: await self._snapshots[stream].get() for stream in Stream}
        self._position, self._recent = start.position, start.recent
        await self.hub.broadcast({stream: kept.packet for stream, kept in snapshots.items()})
        # What was theirs may be gone with it: a rehearsal leaves nothing.
        people = sorted(self.hub.signed_in)
        values = await read(lambda: self._read_belongings(people))
        for person_id in people:
            frame = MineFrame(
                timeline=self.timeline_id, whole=True, values=values.get(person_id, {})
            )
            self.hub.to_person(person_id, Packet.of(frame.model_dump_json()))

    async def _hide(self, hidden: bool) -> None:
        """Before anything more is said: whoever came while the sitting was public is sent away
        when it no longer is (an announcement withdrawn, a rehearsal made of it)."""
        self._hidden = hidden
        if hidden:
            self._on_hidden()
            await self._expel_strangers()

    async def _expel_strangers(self) -> None:
        people = self.hub.signed_in
        subject = self.subject
        insiders = await read(lambda: insiders_among(people, subject.commune_id, subject.insiders))
        for socket in self.hub.sockets():
            if socket.person_id is None or socket.person_id not in insiders:
                self.hub.remove(socket)
                socket.expel()

    async def _check_staff(self) -> None:
        """Send away whoever lost the role that let them onto the staff stream, or into a sitting
        that is for staff alone."""
        await asyncio.sleep(STAFF_EVERY_S)
        if self._hidden:
            await self._expel_strangers()
        staff = self.hub.staff()
        for person_id, sockets in staff.items():
            roles = await read(lambda who=person_id: roles_now(who, self.subject.commune_id))  # type: ignore[misc]
            if not roles & STAFF:
                for socket in sockets:
                    socket.drop()
