"""What every room asks the database, asked once for all rooms of a process: which timelines grew,
and which counters moved. A thousand quiet rooms cost what one costs."""

import asyncio
import contextlib
import logging
from collections import defaultdict
from collections.abc import Awaitable, Callable, Collection, Sequence
from typing import TypeVar

from live.models import Timeline
from live.protocol.registry import registry

from .reader import read
from .room import Room
from .tail import Position
from .ticks import Standing, counters_of

logger = logging.getLogger(__name__)

#: Behind every nudge: how long a lost one may delay an entry.
POLL_S = 1.0
#: Of nudges that do not say which timeline grew, at most so many a second are looked after.
NUDGED_S = 0.05
#: Counters that were touched, and those that were not: nothing tells of everything.
TICK_S, REREAD_S = 0.25, 1.0
#: Subjects of one statement: databases limit what it may name.
MOST = 1000

T = TypeVar("T")


class Pulse:
    """Its tasks; `rooms` are those of the process at this moment."""

    def __init__(self, rooms: Callable[[], Collection[Room]]) -> None:
        self._rooms = rooms
        self._woken = asyncio.Event()
        self._touched = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []

    def start(self) -> None:
        if not self._tasks:
            self._tasks = [
                asyncio.create_task(self._forever(step)) for step in (self._grown, self._moved)
            ]

    async def stop(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._tasks = []

    def wake(self) -> None:
        """Some timeline may have grown."""
        self._touched.set()
        self._woken.set()

    def touch(self) -> None:
        """Counters may have moved."""
        self._touched.set()

    async def _forever(self, step: Callable[[], Awaitable[None]]) -> None:
        while True:
            try:
                await step()
            except asyncio.CancelledError:
                raise
            except Exception:
                # The database may be away for a while.
                logger.exception("the rooms' pulse")
                await asyncio.sleep(POLL_S)

    async def _grown(self) -> None:
        """Nudge the rooms whose timelines stand elsewhere than they know."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._woken.wait(), POLL_S)
        self._woken.clear()
        rooms = list(self._rooms())
        for some in _parts(rooms):
            known = {room.timeline_id: room for room in some}
            stand = await read(lambda ids=list(known): positions(ids))  # type: ignore[misc]
            for timeline_id, position in stand.items():
                if known[timeline_id].position != position:
                    known[timeline_id].nudge()
        await asyncio.sleep(NUDGED_S)

    async def _moved(self) -> None:
        """Tell the rooms of kinds that are asked for together what their counters are."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._touched.wait(), REREAD_S - TICK_S)
        self._touched.clear()
        kinds: dict[str, list[Room]] = defaultdict(list)
        for room in self._rooms():
            if room.hub.size and registry.features[room.subject.kind].together:
                kinds[room.subject.kind].append(room)
        for kind, rooms in kinds.items():
            for some in _parts(rooms):
                ids = [room.subject.id for room in some]
                found = await read(lambda kind=kind, ids=ids: counters_of(kind, ids))  # type: ignore[misc]
                for room in some:
                    room.stand(found.get(room.subject.id, Standing()))
        await asyncio.sleep(TICK_S)


def positions(timelines: Collection[str]) -> dict[str, Position]:
    """Where timelines stand, by one statement."""
    rows = Timeline.objects.filter(pk__in=timelines).values_list("pk", "epoch", "seq")
    return {pk: Position(epoch, seq) for pk, epoch, seq in rows}


def _parts(rooms: Sequence[T]) -> list[Sequence[T]]:
    return [rooms[start : start + MOST] for start in range(0, len(rooms), MOST)]
