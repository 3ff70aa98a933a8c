"""`manage.py listed`: a commune's list of inhabitants' telephone numbers."""

import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from communes.identity import phone
from communes.models import Commune
from consultations.actions.listing import add_numbers, clear_list, remove_number
from consultations.models import ListedNumber
from live.delivery.writer import perform


class Command(BaseCommand):
    help = "Adds telephone numbers to a commune's list, one a line, or takes them off it."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("commune", help="the commune's address, as in /cotonou/")
        parser.add_argument("--add", metavar="FILE", help="a file of numbers; - reads them here")
        parser.add_argument("--remove", metavar="NUMBER")
        parser.add_argument("--clear", action="store_true", help="take all numbers off")

    def handle(
        self,
        *args: Any,
        commune: str,
        add: str | None,
        remove: str | None,
        clear: bool,
        **options: Any,
    ) -> None:
        place = Commune.objects.filter(slug=commune).first()
        if place is None:
            raise CommandError(f"There is no commune {commune}.")
        if clear:
            self.stdout.write(f"{perform(lambda: clear_list(place))} numbers taken off.")
        if remove:
            self._remove(place, remove)
        if add:
            self._add(place, add)
        total = ListedNumber.objects.filter(commune=place).count()
        self.stdout.write(f"{place.name}: {total} numbers on the list.")

    def _remove(self, place: Commune, number: str) -> None:
        try:
            gone = perform(lambda: remove_number(place, number))
        except (phone.NotANumber, phone.NoTextMessages) as error:
            raise CommandError("This is not a mobile number.") from error
        self.stdout.write("Taken off." if gone else "It was not on the list.")

    def _add(self, place: Commune, name: str) -> None:
        try:
            text = sys.stdin.read() if name == "-" else Path(name).read_text("utf-8-sig")
        except (OSError, UnicodeDecodeError) as error:
            raise CommandError(f"{name} cannot be read: {error}") from error
        listing = perform(lambda: add_numbers(place, text.splitlines()))
        self.stdout.write(f"{listing.added} added, {listing.known} were there.")
        if listing.unreadable:
            lines = ", ".join(map(str, listing.unreadable[:20]))
            more = " …" if len(listing.unreadable) > 20 else ""
            self.stderr.write(f"No mobile number on lines {lines}{more}")
