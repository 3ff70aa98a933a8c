"""`manage.py restore FOLDER|FILE.tar`: put a backup in place, bring it up to date, verify it."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from live.models import Timeline
from live.timeline.digest import verify
from portal.backup.manifest import SECRETS, BackupError
from portal.backup.places import Places
from portal.backup.restore import restore


class Command(BaseCommand):
    help = (
        "Restore a backup (the latest of a folder of backups) into DATA_DIR and DATABASE_URL. "
        "Web, media and worker must be stopped. Every checksum is verified before anything changes."
    )
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("source", type=Path, metavar="FOLDER|FILE.tar")
        parser.add_argument(
            "--force", action="store_true", help="put what is there aside, in before-restore-…"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            manifest = restore(
                options["source"].resolve(), Places.configured(), force=options["force"]
            )
        except (BackupError, OSError) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(
            f"Restored {len(manifest.files)} files of {manifest.made_at:%Y-%m-%d %H:%M} UTC."
        )
        call_command("migrate", interactive=False, verbosity=0)
        self._verify()
        if SECRETS not in manifest.files:
            self.stderr.write("The backup holds no keys: give the old ones, or nobody signs in.")

    def _verify(self) -> None:
        entries = timelines = 0
        for timeline in Timeline.objects.iterator():
            found = verify(timeline)
            if found.broken_at is not None:
                raise CommandError(f"timeline {timeline.pk} breaks at entry {found.broken_at}")
            timelines += 1
            entries += found.entries
        self.stdout.write(f"Verified {timelines} timelines, {entries} entries.")
