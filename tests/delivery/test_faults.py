"""One web process: restarts, kills, clients that stop reading or come back at any moment."""

import asyncio
import contextlib
import itertools
import json
import random
import signal
import socket as sockets
from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
from django.db import transaction
from django.utils import timezone

from consultations.models import BallotMarker, PollOption
from consultations.protocol.questions import PublicQuestion
from live.models import Sitting, Timeline
from live.protocol.frames import Stream
from live.timeline.append import SYSTEM, append, lock
from live.timeline.read import milliseconds, snapshot
from tests.support.factories import make_commune, make_person, make_sitting, orm
from tests.support.socket import LiveSocket
from tests.support.waiting import eventually

from .scenarios import Figures, Truth, come_back

#: Different things that are said; the fold keeps the last of each.
KEYS = 7
#: Bytes that a slow client reads at once.
CHUNK = 4096


@pytest.fixture
async def commune(palabre):
    return await orm(make_commune)


@pytest.fixture
async def sitting(commune):
    return await orm(make_sitting, commune)


@pytest.fixture
async def clerk(commune):
    return await orm(make_person, commune, "clerk", "moderator")


def say(sitting: Sitting, number: int, size: int = 40) -> int:
    """Put one public entry of about `size` bytes on the timeline; its position."""
    now = milliseconds(timezone.now())
    question = PublicQuestion.model_validate(
        {
            **dict.fromkeys(PublicQuestion.model_fields, None),
            "id": number % KEYS,
            "text": f"{number}: {'x' * size}",
            "signature": "",
            "state": "approved",
            "submitted_at": now,
            "published_at": now,
            "relatives": 0,
        }
    )
    with transaction.atomic():
        append(
            sitting.timeline_id, "question.approved", f"question/{number % KEYS}", question, SYSTEM
        )
        return Timeline.objects.get(pk=sitting.timeline_id).public_seq


async def open_poll(palabre, sitting, clerk) -> tuple[int, int]:
    """A poll that is open, and one of its options."""
    async with await palabre.ws(sitting, clerk, stream="staff") as staff:
        await staff.ready()
        done = await staff.do(
            "poll.prepare", prompt="Faut-il un marché neuf ?", options=["Oui", "Non"], secret=True
        )
        await staff.do("poll.open", poll=done["poll"])
    option = await orm(lambda: PollOption.objects.filter(poll=done["poll"]).first().pk)
    return done["poll"], option


def voters(poll: int) -> set[int]:
    return set(BallotMarker.objects.filter(poll=poll).values_list("person", flat=True))


def votes_of(poll: int) -> int:
    return sum(PollOption.objects.filter(poll=poll).values_list("votes", flat=True))


async def test_every_acknowledged_vote_survives_a_kill(palabre, sitting, clerk):
    poll, option = await open_poll(palabre, sitting, clerk)
    people = [await orm(make_person) for _ in range(60)]
    crowd = [await palabre.ws(sitting, person) for person in people]
    acked: set[int] = set()

    async def vote(person, connection) -> None:
        await connection.ready()
        frame = await connection.ask("ballot.cast", poll=poll, options=[option])
        if frame["type"] == "ack":
            acked.add(person.pk)

    votes = [asyncio.create_task(vote(*pair)) for pair in zip(people, crowd, strict=True)]
    await eventually("some were acknowledged", lambda: len(acked) >= 10)
    palabre.web.kill()
    await asyncio.gather(*votes, return_exceptions=True)
    kept = await orm(voters, poll)
    counted = await orm(votes_of, poll)
    assert acked <= kept
    assert counted == len(kept)
    palabre.web.start()
    # Whoever was not answered asks again, and everyone has voted exactly once.
    for person in people:
        async with await palabre.ws(sitting, person) as again:
            await again.ready()
            frame = await again.ask("ballot.cast", poll=poll, options=[option])
            expected = "refused" if person.pk in kept else "ack"
            assert frame["type"] == expected
    assert await orm(votes_of, poll) == len(people)
    for connection in crowd:
        with contextlib.suppress(OSError):
            await connection.close()


