"""Two thousand questions in an hour's time-lapse, three moderators at once, over WebSockets.

`python -m bench.desk [--questions 2000] [--seconds 240] [--citizens 150] [--moderators 3]`

Citizens send questions of the labelled sample at an even pace. Each moderator has a share of them,
and helps the others with what waits; takes the oldest that nobody claimed, claims it, and decides:
three quarters approved, the rest refused or merged into a published one of its group. Reported:
how long a question takes from its citizen to all moderators' screens, how long an answer takes,
and how many decisions a minute get through.
"""

import argparse
import asyncio
import contextlib
import itertools
import json
import os
import random
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

FOLDER = tempfile.TemporaryDirectory(prefix="palabre-bench-")
os.environ.update(DATA_DIR=FOLDER.name, DATABASE_URL="", DJANGO_SETTINGS_MODULE="config.settings")

import django  # noqa: E402

django.setup()

from asgiref.sync import sync_to_async  # noqa: E402
from django.conf import settings  # noqa: E402
from django.core.management import call_command  # noqa: E402
from websockets.asyncio.client import ClientConnection, connect  # noqa: E402

from communes.models import Person  # noqa: E402
from consultations.models import Question, QuestionState  # noqa: E402
from live.models import Sitting  # noqa: E402
from live.protocol.signing import sign_token  # noqa: E402
from live.protocol.tickets import TicketClaims  # noqa: E402
from tests.support.factories import make_commune, make_person, make_sitting  # noqa: E402
from tests.support.ports import free_port  # noqa: E402
from tests.support.processes import Program  # noqa: E402
from tests.support.waiting import eventually  # noqa: E402

from .contenders import answers  # noqa: E402

SAMPLE = Path(__file__).parent / "data" / "questions_fr.json"
DEADLINE_S = 30.0
#: After so long a moderator takes what is in another's share.
PATIENCE_S = 3.0
#: Shares of decisions: the rest is approved.
REFUSED, MERGED = 0.12, 0.13


@dataclass
class Figures:
    """Seconds, unless they are counts."""

    shown: dict[int, list[float]] = field(default_factory=dict)
    sent: dict[int, float] = field(default_factory=dict)
    acked: list[float] = field(default_factory=list)
    decided: list[float] = field(default_factory=list)
    waited: list[float] = field(default_factory=list)
    decisions: int = 0
    conflicts: int = 0
    refused: dict[str, int] = field(default_factory=dict)


class Client:
    """One WebSocket: answers by command, states by key, and when each review came."""

    def __init__(self, connection: ClientConnection, *, follows: bool) -> None:
        self._connection, self._follows = connection, follows
        self._answers: dict[str, asyncio.Future[dict[str, Any]]] = {}
        self._ids = itertools.count()
        self.states: dict[str, Any] = {}
        self.came: dict[int, float] = {}
        #: Decided by this one; the answer comes before the entry does.
        self.decided: set[int] = set()
        self._reader = asyncio.create_task(self._read())

    async def _read(self) -> None:
        async for text in self._connection:
            if not self._follows and '"type":"ack"' not in text[:40] and "refused" not in text[:40]:
                continue
            frame = json.loads(text)
            if frame["type"] in {"ack", "refused"}:
                self._answers.pop(frame["id"]).set_result(frame)
            elif frame["type"] == "snapshot":
                self.states = frame["states"]
            elif frame["type"] == "entries":
                self._take(frame["entries"])

    def _take(self, entries: list[dict[str, Any]]) -> None:
        now = time.perf_counter()
        for entry in entries:
            if entry["state"] is None:
                self.states.pop(entry["key"], None)
                continue
            self.states[entry["key"]] = entry["state"]
            if entry["kind"] == "question.submitted":
                self.came[entry["state"]["id"]] = now

    async def ask(self, command: str, **args: Any) -> dict[str, Any]:
        key = f"bench{next(self._ids):08d}"
        future = self._answers[key] = asyncio.get_running_loop().create_future()
        await self._connection.send(json.dumps({"id": key, "command": command, "args": args}))
        return await asyncio.wait_for(future, DEADLINE_S)

    async def close(self) -> None:
        self._reader.cancel()
        await self._connection.close()


