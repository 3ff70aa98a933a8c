"""The past sitting: a minute of council session, played once from its script and then replayed."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from django.utils import timezone

from live.models import SittingState

from .cast import Cast
from .hearing import cast_ballot, refuse
from .lines import COUNCIL_BALLOT, COUNCIL_LINES, COUNCIL_PROMISE
from .scripts import COUNCIL

logger = logging.getLogger(__name__)

Cue = tuple[float, Callable[[], Awaitable[None]]]


@dataclass
class Council:
    """The session; `speed` above 1 plays it faster (in tests)."""

    cast: Cast
    speed: float = 1.0
    _questions: dict[str, int] = field(default_factory=dict)
    _poll: int = 0

    async def play(self) -> None:
        """From the opening (the sitting must be live) to its end."""
        began = asyncio.get_running_loop().time()
        for second, act in self._cues():
            due = began + second / self.speed
            await asyncio.sleep(max(0.0, due - asyncio.get_running_loop().time()))
            if self.cast.state not in {SittingState.LIVE, ""}:
                logger.info("the council session was interrupted")
                return
            await act()

    def _cues(self) -> list[Cue]:
        return [
            (0.5, lambda: self._agenda("open", 1)),
            (3, lambda: self._ask(0, 0)),
            (6, lambda: self._ask(1, 5)),
            (9, lambda: self._ask(2, 1)),
            (10, lambda: self._agenda("close", 1)),
            (10.5, lambda: self._agenda("open", 2)),
            (12, lambda: self._decide(0)),
            (13, lambda: self._reject(5)),
            (14, lambda: self._decide(1)),
            (15, lambda: self._support(0, range(3, 11))),
            (17, lambda: self._support(1, range(5, 9))),
            (19, lambda: self._show(0)),
            (20, lambda: self._ask(3, 3)),
            (24, self._open_poll),
            (25, self._vote),
            (37, self._close_poll),
            (38, lambda: self._decide(3)),
            (38.5, self._promise),
            (39, lambda: self._answer(0)),
            (40, lambda: self._agenda("close", 2)),
            (40.5, lambda: self._agenda("open", 3)),
            (41, lambda: self._support(3, range(9))),
            (43, lambda: self._show(3)),
            (49, lambda: self._answer(3)),
            (COUNCIL.seconds - 4, lambda: self._agenda("close", 3)),
            # The film began a little before the sitting, and must not begin again.
            (COUNCIL.seconds - 1.2, self._end),
        ]

    async def _agenda(self, verb: str, position: int) -> None:
        items = {int(item["position"]): item["id"] for item in self.cast.agenda()}
        await self.cast.host.attempt(f"agenda.{verb}", item=items[position])

    async def _ask(self, citizen: int, line: int) -> None:
        wanted = COUNCIL_LINES[line]
        items = {int(item["position"]): item["id"] for item in self.cast.agenda()}
        result = await self.cast.crowd[citizen].attempt(
            "question.submit",
            text=wanted.text,
            agenda_item=items.get(wanted.point) if wanted.point else None,
            signed=citizen % 2 == 0,
        )
        if result is not None:
            self._questions[wanted.text] = int(result["question"])

    def _question(self, line: int) -> int:
        # 0 is nobody's question: the command is refused and the play goes on.
        return self._questions.get(COUNCIL_LINES[line].text, 0)

    async def _decide(self, line: int) -> None:
        await self.cast.moderator.attempt("question.approve", question=self._question(line))

    async def _reject(self, line: int) -> None:
        await refuse(self.cast.moderator, self._question(line), COUNCIL_LINES[line])

    async def _support(self, line: int, citizens: range) -> None:
        for number in citizens:
            citizen = self.cast.crowd[number % len(self.cast.crowd)]
            await citizen.attempt("question.support", question=self._question(line))

    async def _show(self, line: int) -> None:
        await self.cast.host.attempt("question.show", question=self._question(line))

    async def _answer(self, line: int) -> None:
        await self.cast.host.attempt("question.answer", question=self._question(line))

    async def _promise(self) -> None:
        args = COUNCIL_PROMISE.arguments(timezone.localdate())
        await self.cast.host.attempt("commitment.make", question=self._question(0), **args)

    async def _open_poll(self) -> None:
        prepared = await self.cast.clerk.attempt("poll.prepare", **COUNCIL_BALLOT.arguments)
        if prepared is not None:
            self._poll = int(prepared["poll"])
            await self.cast.clerk.attempt("poll.open", poll=self._poll)

    async def _vote(self) -> None:
        poll: dict[str, Any] = self.cast.moderator.states.get(f"poll/{self._poll}") or {}
        options = poll.get("options") or []
        if options:
            span = (0.0, 9.0 / self.speed)
            voters = self.cast.crowd[:11]
            await asyncio.gather(*(cast_ballot(one, self._poll, options, span) for one in voters))

    async def _close_poll(self) -> None:
        await self.cast.clerk.attempt("poll.close", poll=self._poll)

    async def _end(self) -> None:
        await self.cast.clerk.attempt("sitting.end")
