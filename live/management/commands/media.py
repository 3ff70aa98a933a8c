"""`manage.py media`: the media processes that share the sittings, and taking one away."""

import json
from typing import Any

import httpx
from django.core.management.base import BaseCommand, CommandError, CommandParser

from live.actions.placing import drain, forget, servers
from live.delivery.writer import perform
from live.models import MediaServer
from live.protocol.errors import Refused


def _answers(server: MediaServer) -> bool:
    try:
        return httpx.get(f"{server.url}/readyz", timeout=2, trust_env=False).is_success
    except httpx.HTTPError:
        return False


class Command(BaseCommand):
    help = "List media processes; have one take no more sittings; forget one that is gone."

    def add_arguments(self, parser: CommandParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True)
        listing = actions.add_parser("list", help="who they are, and what they hold")
        listing.add_argument("--json", action="store_true", dest="as_json")
        for name, text in (
            ("drain", "give it no more sittings; what goes on there stays"),
            ("use", "give it sittings again"),
            ("forget", "it is gone for good: its sittings go to others at once"),
        ):
            actions.add_parser(name, help=text).add_argument("name")

    def handle(self, *args: Any, action: str, **options: Any) -> None:
        try:
            match action:
                case "list":
                    self._list(as_json=options["as_json"])
                case "forget":
                    perform(lambda: forget(options["name"]))
                case _:
                    perform(lambda: drain(options["name"], draining=action == "drain"))
        except Refused as refused:
            raise CommandError(f"{refused.code}: {refused.detail}") from None

    def _list(self, *, as_json: bool) -> None:
        rows = [
            {
                "name": server.name,
                "url": server.url,
                "answers": _answers(server),
                "draining": server.draining,
                "sittings": server.sittings.count(),
            }
            for server in servers()
        ]
        if as_json:
            self.stdout.write(json.dumps(rows))
            return
        for row in rows:
            state = "up" if row["answers"] else "DOWN"
            note = ", takes no more" if row["draining"] else ""
            self.stdout.write(f"{row['name']}  {row['url']}  {state}{note}  {row['sittings']} held")
