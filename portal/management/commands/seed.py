"""`manage.py seed`: three communes with invented people, and their sittings."""

import json
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import OperationalError

from portal.demo.people import CITIZENS, STAFF, Character
from portal.demo.places import PLACES
from portal.demo.seeding import seed

ROLES = {
    "": "citoyen",
    "admin": "administration",
    "clerk": "secrétaire",
    "moderator": "modération",
    "host": "animation",
}


class Command(BaseCommand):
    help = (
        "Write the demonstration's communes, people and sittings (again and again if you like), "
        "and print who one may sign in as."
    )

    #: The addresses of pages do not matter here, and loading them takes longer than seeding.
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="print the log-ins as JSON")
        parser.add_argument(
            "--no-hearing", action="store_true", help="without the hearing that is live"
        )
        parser.add_argument("--quiet", action="store_true", help="print nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            seed(hearing=not options["no_hearing"])
        except OperationalError as error:
            raise CommandError(f"{error}. Has `manage.py migrate` been run?") from error
        except ValueError as error:
            raise CommandError(str(error)) from error
        if options["json"]:
            self.stdout.write(json.dumps(log_ins(), ensure_ascii=False, indent=1))
        elif not options["quiet"]:
            self.stdout.write(table(log_ins()))


def log_ins() -> list[dict[str, str]]:
    """Whom a human being may sign in as: `commune`, `role`, `name`, `phone`."""
    return [_log_in(person) for person in (*CITIZENS, *STAFF) if not person.simulated]


def _log_in(person: Character) -> dict[str, str]:
    names = {place.slug: place.name for place in PLACES}
    number = person.phone.removeprefix("+229")
    return {
        "commune": names.get(person.commune, ""),
        "role": person.role or "citizen",
        "label": ROLES[person.role],
        "name": person.name,
        "phone": " ".join(number[i : i + 2] for i in range(0, len(number), 2)),
    }


def table(people: list[dict[str, str]]) -> str:
    """The log-ins as people read them."""
    rows = [("Commune", "Rôle", "Téléphone", "Nom")]
    rows += [
        (row["commune"] or "toutes", row["label"], row["phone"], row["name"]) for row in people
    ]
    widths = [max(len(row[column]) for row in rows) for column in range(4)]
    lines = [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    ]
    lines.insert(1, "  ".join("─" * width for width in widths))
    head = f"Pour se connecter : {settings.PUBLIC_URL}/connexion/, avec un de ces numéros fictifs."
    note = (
        "Le code s’affiche à l’écran."
        if settings.DEMO
        else "Le code s’affiche dans le journal du serveur ; avec DEMO=1, à l’écran."
    )
    return "\n".join([head, note, "", *lines])
