"""Ballots per second inside one process: through the writer queue, and a transaction for each.

`python -m bench.apps.ballots WORLD.json ROUNDS` on the database of the environment prints JSON.
"""

import json
import os
import sys
import time
from collections import deque
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

from django.db import transaction  # noqa: E402

from consultations.actions.polls import open_poll, prepare  # noqa: E402
from consultations.models import BallotMarker, Poll  # noqa: E402
from consultations.protocol import CreatePoll  # noqa: E402
from live.actions.context import Context  # noqa: E402
from live.delivery.writer import Writer  # noqa: E402
from live.protocol.registry import registry  # noqa: E402

#: As many as a process lets wait at half load.
OUTSTANDING = 5_000
SINGLES = 1_500

command = registry.commands["ballot.cast"]


def new_poll(sitting: str) -> Poll:
    from communes.models import Person

    clerk = Person.objects.get(email="greffe0@example.bj")
    context = Context(sitting, clerk.pk, "Greffe", frozenset({"clerk"}))
    wanted = CreatePoll(prompt="Faut-il un marché neuf ?", options=["Oui", "Non"], secret=True)
    with transaction.atomic():
        return open_poll(context, prepare(context, wanted).pk)


def ballot(poll: Poll, option: int) -> Any:
    return command.args.model_validate({"poll": poll.pk, "options": [option]})


def queued(sitting: str, people: list[int]) -> float:
    """Votes per second through the queue, answered after the commit."""
    poll = new_poll(sitting)
    args = ballot(poll, poll.options.values_list("pk", flat=True)[0])
    writer = Writer()
    writer.start()
    waiting: deque[Future[Any]] = deque()
    began = time.perf_counter()
    for person in people:
        if len(waiting) >= OUTSTANDING:
            waiting.popleft().result()
        waiting.append(writer.send(command, Context(sitting, person), args, "0" * 8))
    for future in waiting:
        future.result()
    seconds = time.perf_counter() - began
    writer.stop()
    counted = sum(poll.options.values_list("votes", flat=True))
    marked = BallotMarker.objects.filter(poll=poll).count()
    if not counted == marked == len(people):
        raise RuntimeError(f"{len(people)} votes, {marked} voters, {counted} counted")
    return len(people) / seconds


def singles(sitting: str, people: list[int]) -> float:
    """Votes per second with a transaction for each, as a view would do it."""
    poll = new_poll(sitting)
    args = ballot(poll, poll.options.values_list("pk", flat=True)[0])
    if command.batch is None:
        raise RuntimeError("ballots are not batched")
    began = time.perf_counter()
    for person in people[:SINGLES]:
        with transaction.atomic():
            command.batch([(Context(sitting, person), args)])
    return min(SINGLES, len(people)) / (time.perf_counter() - began)


def main(world: dict[str, Any], rounds: int) -> None:
    found = []
    for _ in range(rounds):
        found.append(
            {
                "queue": queued(world["sitting"], world["people"]),
                "single": singles(world["sitting"], world["people"]),
            }
        )
    print(json.dumps(found))


if __name__ == "__main__":
    main(json.loads(Path(sys.argv[1]).read_text()), int(sys.argv[2]))
