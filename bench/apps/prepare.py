"""Fill an empty database for a benchmark: a live sitting, an open poll, and people with tickets.

`python -m bench.apps.prepare PEOPLE FILE` writes JSON: sitting, poll, option, tickets.
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
from consultations.actions.polls import open_poll, prepare  # noqa: E402
from consultations.protocol import CreatePoll  # noqa: E402
from live.actions.context import Context  # noqa: E402
from live.protocol.signing import sign_token  # noqa: E402
from live.protocol.tickets import TicketClaims  # noqa: E402
from tests.support.factories import make_sitting  # noqa: E402

#: Longer than tickets live in the product: signing 10,000 takes a while, and so may connecting.
TICKET_LIFE_S = 3600


def main(people: int, target: Path) -> None:
    call_command("migrate", "--noinput", "--verbosity=0")
    sitting = make_sitting(state="live")
    clerk = Person.objects.create_user(display_name="Greffe", email="greffe@example.bj")
    context = Context(sitting.pk, clerk.pk, "Greffe", frozenset({"clerk"}))
    with transaction.atomic():
        wanted = CreatePoll(prompt="Faut-il un marché neuf ?", options=["Oui", "Non"], secret=True)
        poll = open_poll(context, prepare(context, wanted).pk)
    crowd = Person.objects.bulk_create(
        [Person(display_name=f"Afi {n}", email=f"afi{n}@example.bj") for n in range(people)],
        batch_size=2000,
    )
    key = f"ticket:{settings.SECRET_KEY}".encode()
    expires = int(time.time()) + TICKET_LIFE_S
    tickets = [
        sign_token(
            TicketClaims(
                exp=expires,
                sitting=sitting.pk,
                person=person.pk,
                public_id=person.public_id,
                name=person.display_name,
                roles=[],
                language="fr",
            ),
            key,
        )
        for person in crowd
    ]
    found = {
        "sitting": sitting.pk,
        "poll": poll.pk,
        "option": poll.options.values_list("pk", flat=True)[0],
        "people": [person.pk for person in crowd],
        "tickets": tickets,
    }
    target.write_text(json.dumps(found))


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]))
