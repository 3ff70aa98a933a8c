"""Two web processes for one sitting, with PostgreSQL and Redis, and what happens to both."""

import asyncio
import itertools
import time

from tests.support.socket import LiveSocket

from .houses import House

_turns = itertools.count(1)


async def say(house: House, staff: LiveSocket) -> int:
    """Put one public entry on the timeline; its position."""
    verb = "close" if next(_turns) % 2 else "open"
    await staff.do(f"sitting.{verb}_questions")
    return await asyncio.to_thread(house.position)


async def same_states(sockets: list[LiveSocket], position: int) -> None:
    """Everyone comes to `position`, each entry came once and in order."""
    for socket in sockets:
        await socket.until(f"position {position}", lambda s: s.seq >= position)
        seqs = [entry["seq"] for entry in socket.entries]
        assert seqs == sorted(set(seqs)), "an entry came twice or out of order"
        assert not seqs or seqs == list(range(seqs[0], seqs[-1] + 1)), "an entry is missing"


async def test_what_one_process_writes_all_are_told(house):
    async with await house.ws(0) as here, await house.ws(1) as there:
        async with await house.ws(0, staff=True) as staff:
            began = time.monotonic()
            await same_states([here, there], await say(house, staff))
            assert time.monotonic() - began < 20
        async with await house.ws(1, staff=True) as staff:
            await same_states([here, there], await say(house, staff))


async def test_people_are_counted_over_all_processes_not_tabs(house):
    sockets = [
        await house.ws(0),
        await house.ws(1),
        await house.ws(0, 0),
        await house.ws(1, 0),
        await house.ws(1, 1),
        await house.ws(1, 1),
    ]

    async def counted(people: int) -> None:
        for socket in sockets:
            await socket.until(
                f"{people} people", lambda s: s.latest.get("presence", {}).get("people") == people
            )

    await counted(4)
    await sockets.pop().close()
    await sockets.pop(3).close()
    await counted(4)
    await sockets.pop().close()
    await counted(3)
    house.webs[1].kill()
    sockets = [sockets[0], sockets[2]]
    await counted(2)
    house.webs[1].start()
    for socket in sockets:
        await socket.close()


async def test_redis_going_away_and_coming_back_delays_and_loses_nothing(house):
    async with (
        await house.ws(0) as here,
        await house.ws(1) as there,
        await house.ws(0, staff=True) as staff,
    ):
        await same_states([here, there], await say(house, staff))
        house.redis.kill()
        positions = [await say(house, staff) for _ in range(3)]
        await same_states([here, there], positions[-1])
        house.redis.start()
        positions = [await say(house, staff) for _ in range(3)]
        await same_states([here, there], positions[-1])
        assert here.states == there.states
        # People are counted together again as well.
        await here.until("3 people", lambda s: s.latest.get("presence", {}).get("people") == 3)


async def test_one_citizen_one_vote_through_any_process(house):
    poll, option = house.world["poll"], house.world["option"]
    sockets = [await house.ws(number % 2, number // 2) for number in range(12)]
    answers = await asyncio.gather(
        *(socket.ask("ballot.cast", poll=poll, options=[option]) for socket in sockets)
    )
    acked = [frame for frame in answers if frame["type"] == "ack"]
    refused = [frame["code"] for frame in answers if frame["type"] == "refused"]
    assert len(acked) == 6
    assert refused == ["already_voted"] * 6
    assert set(house.world["people"][:6]) <= house.voters()
    for socket in sockets:
        await socket.close()
