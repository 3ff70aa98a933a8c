"""The play of the live hearing, with people who are not connected."""

import asyncio
from typing import Any

import pytest

from portal.demo.cast import Cast
from portal.demo.hearing import Hearing, Pace
from portal.demo.lines import HEARING_LINES
from portal.demo.participant import Participant
from portal.demo.people import CROWD


class Noting(Participant):
    """Somebody who notes what they would have sent."""

    def __init__(self, name: str) -> None:
        super().__init__(name, "ws://127.0.0.1:1/", lambda: "")
        self.noted: list[tuple[str, dict[str, Any]]] = []
        self.changed = asyncio.Event()

    async def attempt(self, command: str, **args: Any) -> None:
        self.noted.append((command, args))
        self.changed.set()


def review(number: int, text: str, second_opinion: dict[str, str] | None) -> dict[str, Any]:
    return {
        "id": number,
        "text": text,
        "author": CROWD[0].name,
        "state": "pending",
        "submitted_at": number,
        "second_opinion": second_opinion,
    }


@pytest.mark.asyncio
async def test_a_refusal_that_waits_for_a_second_moderator_holds_nothing_up():
    cast = Cast(Noting("clerk"), Noting("host"), Noting("moderator"), [Noting(CROWD[0].name)])
    moderator = cast.moderator
    assert isinstance(moderator, Noting)
    refused = next(line for line in HEARING_LINES if line.refused)
    asked = next(line for line in HEARING_LINES if not line.refused)
    moderator.states = {
        "sitting": {"state": "live"},
        "review/1": review(1, refused.text, {"by_name": "moderator"}),
        "review/2": review(2, asked.text, None),
    }
    pace = Pace(leave=0).faster(1000)
    play = asyncio.create_task(Hearing(cast, pace).play())
    async with asyncio.timeout(30):
        await moderator.changed.wait()
    play.cancel()
    await asyncio.gather(play, return_exceptions=True)
    assert moderator.noted[0] == ("question.approve", {"question": 2})
