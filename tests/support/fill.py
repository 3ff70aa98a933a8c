"""Fill an empty database from outside: a live sitting, an open poll, and people with tickets.

`python -m tests.support.fill PEOPLE FILE` on the database of the environment writes JSON: sitting,
poll, option, people, their tickets, and those of clerks who moderate too.
"""

import json
import os
import sys
import time
from pathlib import Path

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

from django.conf import settings  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import transaction  # noqa: E402

from communes.models import Person  # noqa: E402
from communes.permissions import grant  # noqa: E402
from consultations.actions.polls import open_poll, prepare  # noqa: E402
from consultations.protocol import CreatePoll  # noqa: E402
from live.actions.context import Context  # noqa: E402
from live.models import Sitting  # noqa: E402
from live.protocol.signing import sign_token  # noqa: E402
from live.protocol.tickets import TicketClaims  # noqa: E402
from tests.support.factories import make_sitting  # noqa: E402

TICKET_LIFE_S = 3600
STAFF_ROLES = ("clerk", "moderator")
#: One person may do so much a minute; tests in a hurry take turns.
CLERKS = 24


def ticket(person: Person, sitting: Sitting, *roles: str) -> str:
    """A ticket that lives long: signing thousands takes a while, and so may connecting."""
    claims = TicketClaims(
        exp=int(time.time()) + TICKET_LIFE_S,
        sitting=sitting.pk,
        person=person.pk,
        public_id=person.public_id,
        name=person.display_name,
        roles=list(roles),
        language="fr",
    )
    return sign_token(claims, f"ticket:{settings.SECRET_KEY}".encode())


def main(people: int, target: Path) -> None:
    call_command("migrate", "--noinput", "--verbosity=0")
    sitting = make_sitting(state="live")
    clerks = [
        Person.objects.create_user(display_name=f"Greffe {n}", email=f"greffe{n}@example.bj")
        for n in range(CLERKS)
    ]
    for clerk in clerks:
        for role in STAFF_ROLES:
            grant(clerk, sitting.commune, role)
    clerk = clerks[0]
    context = Context(sitting.pk, clerk.pk, "Greffe", frozenset({"clerk"}))
    with transaction.atomic():
        wanted = CreatePoll(prompt="Faut-il un marché neuf ?", options=["Oui", "Non"], secret=True)
        poll = open_poll(context, prepare(context, wanted).pk)
    crowd = Person.objects.bulk_create(
        [Person(display_name=f"Afi {n}", email=f"afi{n}@example.bj") for n in range(people)],
        batch_size=2000,
    )
    found = {
        "sitting": sitting.pk,
        "poll": poll.pk,
        "option": poll.options.values_list("pk", flat=True)[0],
        "people": [person.pk for person in crowd],
        "tickets": [ticket(person, sitting) for person in crowd],
        "staff_ticket": ticket(clerk, sitting, *STAFF_ROLES),
        "staff_tickets": [ticket(one, sitting, *STAFF_ROLES) for one in clerks],
    }
    target.write_text(json.dumps(found))


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]))
