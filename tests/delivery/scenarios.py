"""What goes wrong, at any size: `make test` runs these small, `make soak` at full size.

Each takes a `House`, does its worst, asserts what must hold, and returns figures to write down.
"""

import asyncio
import contextlib
import random
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Protocol

import psycopg
from websockets.exceptions import WebSocketException

from tests.support.socket import LiveSocket

from .houses import House

Figures = dict[str, Any]

#: What a client meets while something is down, and goes on after.
LOST = (OSError, AssertionError, TimeoutError, WebSocketException)
#: Seconds in which whatever was killed must serve again, on a busy machine.
BACK_WITHIN_S = 90.0


async def new_poll(house: House, staff: LiveSocket) -> tuple[int, int]:
    """A poll that is open, and one of its options."""
    done = await staff.do(
        "poll.prepare", prompt="Faut-il un marché neuf ?", options=["Oui", "Non"], secret=True
    )
    await staff.do("poll.open", poll=done["poll"])
    state = await staff.state(f"poll/{done['poll']}")
    return done["poll"], state["options"][0]["id"]


async def insist(house: House, person: int, poll: int, option: int) -> str:
    """Vote as a client does: come back and ask again until there is an answer that ends it."""
    until = time.monotonic() + BACK_WITHIN_S
    while True:
        try:
            async with await house.ws(person % len(house.webs), person) as socket:
                frame = await socket.ask("ballot.cast", poll=poll, options=[option])
        except LOST:
            frame = {"type": "lost"}
        if frame["type"] == "ack" or frame.get("code") == "already_voted":
            return str(frame.get("code", "ack"))
        assert time.monotonic() < until, f"person {person} cannot vote: {frame}"
        await asyncio.sleep(min(frame.get("retry_after") or 0.3, 5))


