"""`manage.py commune create|list`: communes, for operators and scripts."""

import json
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser

from communes.models import Commune
from communes.slugs import validate_commune_slug


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
        listing = actions.add_parser("list", help="list the communes")
        for action in (create, listing):
            action.add_argument("--json", action="store_true", dest="as_json")

    def handle(self, *args: Any, action: str, as_json: bool, **options: Any) -> None:
        if action == "create":
            self._print([self._create(options)], as_json, one=True)
        else:
            self._print(list(Commune.objects.all()), as_json)

    def _create(self, options: dict[str, Any]) -> Commune:
        names = ("slug", "name", "department", "motto", "colour")
        commune = Commune(**{name: options[name] for name in names})
        commune.colour = commune.colour.lower()
        try:
            validate_commune_slug(commune.slug)
            commune.full_clean()
        except ValidationError as error:
            raise CommandError("; ".join(error.messages)) from None
        commune.save()
        return commune

    def _print(self, communes: list[Commune], as_json: bool, one: bool = False) -> None:
        rows = [
            {
                "slug": commune.slug,
                "name": commune.name,
                "department": commune.department,
                "colour": commune.colour,
                "page": f"/{commune.slug}/",
            }
            for commune in communes
        ]
        if as_json:
            self.stdout.write(json.dumps(rows[0] if one else rows, ensure_ascii=False))
            return
        for row in rows:
            self.stdout.write(f"{row['slug']}\t{row['name']}\t{row['department']}")
