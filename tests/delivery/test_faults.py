"""One web process: restarts, kills, clients that stop reading or come back at any moment."""

import asyncio
import contextlib
import itertools
import json
import random
import signal
import socket as sockets
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.db import transaction
from django.utils import timezone

from consultations.models import BallotMarker, PollOption
from consultations.protocol.questions import PublicQuestion
from live.models import Sitting, Timeline
from live.protocol.frames import Stream
from live.timeline.append import SYSTEM, append
from live.timeline.read import milliseconds, snapshot
from tests.support.factories import make_commune, make_person, make_sitting, orm
from tests.support.socket import LiveSocket
from tests.support.waiting import eventually

#: Different things that are said; the fold keeps the last of each.
KEYS = 7


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


async def test_somebody_who_does_not_read_is_let_go_and_catches_up(palabre, sitting):
    """A raw socket that reads nothing after the handshake, in a room where much is said."""
    address = urlsplit(palabre.url)
    lazy = sockets.socket()
    lazy.setsockopt(sockets.SOL_SOCKET, sockets.SO_RCVBUF, 4096)
    lazy.connect((address.hostname, address.port))
    lazy.sendall(
        f"GET /ws/sittings/{sitting.pk}/ HTTP/1.1\r\nHost: {address.netloc}\r\n"
        "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n".encode()
    )
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


async def folded_like_a_snapshot(palabre, sitting, connection: LiveSocket) -> None:
    fresh = await orm(lambda: snapshot(sitting.timeline_id, Stream.PUBLIC, 0))
    await connection.until(f"position {fresh.seq}", lambda s: (s.seq or 0) >= fresh.seq)
    if connection.seq == fresh.seq:
        assert connection.states == json.loads(fresh.model_dump_json())["states"]


async def come_back_often(palabre, sitting, times: int) -> None:
    """One client that leaves and returns at random moments while much happens."""
    dice = random.Random(times)
    states: dict[str, Any] = {}
    seq, epoch = None, None
    stop = asyncio.Event()

    async def talk() -> None:
        for number in itertools.count():
            await orm(say, sitting, number)
            if stop.is_set():
                return

    talking = asyncio.create_task(talk())
    for _ in range(times):
        connection = await palabre.ws(sitting, since=seq, epoch=epoch)
        connection.states = dict(states)
        connection.seq, connection.epoch = seq, epoch
        await connection.ready()
        frames = dice.randrange(4)
        with contextlib.suppress(AssertionError):
            await connection.until("some frames", lambda s, n=frames: len(s.frames) >= 3 + n, 0.5)
        entries = [entry["seq"] for entry in connection.entries]
        if seq is not None:
            assert not connection.of("snapshot")
            assert entries == list(range(seq + 1, seq + 1 + len(entries)))
        await connection.close()
        states, seq, epoch = connection.states, connection.seq, connection.epoch
    stop.set()
    await talking
    async with await palabre.ws(sitting, since=seq, epoch=epoch) as connection:
        connection.states = {**states, **connection.states}
        await connection.ready()
        await folded_like_a_snapshot(palabre, sitting, connection)


async def test_coming_back_at_random_moments_gives_the_same_state(palabre, sitting):
    await come_back_often(palabre, sitting, 25)


@pytest.mark.soak
@pytest.mark.timeout(900)
async def test_coming_back_two_hundred_times(palabre, sitting):
    await come_back_often(palabre, sitting, 200)