def ticket(person: Person, sitting: Sitting, roles: list[str]) -> str:
    claims = TicketClaims(
        exp=int(time.time()) + 3600,
        sitting=sitting.pk,
        person=person.pk,
        public_id=person.public_id,
        name=person.display_name,
        roles=roles,
        language="fr",
    )
    return sign_token(claims, f"ticket:{settings.SECRET_KEY}".encode())


def texts() -> Iterator[str]:
    """The sample over and over, a little different each time."""
    data = json.loads(SAMPLE.read_text(encoding="utf-8"))
    pool = [text for group in data["groups"] for text in group] + data["singles"]
    random.Random(1).shuffle(pool)  # noqa: S311
    for turn in itertools.count():
        for text in pool:
            yield text if not turn else f"{text} (arrondissement {turn})"


async def citizens(clients: list[Client], count: int, seconds: float, figures: Figures) -> None:
    """Send questions at an even pace, each citizen in turn."""
    pace, began = seconds / count, time.perf_counter()
    tasks = []
    source = texts()
    for number in range(count):
        await asyncio.sleep(max(0.0, began + number * pace - time.perf_counter()))
        tasks.append(
            asyncio.create_task(_submit(clients[number % len(clients)], next(source), figures))
        )
    await asyncio.gather(*tasks)


async def _submit(client: Client, text: str, figures: Figures) -> None:
    began = time.perf_counter()
    answer = await client.ask("question.submit", text=text)
    if answer["type"] == "ack":
        figures.acked.append(time.perf_counter() - began)
        figures.sent[answer["result"]["question"]] = began
    else:
        figures.refused[answer["code"]] = figures.refused.get(answer["code"], 0) + 1


async def moderate(
    client: Client, me: str, seed: int, desks: int, figures: Figures, done: asyncio.Event
) -> None:
    """Decide the oldest unclaimed question, again and again."""
    dice = random.Random(seed)  # noqa: S311
    while True:
        question = _next(client, me, seed, desks)
        if question is None:
            if done.is_set():
                return
            await asyncio.sleep(0.01)
            continue
        claimed = await client.ask("review.claim", questions=[question])
        if claimed["type"] != "ack":
            figures.conflicts += claimed["code"] == "conflict"
            await asyncio.sleep(claimed["retry_after"] or 0)
            continue
        began = time.perf_counter()
        answer = await _decide(client, question, dice)
        if answer["type"] == "ack":
            client.decided.add(question)
            figures.decisions += 1
            figures.decided.append(time.perf_counter() - began)
            figures.waited.append(time.perf_counter() - client.came.get(question, began))
        else:
            figures.conflicts += answer["code"] == "conflict"
            await asyncio.sleep(answer["retry_after"] or 0)


def _next(client: Client, me: str, seed: int, desks: int) -> int | None:
    """The oldest free question of my share; with none, any of the others' that has waited."""
    now, clock = time.time() * 1000, time.perf_counter()
    waiting = []
    for key, state in client.states.items():
        if not key.startswith("review/") or state["state"] != "pending":
            continue
        question = int(state["id"])
        claim = client.states.get(f"claim/{question}")
        if claim is not None and claim["by"] != me and claim["until"] > now:
            continue
        if question in client.decided:
            continue
        if question % desks == seed:
            return question
        if clock - client.came.get(question, 0.0) > PATIENCE_S:
            waiting.append(question)
    return random.choice(waiting) if waiting else None  # noqa: S311


async def _decide(client: Client, question: int, dice: random.Random) -> dict[str, Any]:
    chance = dice.random()
    target = _published_relative(client, question)
    if chance < MERGED and target is not None:
        return await client.ask("question.merge", target=target, questions=[question])
    seen = {"question": question, "seen_state": "pending"}
    if chance < MERGED + REFUSED:
        return await client.ask("question.reject", code="duplicate", **seen)
    return await client.ask("question.approve", **seen)