async def test_sigterm_answers_what_was_asked_and_sends_everyone_away_with_1012(
    palabre, sitting, clerk
):
    poll, option = await open_poll(palabre, sitting, clerk)
    people = [await orm(make_person) for _ in range(10)]
    crowd = [await (await palabre.ws(sitting, person)).ready() for person in people]
    asked = [await one.send("ballot.cast", poll=poll, options=[option]) for one in crowd]
    answers = [await one.answer(name) for one, name in zip(crowd, asked, strict=True)]
    assert {frame["type"] for frame in answers} == {"ack"}
    stopping = asyncio.create_task(asyncio.to_thread(palabre.web.stop, signal.SIGTERM))
    assert [await one.closed() for one in crowd] == [1012] * len(crowd)
    assert await stopping == 0
    palabre.web.start()
    for one, person in zip(crowd, people, strict=True):
        async with await palabre.ws(sitting, person, since=one.seq, epoch=one.epoch) as again:
            await again.ready()
            assert not again.of("snapshot"), "the new process knows what came before it"
            assert again.mine[f"ballot/{poll}"]["voted"]


def handshake(host: str, sitting: Sitting, query: str = "") -> bytes:
    """What opens a WebSocket (RFC 6455 section 4.1)."""
    return (
        f"GET /ws/sittings/{sitting.pk}/{query} HTTP/1.1\r\nHost: {host}\r\n"
        "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n".encode()
    )


async def test_somebody_who_does_not_read_is_let_go_and_catches_up(palabre, sitting):
    """A raw socket that reads nothing after the handshake, in a room where much is said."""
    address = urlsplit(palabre.url)
    lazy = sockets.socket()
    lazy.setsockopt(sockets.SOL_SOCKET, sockets.SO_RCVBUF, 4096)
    lazy.connect((address.hostname, address.port))
    lazy.sendall(handshake(address.netloc, sitting))
    async with (
        await palabre.ws(sitting) as reader,
        await palabre.async_client() as http,
    ):
        await reader.ready()
        numbers = itertools.count()

        async def dropped() -> bool:
            for _ in range(20):
                await orm(say, sitting, next(numbers), 8_000)
            text = (await http.get("/metrics")).text
            return "palabre_clients_dropped_total 0.0" not in text

        await eventually("the lazy one was let go", dropped, deadline_s=90)
        last = await orm(say, sitting, next(numbers))
        await reader.until("the others go on", lambda s: s.seq >= last)
        assert [entry["seq"] for entry in reader.entries][-1] == last
    lazy.close()
    async with await palabre.ws(
        sitting, since=reader.frames[1]["seq"], epoch=reader.epoch
    ) as again:
        await again.ready()
        assert {key: again.states[key] for key in again.states} == {
            key: reader.states[key] for key in again.states
        }
        assert again.seq == last


