"""Two web processes on one PostgreSQL and one Redis, and each of them killed, at a small size;
`tests/soak/` does the same at full size."""

import asyncio
import random

import httpx
import pytest

from tests.support.waiting import wait_for

from .scenarios import AnyProcess, Speakers, come_back, everyone_agrees, two_clerks, vote_burst

VOTERS = range(60)


@pytest.fixture
def dice() -> random.Random:
    return random.Random(20261124)


async def test_a_web_process_killed_in_a_burst_loses_and_doubles_no_vote(house):
    found = await vote_burst(house, VOTERS, house.webs[0].kill, house.webs[0].start)
    assert found["voters"] == len(VOTERS)


async def test_postgresql_killed_in_a_burst_loses_and_doubles_no_vote(house):
    async with await house.ws(1) as watcher:
        seen: list[tuple[int, str]] = []

        def kill() -> None:
            house.postgres.kill()
            for web in house.webs:
                answer = httpx.get(f"{web.url}/readyz", timeout=20)
                seen.append((answer.status_code, answer.text))

        found = await vote_burst(house, VOTERS, kill, house.postgres.resume)
        assert found["voters"] == len(VOTERS)
        for status, text in seen:
            assert status == 503
            # What is wrong, and nothing of how we are built.
            assert "the database cannot be reached" in text
            assert not any(word in text for word in ("127.0.0.1", "port", "palabre", "psycopg"))
        for web in house.webs:
            wait_for("it is ready again", web.is_ready)
        await everyone_agrees(house, [watcher])


async def test_redis_killed_in_a_burst_loses_and_doubles_no_vote(house):
    async with await house.ws(0) as here, await house.ws(1) as there:
        await vote_burst(house, VOTERS, house.redis.kill, house.redis.start)
        await everyone_agrees(house, [here, there])


async def test_two_clerks_at_one_poll_open_and_close_it_once(house):
    found = await two_clerks(house, polls=4, voters=6)
    assert found["second openings refused"] == found["second closings refused"] == 4


async def test_lost_and_doubled_nudges_lose_and_double_nothing(house, dice):
    house.set_fault("loss", 0.2)
    speak = Speakers(house, dice)
    async with await house.ws(0) as here, await house.ws(1) as there:
        for _ in range(3):
            await speak.say(8)
            await everyone_agrees(house, [here, there])
    said = house.nudges()
    assert {"0", "1", "2"} <= set(said), f"none was lost or none was doubled: {said}"


async def test_coming_back_to_any_process_gives_what_a_fresh_snapshot_says(house, dice):
    house.set_fault("loss", 0.2)
    speak = Speakers(house, dice)
    found = await come_back(AnyProcess(house, dice), 12, dice, speak.say)
    assert found["caught up by entries"] > 0


@pytest.mark.parametrize("step_s", [-3600, -2])
async def test_a_clock_that_steps_back_delays_and_loses_nothing(house, dice, step_s):
    speak = Speakers(house, dice)
    async with (
        await house.ws(0) as here,
        await house.ws(1) as there,
        await house.ws(0, staff=True) as staff,
    ):
        await speak.say(2)
        poll = (await staff.do("poll.prepare", prompt="Faut-il un puits ?", kind="yes_no"))["poll"]
        await staff.do("poll.open", poll=poll)
        option = (await staff.state(f"poll/{poll}"))["options"][0]["id"]
        before = await staff.do("poll.prepare", prompt="Et une borne ?", kind="yes_no")
        house.set_fault("clock", step_s)
        await speak.say(2)
        async with await house.ws(1, 7) as citizen:
            await citizen.do("ballot.cast", poll=poll, options=[option])
        await staff.do("poll.close", poll=poll)
        await staff.do("poll.remove", poll=before["poll"])
        await everyone_agrees(house, [here, there])
        times = [entry["at"] for entry in here.entries]
        assert times != sorted(times), "the clock did not step back"
        assert here.states[f"poll/{poll}"]["state"] == "closed"
        assert here.states[f"tally/{poll}"]["voters"] == 1
        # Whoever was there before and comes back is told what they lack, and no more.
        async with await house.ws(1, since=here.entries[1]["seq"], epoch=here.epoch) as again:
            assert not again.of("snapshot")
            assert [entry["seq"] for entry in again.entries] == [
                entry["seq"] for entry in here.entries[2:]
            ]
        await there.until("people are still counted", lambda s: s.latest["presence"]["people"] >= 2)


async def test_a_process_that_is_told_to_end_answers_and_sends_its_clients_to_the_other(house):
    sockets = [await house.ws(0, number) for number in range(20)]
    async with await house.ws(1, staff=True) as staff:
        made = await staff.do("poll.prepare", prompt="Faut-il un puits ?", kind="yes_no")
        poll = made["poll"]
        await staff.do("poll.open", poll=poll)
        option = (await staff.state(f"poll/{poll}"))["options"][0]["id"]
        asked = [await one.send("ballot.cast", poll=poll, options=[option]) for one in sockets]
        stopping = asyncio.create_task(asyncio.to_thread(house.webs[0].stop))
        for one, name in zip(sockets, asked, strict=True):
            assert await one.closed() == 1012
            answers = [frame for frame in one.frames if frame.get("id") == name]
            # Answered before goodbye, or not at all and asked again elsewhere.
            person = house.world["people"][sockets.index(one)]
            if answers:
                assert answers[0]["type"] == "ack"
                assert person in house.voters(poll)
        assert await stopping == 0
        for number, one in enumerate(sockets):
            async with await house.ws(1, number, since=one.seq, epoch=one.epoch) as again:
                frame = await again.ask("ballot.cast", poll=poll, options=[option])
                assert frame["type"] == "ack" or frame["code"] == "already_voted"
        assert len(house.voters(poll)) == len(sockets)