def _published_relative(client: Client, question: int) -> int | None:
    for key, state in client.states.items():
        if key.startswith("group/") and question in state["questions"]:
            for other in state["questions"]:
                review = client.states.get(f"review/{other}")
                if other != question and review and review["state"] == "approved":
                    return int(other)
    return None


def undecided(sitting: Sitting) -> int:
    return Question.objects.filter(sitting=sitting, state=QuestionState.PENDING).count()


def spread(values: list[float]) -> str:
    """Percentiles, in milliseconds."""
    ordered = sorted(values) or [0.0]
    cut = {p: ordered[min(len(ordered) - 1, int(len(ordered) * p / 100))] for p in (50, 95, 99)}
    parts = [f"p{p} {1000 * value:.0f}" for p, value in cut.items()]
    return f"{', '.join(parts)}, max {1000 * ordered[-1]:.0f} ms"


async def run(args: argparse.Namespace, port: int, sitting: Sitting, people: list[Person],
              staff: list[Person]) -> Figures:  # fmt: skip
    figures, done = Figures(), asyncio.Event()
    base = f"ws://127.0.0.1:{port}/ws/sittings/{sitting.pk}/"
    async with contextlib.AsyncExitStack() as stack:

        async def join(person: Person, roles: list[str]) -> Client:
            tail = "&stream=staff" if roles else ""
            address = f"{base}?ticket={ticket(person, sitting, roles)}{tail}"
            connection = await connect(address, proxy=None, max_size=None)
            client = Client(connection, follows=bool(roles))
            stack.push_async_callback(client.close)
            return client

        askers = [await join(person, []) for person in people]
        desks = [await join(person, ["moderator"]) for person in staff]
        working = [
            asyncio.create_task(moderate(desk, person.public_id, seed, len(desks), figures, done))
            for seed, (desk, person) in enumerate(zip(desks, staff, strict=True))
        ]
        began = time.perf_counter()
        await citizens(askers, args.questions, args.seconds, figures)
        # A citizen has an answer before the desks have the question.
        await eventually(
            "every desk has every question",
            lambda: all(figures.sent.keys() <= desk.came.keys() for desk in desks),
        )
        done.set()
        await asyncio.gather(*working)
        took = time.perf_counter() - began
        delays = [
            max(desk.came[key] for desk in desks) - sent for key, sent in figures.sent.items()
        ]
        print(f"{len(figures.sent)} questions in {took:.0f} s, refused {figures.refused or 'none'}")
        print(f"from citizen to all {len(desks)} desks: {spread(delays)}")
        print(f"answer to the citizen:    {spread(figures.acked)}")
        print(f"answer to a decision:     {spread(figures.decided)}")
        print(f"wait for a decision:      {spread(figures.waited)}")
        per_minute = figures.decisions / took * 60
        print(
            f"decisions: {figures.decisions}, {per_minute:.0f} a minute by {len(desks)}; "
            f"claims and decisions that met another's: {figures.conflicts}; "
            f"left undecided: {await sync_to_async(undecided)(sitting)}"
        )
    return figures


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--questions", type=int, default=2000)
    parser.add_argument("--seconds", type=float, default=240)
    parser.add_argument("--citizens", type=int, default=150)
    parser.add_argument("--moderators", type=int, default=3)
    args = parser.parse_args()
    call_command("migrate", "--noinput", "--verbosity=0")
    commune = make_commune()
    sitting = make_sitting(commune, kind="council")
    people = [make_person() for _ in range(args.citizens)]
    staff = [make_person(commune, "moderator") for _ in range(args.moderators)]
    port = free_port()
    env = {**os.environ, "HOST": "127.0.0.1", "PORT": str(port), "MEDIA_PORT": str(free_port())}
    env["PUBLIC_URL"] = f"http://127.0.0.1:{port}"
    folder = Path(FOLDER.name)
    web = Program("web", [sys.executable, "-m", "config.asgi"], folder / "web.log", env)
    web.start(lambda: answers(f"http://127.0.0.1:{port}/healthz"))
    try:
        asyncio.run(run(args, port, sitting, people, staff))
    finally:
        web.stop()


if __name__ == "__main__":
    main()
