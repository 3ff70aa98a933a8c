"""The hearing that is always live: citizens ask, support and vote, a moderator sorts, the host
reads out. Human beings may join at any moment and in any role: the play leaves them work, and
never undoes what they did. Everything is bounded, so that it can go on for days."""

import asyncio
import logging
import math
import secrets
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Any

from django.utils import timezone

from live.models import SittingState

from .cast import Cast
from .lines import HEARING_BALLOTS, HEARING_LINES, HEARING_PROMISES, Ballot, Line
from .participant import Participant
from .people import CROWD

logger = logging.getLogger(__name__)
_chance = secrets.SystemRandom()

Span = tuple[float, float]

#: Entries after which a sitting has been long enough, and a new one begins.
MAX_ENTRIES = 8000
ENDED = frozenset({SittingState.ENDED, SittingState.ARCHIVED, SittingState.CANCELLED})


@dataclass(frozen=True)
class Pace:
    """How fast, in seconds; tests play faster."""

    #: Between two questions: at the very start, then until `warm_up` have been asked, then on.
    ask_first: Span = (0.5, 1.5)
    first: int = 8
    ask: Span = (8, 15)
    warm_up: int = 24
    ask_later: Span = (35, 70)
    support: Span = (4, 9)
    moderate: Span = (3, 7)
    #: A human's question is approved by the robot when no human has decided for so long.
    patience: float = 75.0
    #: The newest simulated questions that are left for a human moderator.
    leave: int = 4
    host: Span = (20, 30)
    #: A question stays on screen so long before it counts as answered.
    on_screen: float = 50.0
    agenda: float = 240.0
    first_poll: float = 20.0
    poll: Span = (240, 420)
    poll_open: float = 90.0
    vote: Span = (1, 40)
    #: Published questions at once, answered ones among them; beyond, old ones are withdrawn.
    published: int = 30
    answered: int = 12
    hours: float = 6.0

    def faster(self, times: float) -> "Pace":
        """The same play, so many times faster; `hours` stays."""
        changed: dict[str, Any] = {}
        for name, value in vars(self).items():
            if isinstance(value, tuple):
                changed[name] = tuple(second / times for second in value)
            elif isinstance(value, float) and name != "hours":
                changed[name] = value / times
        return replace(self, **changed)


def now_ms() -> int:
    return int(time.time() * 1000)


