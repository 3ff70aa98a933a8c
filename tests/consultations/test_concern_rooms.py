"""Many concerns looked at in one process: what that costs the database, and that nothing is lost
where no nudge says that a timeline grew."""

import json
from collections.abc import Iterator

import pytest
from django.db.backends.utils import CursorWrapper

from consultations.actions.concern_states import subject_of
from live.delivery.hub import Socket
from live.delivery.line import AsgiLine
from live.delivery.rooms import Rooms
from live.delivery.writer import start_writer, stop_writer
from live.protocol.frames import Stream
from tests.support.factories import make_commune, make_person, orm
from tests.support.waiting import eventually

from .concerning import ROAD, a_concern, act

ROOMS = 25
ROUNDS = 2


class Client:
    """Keeps what it is sent."""

    def __init__(self) -> None:
        self.texts: list[str] = []

    async def send(self, event: dict[str, str]) -> None:
        self.texts.append(event["text"])

    def values(self) -> dict[str, object]:
        """The last word on each key, whichever way it came."""
        found: dict[str, object] = {}
        for frame in map(json.loads, self.texts):
            found |= frame.get("values", {})
            found |= {one["key"]: one["state"] for one in frame.get("entries", [])}
        return found


@pytest.fixture
def statements(monkeypatch) -> list[str]:
    """Every statement of this process, on whatever thread."""
    said: list[str] = []
    execute = CursorWrapper.execute

    def noted(self, sql, params=None):
        said.append(sql)
        return execute(self, sql, params)

    monkeypatch.setattr(CursorWrapper, "execute", noted)
    return said


@pytest.fixture
def writer() -> Iterator[None]:
    start_writer()
    yield
    stop_writer()


@pytest.mark.django_db(transaction=True)
async def test_many_quiet_rooms_cost_what_one_costs_and_miss_nothing(statements, writer):
    commune = await orm(make_commune)
    concerns = [
        await orm(a_concern, commune, await orm(make_person), f"{ROAD} Le no {n}.")
        for n in range(ROOMS)
    ]
    rooms, clients = Rooms(), [Client() for _ in concerns]
    try:
        for concern, client in zip(concerns, clients, strict=True):
            line = AsgiLine(client.send)
            socket = Socket(Stream.PUBLIC, None, f"visitor/{concern.pk}", line)
            room = await rooms.enter(subject_of(concern), socket)
            await room.bring_up_to_date(socket, None, None)

        def asked() -> int:
            return sum("live_timeline" in sql for sql in statements)

        statements.clear()
        await eventually("some rounds", lambda: asked() >= ROUNDS)
        # Positions, and counters: a statement for each, in every round.
        assert len(statements) <= 3 * ROUNDS, statements
        # Nobody nudges here: no process listens to this one's commits.
        said = await orm(act, concerns[3], await orm(make_person), "comment.submit", text="Ici.")
        await orm(act, concerns[7], await orm(make_person), "concern.support")
        comment, backing = f"comment/{said.result['comment']}", f"backing/{concerns[7].pk}"
        await eventually("the comment", lambda: clients[3].values().get(comment))
        await eventually("the count", lambda: clients[7].values().get(backing) == {"supports": 1})
        assert backing not in clients[3].values()
    finally:
        await rooms.stop()
