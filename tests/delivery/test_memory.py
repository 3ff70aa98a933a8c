"""What a room keeps in memory: the ring of entries, reads made for many, sockets that lag."""

import asyncio
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from live.delivery import shared_read
from live.delivery.hub import MAX_WAITING, Hub, Socket
from live.delivery.line import AsgiLine
from live.delivery.packet import Packet
from live.delivery.recent import KEPT, Encoded, Recent
from live.delivery.shared_read import Gathered, Kept
from live.protocol.frames import EntriesFrame, EntryFrame, Stream
from live.timeline.fold import fold

EPOCH = "00aa11bb"


def entry(seq: int, key: str, state: dict[str, Any] | None) -> EntryFrame:
    return EntryFrame(seq=seq, at=seq * 1000, kind="x.y", key=key, state=state, actor="system")


def encoded(frame: EntryFrame) -> Encoded:
    return Encoded(frame.seq, frame.model_dump_json())


STATES = st.one_of(st.none(), st.dictionaries(st.text(max_size=3), st.integers(), max_size=2))
FACTS = st.lists(st.tuples(st.sampled_from("abc"), STATES), min_size=1, max_size=40)


@given(facts=FACTS, batch=st.integers(1, 7), preloaded=st.integers(0, 40))
def test_from_every_position_the_ring_gives_exactly_what_is_lacking(facts, batch, preloaded):
    entries = [entry(seq, key, state) for seq, (key, state) in enumerate(facts, start=1)]
    first = min(preloaded, len(entries))
    ring = Recent("t1", EPOCH, Stream.PUBLIC, first)
    ring.preload([encoded(one) for one in entries[:first]])
    for start in range(first, len(entries), batch):
        ring.extend([encoded(one) for one in entries[start : start + batch]])
    whole = fold(entries)
    for since in range(len(entries) + 1):
        packet = ring.since(since, EPOCH)
        assert packet is not None
        frame = EntriesFrame.model_validate_json(packet.text)
        assert frame.entries == entries[since:]
        assert packet.text == frame.model_dump_json()
        assert fold(frame.entries, fold(entries[:since])) == whole
    assert ring.since(len(entries) + 1, EPOCH) is None
    assert ring.since(-1, EPOCH) is None
    assert ring.since(0, "another") is None
    assert ring.since(0, None) is None


def test_the_ring_forgets_the_oldest():
    ring = Recent("t1", EPOCH, Stream.STAFF, 0)
    for seq in range(1, KEPT + 11):
        ring.extend([encoded(entry(seq, "a", {"n": seq}))])
    assert ring.floor == 10
    assert ring.since(9, EPOCH) is None
    packet = ring.since(10, EPOCH)
    assert packet is not None
    assert len(json.loads(packet.text)["entries"]) == KEPT


async def test_reads_of_a_crowd_are_gathered(monkeypatch):
    asked: list[list[int]] = []
    gate = asyncio.Event()

    async def read(function: Any) -> Any:
        await gate.wait()
        return function()

    def find(keys: list[int]) -> dict[int, str]:
        asked.append(keys)
        return {key: f"of {key}" for key in keys if key != 7}

    monkeypatch.setattr(shared_read, "read", read)
    gathered = Gathered(find)
    first = asyncio.create_task(gathered.get(0))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    crowd = [asyncio.create_task(gathered.get(key)) for key in range(1, 1001)]
    await asyncio.sleep(0)
    crowd[3].cancel()
    gate.set()
    found = await asyncio.gather(first, *crowd, return_exceptions=True)
    assert found[0] == "of 0"
    assert found[7] is None
    assert isinstance(found[4], asyncio.CancelledError)
    assert found[1000] == "of 1000"
    assert [len(keys) for keys in asked] == [1, 400, 400, 200]


async def test_a_failed_read_fails_for_those_who_asked_and_for_nobody_later(monkeypatch):
    broken = True

    async def read(function: Any) -> Any:
        if broken:
            raise ConnectionError
        return function()

    monkeypatch.setattr(shared_read, "read", read)
    gathered: Gathered[int, str] = Gathered(lambda keys: dict.fromkeys(keys, "here"))
    kept = Kept(lambda: "kept", 60)
    with pytest.raises(ConnectionError):
        await gathered.get(1)
    with pytest.raises(ConnectionError):
        await kept.get()
    broken = False
    assert await gathered.get(1) == "here"
    assert await kept.get() == kept.at_hand == "kept"
    kept.forget()
    assert kept.at_hand is None


