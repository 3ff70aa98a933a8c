"""Taking part as the socket does: by the names of commands, which outlive their functions."""

from typing import Any

from django.db import transaction

from communes.models import Person
from consultations.models import Poll, Question
from live.actions.context import Context
from live.models import Sitting
from live.protocol.registry import Done, registry
from tests.support.factories import make_person

STAFF = frozenset({"moderator", "clerk", "host"})


def send(
    sitting: Sitting,
    name: str,
    /,
    person: Person | None = None,
    roles: frozenset[str] = frozenset(),
    **arguments: Any,
) -> None:
    """One command by somebody; raises what refuses it."""
    command = registry.commands[name]
    someone = person or make_person()
    context = Context(sitting.pk, someone.pk, someone.display_name, roles)
    given = command.args.model_validate(arguments)
    with transaction.atomic():
        if command.batch is None:
            command.handle(context, given)
            return
        answer = command.batch([(context, given)])[0]
        if not isinstance(answer, Done):
            raise answer


def count(sitting: Sitting) -> None:
    """Put on the timeline what the counters say should be there."""
    with transaction.atomic():
        for counter in registry.counters:
            for what, key in counter.due(sitting.pk):
                counter.write(sitting.pk, what, key)


def ask(
    sitting: Sitting, text: str, *, approve: bool, supporters: int = 0, name: str = "Afi"
) -> Question:
    """A question signed by somebody new."""
    author = make_person(display_name=name)
    send(sitting, "question.submit", author, text=text, signed=True)
    asked = Question.objects.latest("pk")
    if approve:
        send(sitting, "question.approve", roles=STAFF, question=asked.pk)
    for _ in range(supporters):
        send(sitting, "question.support", question=asked.pk)
    count(sitting)
    return asked


def prepare_poll(sitting: Sitting, prompt: str, *options: str, secret: bool) -> Poll:
    """A poll that is not open yet."""
    send(
        sitting, "poll.prepare", roles=STAFF, prompt=prompt, options=list(options), secret=secret
    )  # fmt: skip
    return Poll.objects.latest("pk")
