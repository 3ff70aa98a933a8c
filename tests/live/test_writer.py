"""The writer: what one command does wrong costs no other its place in the batch."""

from concurrent.futures import Future
from typing import Any

import pytest

from communes.models import Person
from consultations.models import BallotMarker
from live.actions.context import Context
from live.delivery.writer import Job, Writer
from live.models import Sitting
from live.protocol.errors import ErrorCode, Refused
from live.protocol.registry import registry
from tests.consultations.polling import an_open_poll
from tests.live.acting import a_person, a_sitting, act, context

pytestmark = pytest.mark.django_db(transaction=True)


def job(who: Context, name: str, client_id: str = "", **args: Any) -> Job:
    command = registry.commands[name]
    return Job(Future(), None, command, who, command.args.model_validate(args), client_id)


def outcome(of: Job) -> Any:
    """What a job came to: a `Done`, or the code of its refusal."""
    try:
        return of.future.result()
    except Refused as refused:
        return refused.code


def batch(*jobs: Job) -> list[Any]:
    Writer()._write(list(jobs))
    return [outcome(one) for one in jobs]


def gone(person: Person) -> None:
    Person.objects.filter(pk=person.pk).delete()


def asked(sitting: Sitting) -> int:
    author = a_person("Rachidath")
    question = act(context(sitting, author), "question.submit", text="Et l'eau ?", signed=False)
    key: int = question.result["question"]
    act(context(sitting, author, "moderator"), "question.approve", question=key)
    return key


def test_whoever_deleted_their_account_spoils_nobodys_vote():
    sitting = a_sitting()
    poll, (option, _) = an_open_poll(context(sitting, a_person("Léontine"), "host"))
    honest, ghost = a_person("Afi"), a_person("Koffi")
    gone(ghost)
    first, second = batch(
        job(context(sitting, ghost), "ballot.cast", poll=poll, options=[option]),
        job(context(sitting, honest), "ballot.cast", poll=poll, options=[option]),
    )
    assert first is ErrorCode.SIGN_IN
    assert second.result == {"accepted": True}
    assert list(BallotMarker.objects.values_list("person_id", flat=True)) == [honest.pk]


def test_whoever_deleted_their_account_spoils_no_other_command():
    sitting = a_sitting()
    question = asked(sitting)
    honest, ghost = a_person("Afi"), a_person("Koffi")
    gone(ghost)
    first, second = batch(
        job(context(sitting, ghost), "question.support", "ghost-0001", question=question),
        job(context(sitting, honest), "question.support", "afi-00001", question=question),
    )
    assert first is ErrorCode.SIGN_IN
    assert not isinstance(second, ErrorCode)


def test_an_account_that_was_closed_acts_no_more():
    sitting = a_sitting()
    closed = a_person("Koffi")
    Person.objects.filter(pk=closed.pk).update(is_active=False)
    (answer,) = batch(
        job(
            context(sitting, closed),
            "question.submit",
            "koffi-001",
            text="Et l'eau ?",
            signed=False,
        )
    )
    assert answer is ErrorCode.SIGN_IN


def test_one_command_that_fails_in_a_group_leaves_the_others_counted(monkeypatch):
    sitting = a_sitting()
    poll, (option, _) = an_open_poll(context(sitting, a_person("Léontine"), "host"))
    people = [a_person(name) for name in ("Afi", "Koffi", "Sourou")]
    jobs = [
        job(context(sitting, one), "ballot.cast", poll=poll, options=[option]) for one in people
    ]
    # No command may get here like this; should one, it is alone in its failure.
    odd = job(context(sitting, a_person("Ibrahim")), "ballot.cast", poll=2**70, options=[option])
    answers = batch(jobs[0], odd, *jobs[1:])
    assert answers[1] in {ErrorCode.INTERNAL, ErrorCode.NOT_FOUND}
    assert BallotMarker.objects.count() == len(people)
