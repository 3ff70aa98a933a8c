"""`manage.py sitting create|schedule|open|pause|resume|close-doors|reopen-doors|close|cancel|list`:
sittings for operators and scripts."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from communes.models import Commune
from live.actions import lifecycle
from live.actions.agenda import AgendaDraft
from live.actions.sittings import SittingDraft, create_sitting
from live.delivery.writer import perform
from live.models import Sitting, SittingKind
from live.protocol.errors import Refused
from live.timeline.append import SYSTEM
from live.timeline.digest import verify
from live.transport.addresses import (
    media_address,
    page_address,
    publish_token,
    socket_address,
    whip_address,
)

#: What the operator says, and the transition it is.
TRANSITIONS = {
    "schedule": "schedule",
    "open": "open",
    "pause": "pause",
    "resume": "resume",
    "close-doors": "close_doors",
    "reopen-doors": "reopen_doors",
    "close": "end",
    "cancel": "cancel",
}


class Command(BaseCommand):
    help = "Create, open, pause, close and list sittings."

    def add_arguments(self, parser: CommandParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True)
        create = actions.add_parser("create", help="make a draft")
        create.add_argument("--commune", required=True, metavar="SLUG")
        create.add_argument("--title", required=True)
        create.add_argument("--kind", choices=SittingKind.values, default=SittingKind.HEARING)
        create.add_argument("--at", default="", metavar="ISO", help="date and time; now if absent")
        create.add_argument("--place", default="")
        create.add_argument("--summary", default="")
        create.add_argument("--rehearsal", action="store_true", help="nothing is public or kept")
        create.add_argument(
            "--agenda", action="append", default=[], metavar="TITLE", help="a point; repeatable"
        )
        listing = actions.add_parser("list", help="list sittings, newest first")
        listing.add_argument("--commune", metavar="SLUG", default="")
        listing.add_argument("--state", default="")
        checked = actions.add_parser("verify", help="recompute the digests of a timeline")
        checked.add_argument("sitting", metavar="ID")
        for name in TRANSITIONS:
            transition = actions.add_parser(name, help=f"{name} a sitting")
            transition.add_argument("sitting", metavar="ID")
        for action in actions.choices.values():
            action.add_argument("--json", action="store_true", dest="as_json")

    def handle(self, *args: Any, action: str, as_json: bool, **options: Any) -> None:
        result: Any
        try:
            if action == "create":
                result = describe(self._create(options))
            elif action == "list":
                result = [describe(sitting) for sitting in self._list(options)]
            elif action == "verify":
                result = self._verify(options["sitting"])
            else:
                result = describe(self._change(options["sitting"], TRANSITIONS[action]))
        except Refused as refused:
            raise CommandError(f"{refused.code}: {refused.detail}") from None
        self.stdout.write(json.dumps(result, ensure_ascii=False) if as_json else readable(result))

    def _create(self, options: dict[str, Any]) -> Sitting:
        try:
            commune = Commune.objects.get(slug=options["commune"])
        except Commune.DoesNotExist:
            known = ", ".join(Commune.objects.values_list("slug", flat=True)) or "none"
            raise CommandError(f"no commune {options['commune']!r}; there are: {known}") from None
        at = parse_datetime(options["at"]) if options["at"] else timezone.now()
        if at is None:
            raise CommandError(f"--at: not a date and time: {options['at']!r}")
        if timezone.is_naive(at):
            at = timezone.make_aware(at)
        if not options["title"].strip():
            raise CommandError("--title: empty")
        draft = SittingDraft(
            kind=options["kind"],
            title=options["title"].strip(),
            scheduled_at=at,
            place=options["place"],
            summary=options["summary"],
            rehearsal=options["rehearsal"],
        )
        agenda = [AgendaDraft(title) for title in options["agenda"]]
        return perform(lambda: create_sitting(commune, draft, SYSTEM, agenda))

    def _list(self, options: dict[str, Any]) -> list[Sitting]:
        sittings = Sitting.objects.select_related("commune")
        if options["commune"]:
            sittings = sittings.filter(commune__slug=options["commune"])
        if options["state"]:
            sittings = sittings.filter(state=options["state"])
        return list(sittings)

    def _find(self, sitting_id: str) -> Sitting:
        try:
            return Sitting.objects.select_related("commune").get(pk=sitting_id)
        except Sitting.DoesNotExist:
            raise CommandError(f"no sitting {sitting_id!r}") from None

    def _change(self, sitting_id: str, name: str) -> Sitting:
        self._find(sitting_id)
        perform(lambda: lifecycle.change(sitting_id, name, SYSTEM))
        return self._find(sitting_id)

    def _verify(self, sitting_id: str) -> dict[str, Any]:
        found = verify(self._find(sitting_id).timeline)
        if found.broken_at is not None:
            raise CommandError(f"the chain breaks at entry {found.broken_at}")
        return {"id": sitting_id, "entries": found.entries, "erased": found.erased, "ok": True}


def describe(sitting: Sitting) -> dict[str, Any]:
    """What scripts need of a sitting."""
    return {
        "id": sitting.pk,
        "title": sitting.title,
        "commune": sitting.commune.slug,
        "state": sitting.state,
        "page": page_address(sitting),
        "ws": socket_address(sitting),
        "whip_url": whip_address(sitting),
        "whip_token": publish_token(sitting),
        "hls_url": media_address(sitting),
    }


def readable(result: Any) -> str:
    """The same for people."""
    if isinstance(result, list):
        lines = [
            f"{row['id']}  {row['state']:<12}  {row['commune']}: {row['title']}" for row in result
        ]
        return "\n".join(lines) or "no sittings"
    width = max(map(len, result))
    return "\n".join(f"{name:<{width}}  {value}" for name, value in result.items())