class Hearing:
    """One live sitting, played by `cast`."""

    def __init__(self, cast: Cast, pace: Pace) -> None:
        self._cast = cast
        self._pace = pace
        self._asked = 0
        self._next_ballot = 0
        #: What is on screen, since when (monotonic), and what this play itself put there.
        self._screen = ""
        self._since = 0.0
        self._ours: set[str] = set()
        self._simulated = {character.name for character in CROWD}

    async def play(self) -> None:
        """Play until somebody ends the sitting, or it has been long enough (then this ends it)."""
        self._asked = len(self._cast.family("review"))
        parts: tuple[tuple[Span, Callable[[], Awaitable[None]]], ...] = (
            (self._pace.support, self._support),
            (self._pace.moderate, self._moderate),
            (self._pace.host, self._host),
            (self._pace.host, self._advance),
        )
        tasks = [asyncio.create_task(self._repeat(span, part)) for span, part in parts]
        tasks += [asyncio.create_task(self._ask_on()), asyncio.create_task(self._poll_on())]
        over = asyncio.create_task(self._over())
        try:
            # A part never returns: the first to be done is the end, or a mistake to be raised.
            done, _ = await asyncio.wait([over, *tasks], return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
        finally:
            for task in (over, *tasks):
                task.cancel()
            await asyncio.gather(over, *tasks, return_exceptions=True)

    async def _over(self) -> None:
        moderator = self._cast.moderator
        try:
            async with asyncio.timeout(self._pace.hours * 3600):
                await moderator.until(
                    lambda one: self._cast.state in ENDED or one.position > MAX_ENTRIES
                )
        except TimeoutError:
            logger.info("the hearing has been long enough")
        if self._cast.state not in ENDED:
            await self._cast.clerk.attempt("sitting.end")

    @property
    def _live(self) -> bool:
        return self._cast.state == SittingState.LIVE

    async def _repeat(self, span: Span, part: Callable[[], Awaitable[None]]) -> None:
        while True:
            await asyncio.sleep(_chance.uniform(*span))
            if self._live:
                await part()

    # Citizens

    async def _ask_on(self) -> None:
        while True:
            pace = self._pace
            span = pace.ask_first if self._asked < pace.first else pace.ask
            if self._asked >= pace.warm_up:
                span = pace.ask_later
            await asyncio.sleep(_chance.uniform(*span))
            if self._live:
                await self._ask()

    def _reviews(self, *states: str) -> list[dict[str, Any]]:
        """Questions in one of these states, the oldest first."""
        found = [one for one in self._cast.family("review") if one["state"] in states]
        return sorted(found, key=lambda one: int(one["submitted_at"]))

    async def _ask(self) -> None:
        states = ("pending", "approved", "on_screen", "answered", "rejected")
        present = {one["text"] for one in self._reviews(*states)}
        fresh = [line for line in HEARING_LINES if line.text not in present]
        if not fresh:
            return
        line = _chance.choice(fresh)
        citizen = _chance.choice(self._cast.crowd)
        result = await citizen.attempt("question.submit", **self._arguments(line))
        if result is not None:
            self._asked += 1

    def _arguments(self, line: Line) -> dict[str, Any]:
        points = {int(item["position"]): item["id"] for item in self._cast.agenda()}
        return {
            "text": line.text,
            "agenda_item": points.get(line.point) if line.point else None,
            "signed": _chance.random() < 0.5,
        }

    async def _support(self) -> None:
        published = self._reviews("approved", "on_screen")
        if not published:
            return
        # Some questions please more than others, always the same ones.
        weights = [1 + len(one["text"]) % 7 for one in published]
        question = _chance.choices(published, weights)[0]
        if self._cast.supports(question["id"]) < len(self._cast.crowd):
            citizen = _chance.choice(self._cast.crowd)
            await citizen.attempt("question.support", question=question["id"])

    # The moderator

    async def _moderate(self) -> None:
        # A refusal that waits for a second moderator is no longer this one's to decide.
        pending = [one for one in self._reviews("pending") if not one["second_opinion"]]
        robots = [one for one in pending if one["author"] in self._simulated]
        humans = [one for one in pending if one["author"] not in self._simulated]
        waited = now_ms() - 1000 * self._pace.patience
        ready = [one for one in humans if one["submitted_at"] < waited]
        ready += robots[: max(0, len(robots) - self._pace.leave)]
        if ready:
            await self._decide(ready[0])
        await self._tidy()

    async def _decide(self, question: dict[str, Any]) -> None:
        line = next((line for line in HEARING_LINES if line.text == question["text"]), None)
        if line is not None and line.refused:
            await refuse(self._cast.moderator, question["id"], line)
        else:
            await self._cast.moderator.attempt("question.approve", question=question["id"])

    async def _tidy(self) -> None:
        """Keep the list short: the least supported of the old ones is withdrawn by its author."""
        answered = self._reviews("answered")
        if len(answered) > self._pace.answered:
            await self._withdraw(answered[0], reopen=True)
        approved = [one for one in self._reviews("approved") if one["author"] in self._simulated]
        if len(approved) + len(answered) > self._pace.published:
            oldest = approved[: len(approved) // 2 + 1]
            await self._withdraw(min(oldest, key=lambda one: self._cast.supports(one["id"])))

    async def _withdraw(self, question: dict[str, Any], *, reopen: bool = False) -> None:
        author = next((one for one in self._cast.crowd if one.name == question["author"]), None)
        if author is None:
            return
        if reopen:
            await self._cast.host.attempt("question.reopen", question=question["id"])
        await author.attempt("question.withdraw", question=question["id"])

    # The host

    async def _host(self) -> None:
        """Put the best supported question on screen, and mark it as answered after a while."""
        key = (self._cast.moderator.states.get("screen") or {}).get("shows") or ""
        if key != self._screen:
            self._screen, self._since = key, time.monotonic()
        if not key:
            await self._show_next()
            return
        if time.monotonic() - self._since < self._turn(key):
            return
        kind, _, number = key.partition("/")
        if kind == "question":
            await self._promise(int(number))
            await self._cast.host.attempt("question.answer", question=int(number))
        else:
            await self._show_next()

    async def _promise(self, question: int) -> None:
        """Promise something about one answer in three, each thing once."""
        made = {one["wording"] for one in self._cast.family("commitment")}
        fresh = [one for one in HEARING_PROMISES if one.wording not in made]
        if fresh and question % 3 == 0:
            args = fresh[0].arguments(timezone.localdate())
            await self._cast.host.attempt("commitment.make", question=question, **args)

    def _turn(self, key: str) -> float:
        """How long the screen keeps what it shows; what a human put there, longer."""
        state = self._cast.moderator.states.get(key) or {}
        if state.get("state") == "open":
            return math.inf
        simulated = key in self._ours or key.startswith("poll/")
        return self._pace.on_screen if simulated else 6 * self._pace.on_screen

    async def _show_next(self) -> None:
        approved = self._reviews("approved")
        if approved:
            best = max(approved, key=lambda one: self._cast.supports(one["id"]))
            # Noted first: the entry may come before the answer.
            self._ours = {f"question/{best['id']}"}
            await self._cast.host.attempt("question.show", question=best["id"])

    async def _advance(self) -> None:
        """Open the next point of the agenda when the present one has had its time."""
        items = self._cast.agenda()
        pending = [item for item in items if item["state"] == "pending"]
        current = [item for item in items if item["state"] == "open"]
        if any(now_ms() - item["opened_at"] < 1000 * self._pace.agenda for item in current):
            return
        if pending:
            for item in current:
                await self._cast.host.attempt("agenda.close", item=item["id"])
            await self._cast.host.attempt("agenda.open", item=pending[0]["id"])

    # Polls

    async def _poll_on(self) -> None:
        await asyncio.sleep(self._pace.first_poll)
        while True:
            if self._live:
                await self._poll()
            await asyncio.sleep(_chance.uniform(*self._pace.poll))

    async def _poll(self) -> None:
        """One vote, from opening to result; or the end of one that a restart left open."""
        ours = {ballot.prompt for ballot in HEARING_BALLOTS}
        opened = [poll for poll in self._cast.family("poll") if poll["state"] == "open"]
        if any(poll["prompt"] not in ours for poll in opened):
            return  # a human being's vote is open
        poll = opened[0]["id"] if opened else await self._open(self._ballot())
        if poll is None:
            return
        await self._vote(poll)
        await self._cast.host.attempt("poll.close", poll=poll)

    def _ballot(self) -> Ballot:
        ballot = HEARING_BALLOTS[self._next_ballot % len(HEARING_BALLOTS)]
        self._next_ballot += 1
        return ballot

    async def _open(self, ballot: Ballot) -> int | None:
        host = self._cast.host
        left = [
            one["id"] for one in self._cast.family("prepared") if one["prompt"] == ballot.prompt
        ]
        if left:
            poll = int(left[0])
        else:
            prepared = await host.attempt("poll.prepare", **ballot.arguments)
            if prepared is None:
                return None
            poll = int(prepared["poll"])
        opened = await host.attempt("poll.open", poll=poll)
        return None if opened is None else poll

    async def _vote(self, poll: int) -> None:
        """The citizens vote, and the poll stays open for its time."""
        moderator, key = self._cast.moderator, f"poll/{poll}"
        await moderator.until(lambda one: key in one.states)
        options = moderator.states[key]["options"]
        votes = (cast_ballot(one, poll, options, self._pace.vote) for one in self._cast.crowd)
        await asyncio.gather(asyncio.sleep(self._pace.poll_open), *votes)


async def cast_ballot(
    citizen: Participant, poll: int, options: list[dict[str, Any]], span: Span
) -> None:
    """Vote after a while; the first options are liked better."""
    await asyncio.sleep(_chance.uniform(*span))
    weights = [3.0 / (place + 1) for place in range(len(options))]
    option = _chance.choices(options, weights)[0]
    await citizen.attempt("ballot.cast", poll=poll, options=[option["id"]])


async def refuse(moderator: Participant, question: int, line: Line) -> None:
    """Refuse a question for the reason its line gives."""
    await moderator.attempt(
        "question.reject", question=question, reason=line.refused, code=line.code
    )