# ── sockets on another server ─────────────────────────────────────────────────────────────────


class Client:
    """The receiving end of a plain ASGI `send` that can be made to wait."""

    def __init__(self) -> None:
        self.events: list[dict[str, Any]] = []
        self.reading = asyncio.Event()
        self.reading.set()

    async def send(self, event: dict[str, Any]) -> None:
        await self.reading.wait()
        self.events.append(event)

    @property
    def texts(self) -> list[str]:
        return [event["text"] for event in self.events if event["type"] == "websocket.send"]


def joined(hub: Hub, client: Client, person: int | None = None) -> Socket:
    socket = Socket(Stream.PUBLIC, person, f"visitor/{id(client)}", AsgiLine(client.send))
    hub.add(socket)
    socket.caught_up()
    return socket


async def settled() -> None:
    for _ in range(20):
        await asyncio.sleep(0)


async def test_a_client_that_does_not_read_holds_up_nobody_and_is_let_go():
    hub, slow, quick = Hub(), Client(), Client()
    lagging, _ = joined(hub, slow), joined(hub, quick)
    slow.reading.clear()
    packet = Packet.of("x" * 10_000)
    sent = 0
    while not lagging.dropped:
        await hub.broadcast({Stream.PUBLIC: packet})
        sent += 1
        assert sent < 20
        await settled()
    assert len(quick.texts) == sent
    assert lagging.line.waiting <= MAX_WAITING + 10_004
    slow.reading.set()
    await settled()
    assert slow.events[-1] == {"type": "websocket.close", "code": 1013, "reason": ""}
    assert len(slow.texts) == 1, "what waited is not sent to somebody who is sent away"


async def test_latest_values_are_skipped_for_a_slow_client_and_entries_never():
    hub, slow = Hub(), Client()
    socket = joined(hub, slow)
    slow.reading.clear()
    await hub.broadcast({Stream.PUBLIC: Packet.of("x" * (MAX_WAITING + 1))})
    await hub.to_everyone(Packet.of("latest"), replaceable=True)
    assert not socket.dropped
    slow.reading.set()
    await settled()
    await hub.broadcast({Stream.PUBLIC: Packet.of("entry")})
    await settled()
    assert [text[:6] for text in slow.texts] == ["xxxxxx", "entry"]


async def test_what_comes_while_a_socket_catches_up_follows_what_it_lacked():
    hub, client = Hub(), Client()
    socket = Socket(Stream.PUBLIC, 5, "person/5", AsgiLine(client.send))
    hub.add(socket)
    await hub.broadcast({Stream.PUBLIC: Packet.of("third")})
    await hub.to_everyone(Packet.of("latest"), replaceable=True)
    hub.to_person(5, Packet.of("fourth"))
    socket.caught_up(Packet.of("first"), Packet.of("second"))
    await settled()
    assert client.texts == ["first", "second", "third", "fourth"]


async def test_catching_up_may_take_more_than_following_and_only_then():
    hub, slow = Hub(), Client()
    socket = Socket(Stream.PUBLIC, None, "visitor/1", AsgiLine(slow.send))
    hub.add(socket)
    slow.reading.clear()
    long = Packet.of("x" * 3 * MAX_WAITING)
    socket.caught_up(long, Packet.of("latest"))
    assert not socket.dropped
    slow.reading.set()
    await settled()
    slow.reading.clear()
    entry = Packet.of("y" * MAX_WAITING)
    while not socket.dropped:
        await hub.broadcast({Stream.PUBLIC: entry})
        assert socket.line.waiting <= 2 * len(entry.frame), "its bound stayed what it was"


async def test_people_are_counted_not_tabs():
    hub = Hub()
    sockets = []
    for person in (1, 1, 2):
        socket = Socket(Stream.PUBLIC, person, f"person/{person}", AsgiLine(Client().send))
        hub.add(socket)
        sockets.append(socket)
    joined(hub, Client())
    assert (hub.people, hub.size, hub.signed_in) == (3, 4, {1, 2})
    hub.remove(sockets[0])
    hub.remove(sockets[0])
    assert (hub.people, hub.size) == (3, 3)
    hub.remove(sockets[1])
    assert (hub.people, hub.signed_in) == (2, {2})
