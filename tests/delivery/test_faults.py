"""One web process: restarts, kills, clients that stop reading or come back at any moment."""

import asyncio
import contextlib
import itertools
import random
import signal
import socket as sockets
from urllib.parse import urlsplit

import pytest

from consultations.models import BallotMarker, PollOption
from tests.support.factories import make_commune, make_person, make_sitting, orm
from tests.support.waiting import eventually

from .clients import Here, Slow, handshake, say
from .scenarios import come_back


@pytest.fixture
async def commune(palabre):
    return await orm(make_commune)


@pytest.fixture
async def sitting(commune):
    return await orm(make_sitting, commune)


@pytest.fixture
async def clerk(commune):
    return await orm(make_person, commune, "clerk", "moderator")


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

        async def let_go() -> float:
            lines = (await http.get("/metrics")).text.splitlines()
            name = "palabre_clients_dropped_total "
            return float(next(line for line in lines if line.startswith(name)).split()[1])

        before = await let_go()

        async def dropped() -> bool:
            for _ in range(20):
                await orm(say, sitting, next(numbers), 8_000)
            return await let_go() > before

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
        for number in range(30):
            said = await orm(say, sitting, number, 16_000)
            await reader.until("the quick one is told at once", lambda s, n=said: s.seq >= n, 5)
        last = said
        await asyncio.wait_for(following, 60)
        assert slow.positions == list(range(slow.positions[0], last + 1))
        assert await skipped_or_dropped() > before, "it kept up: this test shows nothing"


async def test_each_time_one_comes_back_one_has_what_a_fresh_snapshot_says(palabre, sitting):
    numbers = itertools.count()
    await orm(say, sitting, next(numbers))
    found = await come_back(
        Here(palabre, sitting),
        25,
        random.Random(20261124),
        lambda: orm(say, sitting, next(numbers)),
    )
    assert found["returns"] == 25
    assert found["caught up by entries"] > 10
    assert found["entries"] > 25
