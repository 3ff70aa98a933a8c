"""Two processes whose commands need the same timelines: they wait for one another, never in a
circle, which PostgreSQL would end by refusing one of them."""

import threading
from concurrent.futures import Future
from typing import Any

import pytest
from django.db import connection

from consultations.actions.concern_states import subject_of
from live.actions.context import Context
from live.delivery.writer import Job, Writer
from live.protocol.errors import Refused
from live.protocol.registry import registry
from tests.live.acting import context
from tests.support.factories import make_commune, make_person, make_sitting

from .concerning import ROAD, a_concern, act, board_context, there

pytestmark = pytest.mark.django_db(transaction=True)

ROUNDS = 4


def job(who: Context, name: str, client_id: str, **args: Any) -> Job:
    command = registry.commands[name]
    return Job(Future(), None, command, who, command.args.model_validate(args), client_id)


def together(*batches: list[Job]) -> None:
    """Each batch as a process of its own would write it, all at once."""
    begin = threading.Barrier(len(batches))

    def write(jobs: list[Job]) -> None:
        writer = Writer()
        begin.wait(10)
        try:
            while jobs:
                jobs = writer._write(jobs)
        finally:
            connection.close()

    threads = [threading.Thread(target=write, args=(jobs,)) for jobs in batches]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)


def outcomes(jobs: list[Job]) -> list[str]:
    def code(one: Job) -> str:
        try:
            one.future.result()
        except Refused as refused:
            return str(refused.code)
        return "done"

    return [code(one) for one in jobs]


@pytest.mark.parametrize("order", ["as they are", "the other way"])
def test_referring_answering_and_moderating_at_once_refuse_nobody(order, caplog):
    commune = make_commune()
    admin = make_person(commune, "admin")
    citizen = make_person()
    sitting = make_sitting(commune, "live")
    # Which timeline comes first is chance: locks are taken by their random names.
    pair = [a_concern(commune, make_person(), f"{ROAD} {n}.") for n in range(2)]
    pair.sort(key=lambda one: one.timeline_id, reverse=order == "the other way")
    concern, other = pair
    answered = act(other, admin, "concern.refer", sitting=sitting.pk, target="question").result
    here, desk = there(subject_of(concern), admin, commune), board_context(commune, admin)
    there_too = there(subject_of(other), admin, commune)
    host = context(sitting, admin, "host")
    for n in range(ROUNDS):
        referring = [
            job(here, "concern.refer", f"refer-{n:04d}", concern=concern.pk, sitting=sitting.pk,
                target="agenda"),
            job(there_too, "comment.submit", f"say-{n:06d}", concern=other.pk,
                text=f"Chez nous aussi, rue {n}."),
        ]  # fmt: skip
        running = [
            job(context(sitting, citizen), "question.submit", f"ask-{n:06d}",
                text=f"Et l'eau du quartier {n} ?", signed=False),
            job(host, "question.answer", f"answer-{n:03d}", question=answered["question"]),
            job(host, "question.reopen", f"reopen-{n:03d}", question=answered["question"]),
        ]  # fmt: skip
        deciding = [
            job(desk, "concern.approve", f"keep-{n:05d}", concern=other.pk),
            job(desk, "concern.approve", f"stay-{n:05d}", concern=concern.pk),
        ]
        together(referring, running, deciding)
        assert "busy" not in outcomes(referring + running + deciding)
        assert outcomes(running)[1:] == ["done", "done"]
        assert outcomes(deciding) == ["done", "done"]
    assert "one by one" not in caplog.text
