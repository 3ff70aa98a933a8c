"""Polls and voters for the tests of polls."""

from typing import Any

from consultations.models import PollOption
from consultations.protocol import CastBallot
from live.actions.context import Context
from live.models import Sitting
from tests.live.acting import a_person, act, context


def a_prepared_poll(host: Context, **wanted: Any) -> int:
    kind = wanted.get("kind", "one")
    options = ["Oui", "Non"] if kind in {"one", "several"} else []
    wanted = {"prompt": "Faut-il paver la rue ?", "options": options, **wanted}
    return act(host, "poll.prepare", **wanted).result["poll"]


def an_open_poll(host: Context, **wanted: Any) -> tuple[int, list[int]]:
    """A poll that is open, and its options in their order."""
    poll = a_prepared_poll(host, **wanted)
    act(host, "poll.open", poll=poll)
    return poll, options_of(poll)


def options_of(poll: int) -> list[int]:
    return list(PollOption.objects.filter(poll=poll).values_list("pk", flat=True))


def ballots_of(
    sitting: Sitting, people: list[Any], poll: int, choices: list[list[int]]
) -> list[tuple[Context, CastBallot]]:
    """One ballot each, as they come to the writer together."""
    return [
        (context(sitting, person), CastBallot(poll=poll, options=chosen))
        for person, chosen in zip(people, choices, strict=True)
    ]


def voters(number: int) -> list[Any]:
    return [a_person(f"Voix {n}") for n in range(number)]