class Slow:
    """A client that reads no faster than `bytes_per_s`, on a socket with a small buffer; it comes
    back by position when it is let go. `positions`: of the entries it got, in their order."""

    def __init__(self, palabre, sitting: Sitting, bytes_per_s: int) -> None:
        self._address, self._sitting = urlsplit(palabre.url), sitting
        self._pause_s = CHUNK / bytes_per_s
        self.positions: list[int] = []
        self.epoch: str | None = None
        self.let_go = 0

    async def follow(self, until: Callable[[], bool]) -> None:
        """Read, coming back as often as it must, until `until()`."""
        while not until():
            reader, writer = await self._open()
            try:
                while not until():
                    await self._frame(reader)
            except (asyncio.IncompleteReadError, ConnectionError):
                self.let_go += 1
            finally:
                writer.close()

    async def _open(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        raw = sockets.socket()
        raw.setsockopt(sockets.SOL_SOCKET, sockets.SO_RCVBUF, 4096)
        raw.setblocking(False)
        loop = asyncio.get_running_loop()
        await loop.sock_connect(raw, (self._address.hostname, self._address.port))
        reader, writer = await asyncio.open_connection(sock=raw, limit=CHUNK)
        since = f"?since={self.positions[-1]}&epoch={self.epoch}" if self.positions else ""
        writer.write(handshake(self._address.netloc, self._sitting, since))
        await reader.readuntil(b"\r\n\r\n")
        return reader, writer

    async def _frame(self, reader: asyncio.StreamReader) -> None:
        """One frame (RFC 6455 section 5.2), unmasked as a server's are."""
        first, size = await reader.readexactly(2)
        if size > 125:
            size = int.from_bytes(await reader.readexactly(2 if size == 126 else 8), "big")
        payload = b""
        while len(payload) < size:
            payload += await reader.readexactly(min(CHUNK, size - len(payload)))
            await asyncio.sleep(self._pause_s)
        if first & 0x0F == 8:
            raise ConnectionError
        frame = json.loads(payload)
        self.epoch = frame.get("epoch", self.epoch)
        if frame["type"] == "snapshot":
            self.positions.append(frame["seq"])
        self.positions += [entry["seq"] for entry in frame.get("entries", ())]


async def test_somebody_slow_gets_every_entry_in_order_and_holds_up_nobody(palabre, sitting):
    """Less is read than is said: the slow one is let go, comes back, and has all in the end."""
    slow = Slow(palabre, sitting, 150_000)
    await orm(say, sitting, 0)
    async with await palabre.ws(sitting) as reader, await palabre.async_client() as http:
        await reader.ready()
        last = 0

        async def skipped_or_dropped() -> float:
            text = (await http.get("/metrics")).text
            names = ("palabre_latest_skipped_total ", "palabre_clients_dropped_total ")
            lines = [line for line in text.splitlines() if line.startswith(names)]
            return sum(float(line.split()[1]) for line in lines)

        before = await skipped_or_dropped()
        following = asyncio.create_task(
            slow.follow(lambda: bool(last and slow.positions and slow.positions[-1] >= last))
        )
        for number in range(50):
            said = await orm(say, sitting, number, 16_000)
            await reader.until("the quick one is told at once", lambda s, n=said: s.seq >= n, 5)
        last = said
        await asyncio.wait_for(following, 60)
        assert slow.positions == list(range(slow.positions[0], last + 1))
        assert await skipped_or_dropped() > before, "it kept up: this test shows nothing"


class Here:
    """A `Place`: one process, on the database of the tests."""

    def __init__(self, palabre, sitting: Sitting) -> None:
        self._palabre, self._sitting = palabre, sitting

    async def connect(self, since: int | None, epoch: str | None) -> LiveSocket:
        socket = await self._palabre.ws(self._sitting, since=since, epoch=epoch)
        ready: LiveSocket = await socket.ready()
        return ready

    async def truth(self) -> Truth:
        def read() -> Truth:
            # Nobody writes while the timeline is held, so that both are of one moment.
            with transaction.atomic():
                lock(self._sitting.timeline_id)
                fresh = snapshot(self._sitting.timeline_id, Stream.PUBLIC, 0)
            return fresh.seq, json.loads(fresh.model_dump_json())["states"]

        truth: Truth = await orm(read)
        return truth


async def come_back_often(palabre, sitting: Sitting, times: int) -> Figures:
    numbers = itertools.count()
    await orm(say, sitting, next(numbers))
    return await come_back(
        Here(palabre, sitting),
        times,
        random.Random(times),
        lambda: orm(say, sitting, next(numbers)),
    )


async def test_each_time_one_comes_back_one_has_what_a_fresh_snapshot_says(palabre, sitting):
    found = await come_back_often(palabre, sitting, 25)
    assert found["returns"] == 25
    assert found["caught up by entries"] > 10
    assert found["entries"] > 25
