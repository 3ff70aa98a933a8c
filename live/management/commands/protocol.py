"""`manage.py protocol`: the generated face of the protocol, TypeScript and Markdown."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from live.management import handbook, typescript

BASE_DIR = Path(__file__).resolve().parents[3]


class Command(BaseCommand):
    help = "Writes frontend/src/generated/{protocol,tables}.ts and docs/protocol.md."
    # Pages have no say in it.
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--check", action="store_true", help="write nothing, fail when they are out of date"
        )

    def handle(self, *args: Any, check: bool = False, **options: Any) -> None:
        try:
            wanted = {
                Path("frontend/src/generated/protocol.ts"): typescript.render(BASE_DIR),
                Path("frontend/src/generated/tables.ts"): typescript.render_tables(),
                Path("docs/protocol.md"): handbook.render(),
            }
        except typescript.NoTool as error:
            raise CommandError(str(error)) from error
        stale = [
            path
            for path, text in wanted.items()
            if not (BASE_DIR / path).exists()
            or (BASE_DIR / path).read_text(encoding="utf-8") != text
        ]
        if check:
            if stale:
                names = ", ".join(str(path) for path in stale)
                raise CommandError(f"out of date: {names}; run `manage.py protocol`")
            self.stdout.write("The generated protocol is up to date.")
            return
        for path in stale:
            (BASE_DIR / path).parent.mkdir(parents=True, exist_ok=True)
            (BASE_DIR / path).write_text(wanted[path], encoding="utf-8")
            self.stdout.write(f"Wrote {path}.")
        if not stale:
            self.stdout.write("Nothing to do.")
