"""Latest values: four times a second counters that moved, less often presence; and once a second
the question whether a counter is due on the timeline."""

import asyncio
import time
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

from live.actions.subjects import Subject
from live.protocol.frames import LatestFrame, Stream
from live.protocol.registry import Counter, registry
from live.protocol.states import PresenceState

from .hub import Hub
from .packet import Packet
from .presence import PresenceBoard
from .reader import read
from .shared_read import Kept
from .writer import current_writer

TICK_S = 0.25
#: Something is sent at least so often (`WelcomeFrame.heartbeat_s`).
HEARTBEAT_S = 15
#: Presence, in a small room and for each 10,000 sockets more: nobody follows units there.
PRESENCE_EVERY_S, PRESENCE_SLOWER_S = 1.0, 2.0
#: How often it is looked whether a counter should go on the timeline.
ENTRIES_EVERY_S = 1.0
#: How often features are told how many people there are.
SAMPLE_EVERY_S = 10.0
#: A counter that no longer differs from the timeline is withdrawn (null) after so long, when the
#: entry that says so has surely arrived: its value may have gone back to what was said before.
WITHDRAW_S = 1.0
#: Counters are read again without having been touched: nothing tells of everything.
REREAD_S = 1.0
#: How old counters may be that somebody who joins is told.
FRESH_S = 2.0


@dataclass(frozen=True)
class Standing:
    """The counters of one timeline, and which of them are due on it."""

    values: dict[str, Any] = field(default_factory=dict)
    due: list[tuple[Counter, str, int]] = field(default_factory=list)


def counters_of(kind: str, subjects: Collection[str]) -> dict[str, Standing]:
    """What moves on the timelines of these, where a kind's are asked for together; those on which
    nothing does are left out."""
    found: dict[str, Standing] = {}
    for counter in registry.features[kind].counters:
        if counter.together is None:
            continue
        for subject, moving in counter.together(subjects).items():
            standing = found.setdefault(subject, Standing())
            standing.values.update(moving.values)
            standing.due.extend((counter, what, key) for what, key in moving.due)
    return found