async def vote_burst(
    house: House, people: Sequence[int], kill: Callable[[], None], repair: Callable[[], None]
) -> Figures:
    """`people` (numbers) vote within about a second; in the middle something is killed. Every
    vote acknowledged is there, none twice; who was not answered asks again and is counted once."""
    async with await house.ws(0, staff=True) as staff:
        poll, option = await new_poll(house, staff)
    crowd = {
        number: socket
        for start in range(0, len(people), 100)
        for number, socket in zip(
            people[start : start + 100],
            await asyncio.gather(
                *(house.ws(one % len(house.webs), one) for one in people[start : start + 100])
            ),
            strict=True,
        )
    }
    acked: set[int] = set()
    refused = 0

    async def vote(number: int, socket: LiveSocket) -> None:
        nonlocal refused
        try:
            frame = await socket.ask("ballot.cast", poll=poll, options=[option])
        except LOST:
            return
        if frame["type"] == "ack":
            acked.add(house.world["people"][number])
        else:
            assert frame["code"] in {"busy", "internal"}, frame
            refused += 1

    votes = []
    killing: asyncio.Task[None] | None = None
    for place, (number, socket) in enumerate(crowd.items()):
        votes.append(asyncio.create_task(vote(number, socket)))
        if place % max(1, len(people) // 100) == 0:
            await asyncio.sleep(0.01)
        if killing is None and place >= len(people) // 2:
            killing = asyncio.create_task(asyncio.to_thread(kill))
    assert killing is not None
    await killing
    # Whoever's connection lives may be waiting for an answer that comes when it is repaired.
    await asyncio.wait(votes, timeout=5)
    before = set(acked)
    began = time.monotonic()
    await asyncio.to_thread(repair)
    await asyncio.gather(*votes)
    kept = await asyncio.to_thread(house.voters, poll)
    assert acked <= kept, f"acknowledged and lost: {acked - kept}"
    assert await asyncio.to_thread(house.votes, poll) == len(kept), "counters and markers differ"
    ends = [insist(house, number, poll, option) for number in people]
    # Not all of them at once: this is about votes, not about connections.
    outcomes: list[str] = []
    for start in range(0, len(ends), 100):
        outcomes += await asyncio.gather(*ends[start : start + 100])
    everyone = {house.world["people"][number] for number in people}
    assert await asyncio.to_thread(house.voters, poll) == everyone
    assert await asyncio.to_thread(house.votes, poll) == len(people)
    assert outcomes.count("already_voted") == len(kept)
    await asyncio.gather(*(socket.close() for socket in crowd.values()), return_exceptions=True)
    async with await house.ws(0, staff=1) as staff, await house.ws(len(house.webs) - 1) as far:
        await staff.do("poll.close", poll=poll)
        final = await far.state(f"tally/{poll}", lambda state: state and state["final"])
        assert final["voters"] == len(people)
    return {
        "voters": len(people),
        "acknowledged before the kill was repaired": len(before),
        "kept though never acknowledged": len(kept - acked),
        "told to try again": refused,
        "acknowledged and lost": len(acked - kept),
        "seconds until everyone was counted": round(time.monotonic() - began, 1),
    }


#: One person may open so many polls in a row without asking too much of the limits.
TURNS_OF_A_CLERK = 12


async def two_clerks(house: House, polls: int, voters: int) -> Figures:
    """Two clerks, connected to different processes, open and close the same polls at the same
    moments while people vote: one of them each time, and no ballot lands after the count."""
    figures = {
        "polls": polls,
        "second openings refused": 0,
        "second closings refused": 0,
        "ballots counted": 0,
        "ballots too late, and told so": 0,
        "ballots after the count": 0,
    }
    for shift, start in enumerate(range(0, polls, TURNS_OF_A_CLERK)):
        clerks = [await house.ws(web, staff=2 * shift + web) for web in (0, 1)]
        crowd = [await house.ws(one % 2, shift * voters + one) for one in range(voters)]
        for turn in range(start, min(start + TURNS_OF_A_CLERK, polls)):
            made = await clerks[turn % 2].do(
                "poll.prepare", prompt=f"Faut-il un marché, {turn} ?", options=["Oui", "Non"]
            )
            found = await _contended(house, made["poll"], clerks, crowd)
            for what, number in found.items():
                figures[what] += number
        for socket in (*clerks, *crowd):
            await socket.close()
    return figures


async def _contended(
    house: House, poll: int, clerks: Sequence[LiveSocket], crowd: Sequence[LiveSocket]
) -> Figures:
    async def both(verb: str) -> int:
        answers = await asyncio.gather(*(one.ask(f"poll.{verb}", poll=poll) for one in clerks))
        assert sorted(frame["type"] for frame in answers) == ["ack", "refused"], answers
        assert {frame.get("code") for frame in answers} == {None, "wrong_state"}
        return 1

    opened = await both("open")
    option = (await clerks[0].state(f"poll/{poll}"))["options"][0]["id"]
    ballots = [
        asyncio.create_task(socket.ask("ballot.cast", poll=poll, options=[option]))
        for socket in crowd
    ]
    await asyncio.sleep(0)
    closed = await both("close")
    answers = await asyncio.gather(*ballots)
    acked = sum(frame["type"] == "ack" for frame in answers)
    assert {frame.get("code") for frame in answers} <= {None, "poll_closed"}
    for socket in (*clerks, *crowd):
        tally = await socket.state(f"tally/{poll}", lambda state: state and state["final"])
        assert tally["voters"] == acked
    counted = len(await asyncio.to_thread(house.voters, poll))
    assert counted == acked
    said = [kind for kind, key in await asyncio.to_thread(house.kinds) if key == f"poll/{poll}"]
    assert said == ["poll.opened", "poll.closed"]
    return {
        "second openings refused": opened,
        "second closings refused": closed,
        "ballots counted": acked,
        "ballots too late, and told so": len(answers) - acked,
        "ballots after the count": counted - acked,
    }


class Speakers:
    """Clerks who take turns at putting public entries on the timeline, through any process."""

    def __init__(self, house: House, dice: random.Random) -> None:
        self._house, self._dice = house, dice
        self._turns = 0
        self.said = self.lost = 0

    async def say(self, times: int = 1) -> None:
        for _ in range(times):
            self._turns += 1
            web = self._dice.randrange(len(self._house.webs))
            clerk = self._turns % len(self._house.world["staff_tickets"])
            try:
                async with await self._house.ws(web, staff=clerk) as staff:
                    # Two kinds of entry, under two keys.
                    if self._turns % 2:
                        verb = "close" if self._turns % 4 == 1 else "open"
                        frame = await staff.ask(f"sitting.{verb}_questions")
                    else:
                        frame = await staff.ask("rules.set", slow_s=self._dice.randrange(60))
                self.said += frame["type"] == "ack"
            except LOST:
                self.lost += 1
                await asyncio.sleep(0.2)


#: A position and the states at it, read in one breath.
Truth = tuple[int, dict[str, Any]]


class Place(Protocol):
    """A sitting as somebody who comes and goes knows it."""

    async def connect(self, since: int | None, epoch: str | None) -> LiveSocket:
        """A connection that has caught up; raises one of `LOST` while that cannot be."""

    async def truth(self) -> Truth:
        """The public states now, read from the database."""


class AnyProcess:
    """A `Place`: a house, by one of its processes."""

    def __init__(self, house: House, dice: random.Random) -> None:
        self._house, self._dice = house, dice

    async def connect(self, since: int | None, epoch: str | None) -> LiveSocket:
        web = self._dice.randrange(len(self._house.webs))
        return await self._house.ws(web, since=since, epoch=epoch)

    async def truth(self) -> Truth:
        return await asyncio.to_thread(self._house.truth)


async def come_back(
    place: Place,
    times: int,
    dice: random.Random,
    say: Callable[[], Awaitable[object]],
    disturb: Callable[[int], None] = lambda turn: None,
) -> Figures:
    """A client leaves and returns at random moments while others speak (`say`) and `disturb(turn)`
    does what it likes. Each entry comes once and in order, and each time what the client has
    folded is what a fresh snapshot says."""
    states: dict[str, Any] = {}
    seq: int | None = None
    epoch: str | None = None
    stop = asyncio.Event()
    figures = {"returns": 0, "refused meanwhile": 0, "caught up by entries": 0, "entries": 0}

    async def talk() -> None:
        while not stop.is_set():
            await say()

    talking = asyncio.create_task(talk())
    try:
        while figures["returns"] < times:
            await asyncio.to_thread(disturb, figures["returns"])
            if dice.random() < 0.1:
                seq = epoch = None  # a page loaded anew
            try:
                socket = await place.connect(seq, epoch)
            except LOST:
                figures["refused meanwhile"] += 1
                await asyncio.sleep(0.3)
                continue
            figures["returns"] += 1
            came = await _compared(place, socket, states, dice.randrange(4))
            if seq is not None and not socket.of("snapshot"):
                figures["caught up by entries"] += 1
                assert came == list(range(seq + 1, seq + 1 + len(came))), (seq, came)
            figures["entries"] += len(came)
            await socket.close()
            states, seq, epoch = folded(states, socket), socket.seq, socket.epoch
    finally:
        stop.set()
        await talking
    return figures


async def _compared(
    place: Place, socket: LiveSocket, before: dict[str, Any], more: int
) -> list[int]:
    """Hold what a client has folded against the truth, once it has got there, and let it hear
    `more` frames; the positions of the entries that came."""
    try:
        seq, truth = await place.truth()
    except psycopg.OperationalError:
        return []  # the database is what was killed
    try:
        await socket.until(f"position {seq}", lambda s: (s.seq or 0) >= seq)
    except AssertionError:
        if not socket.ended:
            raise
    else:
        assert folded(before, socket, seq) == truth, f"at position {seq}"
    with contextlib.suppress(AssertionError):
        wanted = len(socket.frames) + more
        await socket.until("some frames", lambda s: len(s.frames) >= wanted, 0.5)
    return [entry["seq"] for entry in socket.entries]


def folded(before: dict[str, Any], socket: LiveSocket, upto: int | None = None) -> dict[str, Any]:
    """The states after all that a connection said, or what it said up to a position."""
    states = dict(before)
    for frame in socket.frames:
        if frame["type"] == "snapshot":
            states = dict(frame["states"])
        for entry in frame.get("entries", ()):
            if upto is not None and entry["seq"] > upto:
                return states
            if entry["state"] is None:
                states.pop(entry["key"], None)
            else:
                states[entry["key"]] = entry["state"]
    return states


async def everyone_agrees(house: House, sockets: Sequence[LiveSocket]) -> None:
    """All come to the present position, got each entry once, and fold to what the database says."""
    seq, truth = await asyncio.to_thread(house.truth)
    for socket in sockets:
        await socket.until(f"position {seq}", lambda s: (s.seq or 0) >= seq)
        seqs = [entry["seq"] for entry in socket.entries]
        assert not seqs or seqs == list(range(seqs[0], seqs[-1] + 1)), "missing or doubled"
        assert folded({}, socket, seq) == truth
