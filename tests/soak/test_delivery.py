"""Delivery under faults at full size; `tests/delivery/` does the same small."""

import asyncio
import itertools
import random
import socket as sockets
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from live.delivery.hub import MAX_WAITING
from live.delivery.recent import ANSWERS
from tests.delivery.clients import Here, Slow, handshake, say
from tests.delivery.houses import House
from tests.delivery.scenarios import (
    AnyProcess,
    Speakers,
    come_back,
    everyone_agrees,
    two_clerks,
    vote_burst,
)
from tests.support.factories import make_commune, make_sitting, orm

from .conftest import SEED
from .report import Finding

pytestmark = [pytest.mark.soak, pytest.mark.timeout(600)]

VOTERS = 1000
RETURNS = 200
POLLS = 100
STEPS = 20
QUICK, SLOW, STALLED = 240, 30, 30
ENTRIES = 100


@pytest.fixture(scope="module")
def _house(tmp_path_factory) -> Iterator[House]:
    with House(tmp_path_factory.mktemp("soak"), VOTERS, SEED=str(SEED)) as house:
        yield house


@pytest.fixture
def house(_house) -> Iterator[House]:
    _house.mend()
    yield _house
    _house.set_fault("clock", 0)
    _house.set_fault("loss", 0)


@pytest.mark.parametrize("what", ["web process", "PostgreSQL", "Redis"])
async def test_votes_through_a_kill(house, finding: Finding, what):
    """`kill -9` of {what} in a burst of votes."""
    kill, repair = {
        "web process": (house.webs[0].kill, house.webs[0].start),
        "PostgreSQL": (house.postgres.kill, house.postgres.resume),
        "Redis": (house.redis.kill, house.redis.start),
    }[what]
    finding.figures = await vote_burst(house, range(VOTERS), kill, repair)


async def test_two_clerks(house, finding: Finding):
    """Two clerks open and close the same polls, through two processes."""
    finding.figures = await two_clerks(house, POLLS, voters=10)


async def test_returns_on_sqlite(palabre, finding: Finding, dice: random.Random):
    """One client comes back 200 times, one process on SQLite."""
    sitting = await orm(make_sitting, await orm(make_commune))
    numbers = itertools.count()
    await orm(say, sitting, next(numbers))
    finding.figures = await come_back(
        Here(palabre, sitting), RETURNS, dice, lambda: orm(say, sitting, next(numbers))
    )


async def test_returns_through_everything(house, finding: Finding, dice: random.Random):
    """One client comes back 200 times to any process, while nudges are lost and processes die."""
    house.set_fault("loss", 0.2)
    faults, speaking = random.Random(dice.random()), random.Random(dice.random())
    killed = dict.fromkeys(("web process", "PostgreSQL", "Redis"), 0)

    def disturb(turn: int) -> None:
        if faults.random() > 0.1:
            return
        house.mend()
        what = faults.choice(list(killed))
        killed[what] += 1
        {
            "web process": faults.choice(house.webs).kill,
            "PostgreSQL": house.postgres.kill,
            "Redis": house.redis.kill,
        }[what]()
        # What was killed stays away for a while, but the last way in does not.
        if what != "Redis":
            house.mend()

    speak = Speakers(house, speaking)
    figures = await come_back(AnyProcess(house, dice), RETURNS, dice, speak.say, disturb)
    house.mend()
    async with await house.ws(0) as here, await house.ws(1) as there:
        await speak.say(10)
        await everyone_agrees(house, [here, there])
    said = house.nudges()
    finding.figures = {
        **figures,
        "entries said": speak.said,
        **{f"{what} killed": times for what, times in killed.items()},
        "nudges lost": said.count("0"),
        "nudges doubled": said.count("2"),
    }


