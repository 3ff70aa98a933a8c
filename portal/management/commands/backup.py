"""`manage.py backup FOLDER|FILE.tar`: database, recordings, uploads and secrets, while all runs."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from portal.backup.make import back_up
from portal.backup.manifest import SECRETS, BackupError
from portal.backup.places import Places


class Command(BaseCommand):
    help = (
        "Back everything up: into a folder of backups, each of which shares unchanged recordings "
        "with the one before, or into one .tar file. Web and media may run meanwhile."
    )
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("destination", type=Path, metavar="FOLDER|FILE.tar")
        parser.add_argument(
            "--keep", type=int, default=0, metavar="N", help="in a folder: keep the N latest only"
        )
        parser.add_argument(
            "--without-secrets", action="store_true", help="leave the keys out; keep them elsewhere"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            made = back_up(
                options["destination"].resolve(),
                Places.configured(),
                secrets=not options["without_secrets"],
                keep=options["keep"],
            )
        except (BackupError, OSError) as error:
            raise CommandError(str(error)) from error
        files, size = len(made.manifest.files), made.manifest.size / 1e6
        self.stdout.write(
            f"{made.place}: {files} files, {size:.1f} MB, {made.copied / 1e6:.1f} MB of it new."
        )
        if SECRETS in made.manifest.files:
            self.stderr.write(
                "It holds the keys to what it holds (secrets.json: telephone numbers can be read "
                "with them). Keep it where only you can read it."
            )
        else:
            self.stderr.write(
                "The keys are not in it. Without SECRET_KEY, MEDIA_KEY, PHONE_HASH_KEY and "
                "PHONE_CIPHER_KEY (or secrets.json) nobody can sign in after a restore: keep them."
            )
