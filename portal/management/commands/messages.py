"""`manage.py messages`: the one catalogue of the interface, from the source to what is loaded."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from portal.catalogue import build, extract, po, review
from portal.catalogue.message import Catalogue, Contradiction, gather, merge

PO = "locale/fr/LC_MESSAGES/django.po"
MO = "locale/fr/LC_MESSAGES/django.mo"
WORDS = "frontend/src/generated/messages.fr.json"


class Command(BaseCommand):
    help = (
        "Find the strings of Python, templates and islands, bring locale/fr up to date (keeping "
        "its translations) and build what Django and the islands load."
    )
    #: Translations must not be asked of a catalogue that is being made.
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        what = parser.add_mutually_exclusive_group()
        what.add_argument(
            "--check",
            action="store_true",
            help="change nothing; fail when the catalogue is behind the source or incomplete",
        )
        what.add_argument(
            "--compile",
            action="store_true",
            dest="compile_only",
            help="only build from the catalogue as it is",
        )
        parser.add_argument("--prune", action="store_true", help="drop what is no longer used")

    def handle(self, *args: Any, check: bool, compile_only: bool, **options: Any) -> None:
        root = Path(settings.BASE_DIR)
        try:
            text = (root / PO).read_text() if (root / PO).exists() else ""
            catalogue = po.read(text)
            if not compile_only:
                found = gather(extract.extract(root))
                catalogue = merge(catalogue, found)
        except (po.Unreadable, Contradiction) as error:
            raise CommandError(str(error)) from error
        if options["prune"]:
            catalogue = {key: each for key, each in catalogue.items() if not each.obsolete}
        if check:
            self._check(root, text, catalogue)
            return
        if not compile_only:
            self._save(root / PO, po.write(catalogue).encode())
        self._save(root / MO, build.machine_object(catalogue))
        self._save(root / WORDS, build.island_words(catalogue).encode())
        current = [message for message in catalogue.values() if not message.obsolete]
        done = sum(message.translated for message in current)
        self.stdout.write(f"{done} of {len(current)} messages are in French")
        if not compile_only:
            for complaint in review.complaints(catalogue):
                self.stdout.write(f"  {complaint}")

    def _check(self, root: Path, text: str, catalogue: Catalogue) -> None:
        problems = list(review.complaints(catalogue))
        if po.write(catalogue) != text:
            problems.append(f"{PO} is behind the source")
        words = root / WORDS
        if not words.exists() or words.read_text() != build.island_words(catalogue):
            problems.append(f"{WORDS} is behind {PO}")
        if problems:
            raise CommandError("\n".join([*problems, "Run: manage.py messages"]))
        self.stdout.write("the catalogue is complete")

    def _save(self, path: Path, content: bytes) -> None:
        if path.exists() and path.read_bytes() == content:
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        # Whoever reads it meanwhile gets the old file or the new one, never half.
        draft = path.with_name(f".{path.name}.part")
        draft.write_bytes(content)
        draft.replace(path)
        self.stdout.write(str(path.relative_to(settings.BASE_DIR)))