class Ticker:
    """The latest values of one room."""

    def __init__(self, subject: Subject, hub: Hub, board: PresenceBoard) -> None:
        self._subject, self._id = subject, subject.id
        self._features = registry.features[subject.kind]
        self._hub, self._board = hub, board
        self._counters = Kept(self._read_counters, FRESH_S)
        #: Somebody asks for all rooms of this kind at once, and says it with `stand`.
        self._together = self._features.together
        self._standing = Standing()
        self._told: dict[str, Any] = {}
        self._settled: dict[str, float] = {}
        self._people = 0
        self._joining: Packet | None = None
        self._touched = True
        self._read_at = 0.0

    def touch(self) -> None:
        """Something was written, here or elsewhere: counters may have moved."""
        self._touched = not self._together

    def stand(self, standing: Standing) -> None:
        """What the counters are, from whoever asks for all rooms."""
        self._standing = standing
        self._counters.put(standing.values)
        self._touched = standing.values != self._told

    @property
    def at_hand(self) -> Packet | None:
        """What somebody who joins is told, when it is fresh."""
        return self._joining if self._counters.at_hand is not None else None

    async def counters(self) -> Packet:
        """The present values of the `latest` keys, for somebody who joins."""
        values = await self._counters.get()
        return self._keep(values)

    async def run(self) -> None:
        """Tick until cancelled; raises what reading raises."""
        last_frame = last_presence = last_entries = last_sample = 0.0
        while True:
            began = time.monotonic()
            again = bool(self._settled) if self._together else began - self._read_at >= REREAD_S
            due = self._touched or again
            values = await self._moved() if due and self._hub.size else {}
            if began - last_presence >= self._presence_every_s:
                last_presence = began
                people = await self._count_people()
                if people != self._people or began - last_frame >= HEARTBEAT_S - 1:
                    self._people = people
                    self._joining = None
                    values["presence"] = PresenceState(people=people).model_dump()
            if values and self._hub.size:
                last_frame = began
                await self._hub.to_everyone(self._packet(values), replaceable=True)
            if began - last_entries >= ENTRIES_EVERY_S:
                last_entries = began
                await self._write_entries_due()
                await self._tell_staff()
            if began - last_sample >= SAMPLE_EVERY_S:
                last_sample = began
                await self._take_sample()
            await asyncio.sleep(max(0.0, TICK_S - (time.monotonic() - began)))

    @property
    def _presence_every_s(self) -> float:
        return PRESENCE_EVERY_S + PRESENCE_SLOWER_S * self._hub.size / 10_000

    async def leave(self) -> None:
        """Nobody of this process is here any more."""
        await self._board.forget(self._subject.key)

    async def _count_people(self) -> int:
        return await self._board.count(self._subject.key, self._hub.people, self._hub.signed_in)

    def _read_counters(self) -> dict[str, Any]:
        if self._together:
            return counters_of(self._subject.kind, [self._id]).get(self._id, Standing()).values
        values: dict[str, Any] = {}
        for counter in self._features.counters:
            values |= counter.live(self._id)
        return values

    async def _moved(self) -> dict[str, Any]:
        self._touched, self._read_at = False, time.monotonic()
        values = self._standing.values if self._together else await read(self._read_counters)
        self._counters.put(values)
        moved = {key: value for key, value in values.items() if self._told.get(key) != value}
        moved |= dict.fromkeys(self._withdrawn(values))
        self._told = values
        if moved or self._joining is None:
            self._keep(values)
        return moved

    def _withdrawn(self, values: dict[str, Any]) -> list[str]:
        """Keys whose last value told no longer stands: the timeline says it all again."""
        now = time.monotonic()
        for key in self._told.keys() - values.keys():
            self._settled[key] = now + WITHDRAW_S
        for key in self._settled.keys() & values.keys():
            del self._settled[key]
        due = [key for key, at in self._settled.items() if at <= now]
        for key in due:
            del self._settled[key]
        return due

    def _keep(self, values: dict[str, Any]) -> Packet:
        people = max(self._people, self._hub.people)
        presence = PresenceState(people=people).model_dump()
        self._joining = self._packet({**values, "presence": presence})
        return self._joining

    def _packet(self, values: dict[str, Any]) -> Packet:
        frame = LatestFrame(timeline=self._subject.timeline_id, values=values)
        return Packet.of(frame.model_dump_json())

    async def _write_entries_due(self) -> None:
        due, self._standing = self._standing.due, Standing(self._standing.values)
        for counter, what, key in due if self._together else await read(self._read_due):
            await asyncio.wrap_future(
                current_writer().call(
                    lambda counter=counter, what=what, key=key: counter.write(  # type: ignore[misc]
                        self._id, what, key
                    )
                )
            )

    def _read_due(self) -> list[tuple[Counter, str, int]]:
        return [
            (counter, what, key)
            for counter in self._features.counters
            for what, key in counter.due(self._id)
        ]

    async def _tell_staff(self) -> None:
        """What staff alone is told; all of it each time: there are few of them, and who has just
        joined waits a second at most."""
        if not self._hub.has(Stream.STAFF) or not self._for_staff:
            return
        if values := await read(self._read_staff):
            await self._hub.broadcast({Stream.STAFF: self._packet(values)}, replaceable=True)

    @property
    def _for_staff(self) -> bool:
        return any(counter.staff is not None for counter in self._features.counters)

    def _read_staff(self) -> dict[str, Any]:
        values: dict[str, Any] = {}
        for counter in self._features.counters:
            if counter.staff is not None:
                values |= counter.staff(self._id)
        return values

    async def _take_sample(self) -> None:
        people = self._people
        for take in self._features.samplers:
            await asyncio.wrap_future(
                current_writer().call(lambda take=take: take(self._id, people))  # type: ignore[misc]
            )