async def test_steps_of_the_clock(house, finding: Finding, dice: random.Random):
    """The clock steps back and forth."""
    speak = Speakers(house, dice)
    back = 0
    async with await house.ws(0) as here, await house.ws(1) as there:
        before = 0.0
        for _ in range(STEPS):
            step = dice.choice((-7200, -60, -1, 0, 1, 3600)) + dice.random()
            back += step < before
            before = step
            house.set_fault("clock", step)
            await speak.say(5)
            await everyone_agrees(house, [here, there])
        times = [entry["at"] for entry in here.entries]
        earlier = sum(after < at for at, after in itertools.pairwise(times))
        assert earlier > 0
    finding.figures = {
        "steps": STEPS,
        "of them back": back,
        "entries": len(times),
        "entries earlier than the one before": earlier,
    }


def resident_kb(pid: int) -> int:
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.partition("VmRSS:")[2].split()[0])


async def test_slow_and_stalled(palabre, finding: Finding):
    """A fifth of a room reads slowly or not at all."""
    sitting = await orm(make_sitting, await orm(make_commune))
    await orm(say, sitting, 0)
    address = urlsplit(palabre.url)
    stalled = []
    for _ in range(STALLED):
        lazy = sockets.socket()
        lazy.setsockopt(sockets.SOL_SOCKET, sockets.SO_RCVBUF, 4096)
        await asyncio.to_thread(lazy.connect, (address.hostname, address.port))
        lazy.sendall(handshake(address.netloc, sitting))
        stalled.append(lazy)
    quick = [await (await palabre.ws(sitting)).ready() for _ in range(QUICK)]
    last = 0
    slow = [Slow(palabre, sitting, 60_000) for _ in range(SLOW)]

    def caught_up(one: Slow) -> bool:
        return bool(last and one.positions and one.positions[-1] >= last)

    following = [
        asyncio.create_task(one.follow(lambda one=one: caught_up(one)))  # type: ignore[misc]
        for one in slow
    ]
    before, lags = resident_kb(palabre.web.pid), []
    said = 0
    for number in range(ENTRIES):
        began = time.monotonic()
        said = await orm(say, sitting, number, 8_000)
        for one in quick:
            await one.until("the quick are told", lambda s, n=said: s.seq >= n, 10)
        lags.append(time.monotonic() - began)
    last = said
    after = resident_kb(palabre.web.pid)
    await asyncio.wait_for(asyncio.gather(*following), 300)
    for one in slow:
        assert one.positions == list(range(one.positions[0], last + 1))
    for one in quick:
        seqs = [entry["seq"] for entry in one.entries]
        assert seqs == list(range(seqs[0], last + 1))
        await one.close()
    for lazy in stalled:
        lazy.close()
    # Whoever follows may have 64 kB waiting, whoever comes back what they lack, and the ring keeps
    # some answers to those who come back, each as text and as a frame. In kB:
    whole = ENTRIES * 8
    bound = (SLOW + STALLED) * 2 * MAX_WAITING // 1024 + SLOW * whole + ANSWERS * 2 * whole
    assert after - before < bound
    lags.sort()
    async with await palabre.async_client() as http:
        lines = (await http.get("/metrics")).text.splitlines()
    counted = {
        name: float(next(line for line in lines if line.startswith(f"{name} ")).split()[1])
        for name in ("palabre_clients_dropped_total", "palabre_latest_skipped_total")
    }
    assert counted["palabre_clients_dropped_total"] >= STALLED
    finding.figures = {
        "quick, slow, stalled": f"{QUICK}, {SLOW}, {STALLED}",
        "entries of 8 kB": ENTRIES,
        "said until all the quick have it, median": f"{lags[len(lags) // 2] * 1000:.0f} ms",
        "the slowest": f"{lags[-1] * 1000:.0f} ms",
        "clients let go": round(counted["palabre_clients_dropped_total"]),
        "times a slow one came back": sum(one.let_go for one in slow),
        "memory of web, more by": f"{after - before} kB (allowed: {bound})",
    }
