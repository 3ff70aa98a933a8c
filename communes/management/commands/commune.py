"""`manage.py commune create|list`: communes, for operators and scripts."""

import json
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from communes.actions.founding import Invited, found, invite
from communes.arms import clean_arms
from communes.forms import clean_name
from communes.identity.contact import Contact
from communes.models import Commune, Language, Population


class Command(BaseCommand):
    help = "Create or list communes."

    def add_arguments(self, parser: CommandParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True)
        create = actions.add_parser("create", help="make a commune")
        create.add_argument("--slug", required=True, help="its address, as in /cotonou/")
        create.add_argument("--name", required=True)
        create.add_argument("--department", default="")
        create.add_argument("--motto", default="")
        create.add_argument("--colour", default="#1d4d2f", help="#rrggbb")
        create.add_argument("--arms", type=Path, help="a picture: PNG, JPEG or WebP")
        create.add_argument("--population", default="", choices=["", *Population.values])
        create.add_argument(
            "--arrondissement", action="append", default=[], help="its name; once for each"
        )
        create.add_argument(
            "--language",
            action="append",
            default=[],
            choices=Language.values,
            help="spoken there; once for each, that of its papers first (default: fr)",
        )
        create.add_argument("--gigabyte-price", type=int, default=1000, help="CFA francs")
        create.add_argument("--gigabyte-source", default="", help="who says so")
        admin = create.add_mutually_exclusive_group()
        admin.add_argument("--admin-phone", default="", help="of the first administrator")
        admin.add_argument("--admin-email", default="", help="of the first administrator")
        create.add_argument("--admin-name", default="", help="the name shown")
        listing = actions.add_parser("list", help="list the communes")
        for action in (create, listing):
            action.add_argument("--json", action="store_true", dest="as_json")

    def handle(self, *args: Any, action: str, as_json: bool, **options: Any) -> None:
        if action == "create":
            try:
                with transaction.atomic():
                    commune, invited = self._create(options)
            except ValidationError as error:
                raise CommandError("; ".join(error.messages)) from None
            self._print([commune], as_json, invited, one=True)
        else:
            self._print(list(Commune.objects.all()), as_json)

    def _create(self, options: dict[str, Any]) -> tuple[Commune, Invited | None]:
        """Raises ValidationError; in a transaction."""
        names = ("slug", "name", "department", "motto", "population")
        commune = Commune(**{name: options[name] for name in names})
        commune.colour = options["colour"].lower()
        if options["language"]:
            commune.languages = options["language"]
        commune.gigabyte_price = options["gigabyte_price"]
        commune.gigabyte_source = options["gigabyte_source"]
        contact = None
        if options["admin_phone"]:
            contact = Contact.phone(options["admin_phone"])
        elif options["admin_email"]:
            contact = Contact.email(options["admin_email"])
        arms = clean_arms(options["arms"]) if options["arms"] else None
        found(commune, options["arrondissement"])
        if arms is not None:
            commune.arms.save(arms.name or "arms.png", arms)
        if contact is None:
            return commune, None
        return commune, invite(commune, contact, clean_name(options["admin_name"]))

    def _print(
        self,
        communes: list[Commune],
        as_json: bool,
        invited: Invited | None = None,
        one: bool = False,
    ) -> None:
        rows: list[dict[str, str]] = [
            {
                "slug": commune.slug,
                "name": commune.name,
                "department": commune.department,
                "colour": commune.colour,
                "page": f"/{commune.slug}/",
            }
            for commune in communes
        ]
        if invited is not None:
            rows[0] |= {"administrator": invited.contact.masked, "link": invited.link}
        if as_json:
            self.stdout.write(json.dumps(rows[0] if one else rows, ensure_ascii=False))
            return
        for row in rows:
            self.stdout.write(f"{row['slug']}\t{row['name']}\t{row['department']}")
        if invited is not None:
            self.stdout.write(f"administrator: {invited.contact.masked}")
            if invited.expires_at is not None:
                self.stdout.write(
                    f"Sign in, once, until {invited.expires_at:%Y-%m-%d %H:%M} UTC:\n{invited.link}"
                )
