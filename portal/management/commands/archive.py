"""`manage.py archive keep|push|status|verify|restore`: checksums and copies of recordings."""

import json
import logging
import signal
import threading
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connections

from live.archive.checksums import kept_list
from live.archive.copies import Copy, Damaged, Fault
from live.archive.keeper import Keeper, Locked, locked
from live.archive.store import Store, StoreAway
from live.media.away import AWAY_NAME
from live.media.ladder.process import give_way
from live.models import ArchivedCopy, Recording, Sitting, SittingState
from portal.archiving import Stills

logger = logging.getLogger("live.archive")

LOOK_EVERY_S = 15.0
#: Between two tries while the storage does not answer.
FIRST_WAIT_S, LONGEST_WAIT_S = 2.0, 120.0


class Command(BaseCommand):
    help = (
        "Recordings of ended sittings: checksums and, with ARCHIVE_BUCKET, copies. `keep` does "
        "what there is to do, for ever; `push` does it once."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True)
        actions.add_parser("keep", help="the process that sees to it; ends with a signal")
        push = actions.add_parser("push", help="make checksums and copies that lack, now")
        push.add_argument("sitting", nargs="?", metavar="ID")
        status = actions.add_parser("status", help="what is where")
        status.add_argument("--json", action="store_true", dest="as_json")
        check = actions.add_parser("verify", help="read everything again, compare checksums")
        check.add_argument("sittings", nargs="*", metavar="ID")
        check.add_argument("--local", action="store_true", help="what is on this disk instead")
        back = actions.add_parser("restore", help="bring what the disk lacks back from the storage")
        back.add_argument("sittings", nargs="*", metavar="ID")
        back.add_argument("--all", action="store_true", dest="everything")

    def handle(self, *args: Any, action: str, **options: Any) -> None:
        self.store = Store()
        try:
            match action:
                case "keep":
                    self._keep()
                case "push":
                    self._push(options["sitting"])
                case "status":
                    self._status(as_json=options["as_json"])
                case "verify":
                    self._verify(options["sittings"], local=options["local"])
                case "restore":
                    self._restore(options["sittings"], everything=options["everything"])
        except StoreAway as error:
            raise CommandError(f"the archive's storage does not answer: {error}") from error
        except Locked:
            raise CommandError("the archive's process is at work on this folder") from None

    # keep, push

    def _keep(self) -> None:
        give_way()
        stopped = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stopped.set())
        keeper = Keeper(self.store, Stills(), stopped.is_set)
        while not stopped.is_set():
            try:
                with locked(keeper.media_dir):
                    self._look_again_and_again(keeper, stopped)
            except Locked:
                stopped.wait(LOOK_EVERY_S)

    def _look_again_and_again(self, keeper: Keeper, stopped: threading.Event) -> None:
        wait = 0.0
        while not stopped.is_set():
            try:
                keeper.look()
                if wait:
                    logger.info("the archive's storage answers again")
                wait = 0.0
            except StoreAway as error:
                if not wait:
                    logger.warning(
                        "the archive's storage does not answer; recordings stay on this disk and "
                        "can be played, copies are tried again: %s",
                        error,
                    )
                wait = min(wait * 2 or FIRST_WAIT_S, LONGEST_WAIT_S)
            except Exception:
                logger.exception("archive")
                connections.close_all()
            stopped.wait(wait or LOOK_EVERY_S)

    def _push(self, sitting: str | None) -> None:
        keeper = Keeper(self.store, Stills())
        with locked(keeper.media_dir):
            whole = keeper.look(sitting)
        if not whole:
            raise CommandError("not everything was copied: a sitting is going on, or see above")

    # status

    def _status(self, *, as_json: bool) -> None:
        rows = [self._row(recording) for recording in _recordings([])]
        going = ArchivedCopy.objects.filter(erase=True).count()
        if as_json:
            self.stdout.write(
                json.dumps({"place": self.store.place, "to_erase": going, "recordings": rows})
            )
            return
        self.stdout.write(f"archive: {self.store.place or settings.RECORDINGS_DIR}")
        for row in rows:
            self.stdout.write(
                f"{row['sitting']}  {row['state']:<10}  {row['stored']}/{row['files']} files  "
                f"{row['size_bytes'] / 1e6:.1f} MB  {row['title']}"
            )
        if going:
            self.stdout.write(f"{going} copies wait to be erased")

    def _row(self, recording: Recording) -> dict[str, Any]:
        sitting = recording.sitting
        copy = ArchivedCopy.objects.filter(pk=sitting.pk).first()
        folder = self._folder(sitting.pk, copy)
        sums = kept_list(folder) if folder is not None else None
        stored = 0
        if folder is not None and sums is not None and copy is not None and copy.place:
            stored = len(Copy(folder, self.store).stored() & sums.files.keys())
        if copy is None:
            state = "waiting" if folder is not None else "elsewhere"
        elif not copy.place:
            state = "on disk"
        elif copy.freed_at is not None:
            state = "in storage"
        else:
            state = "in both" if copy.stored_at is not None else "on its way"
        return {
            "sitting": sitting.pk,
            "title": sitting.title,
            "state": state,
            "files": copy.files if copy is not None else 0,
            "stored": stored,
            "size_bytes": copy.size_bytes if copy is not None else recording.size_bytes,
            "digest": copy.digest if copy is not None else "",
            "place": copy.place if copy is not None else "",
        }

    def _folder(self, sitting: str, copy: ArchivedCopy | None) -> Path | None:
        if copy is not None:
            return Path(settings.RECORDINGS_DIR) / sitting / "rec" / copy.recording
        return Keeper(self.store, Stills()).folder(sitting)

    # verify, restore

    def _verify(self, sittings: list[str], *, local: bool) -> None:
        faults: list[Fault] = []
        checked = 0
        for recording in _recordings(sittings):
            row = ArchivedCopy.objects.filter(pk=recording.sitting_id).first()
            if row is None:
                self.stderr.write(f"{recording.sitting_id}: no checksums yet")
                continue
            if row.place not in ("", self.store.place):
                raise CommandError(f"{row.sitting} is in {row.place}, which is not configured")
            folder = Path(settings.RECORDINGS_DIR) / row.sitting / "rec" / row.recording
            here = local or not row.place
            if local and (folder / AWAY_NAME).exists():
                continue
            if not here and row.stored_at is None:
                self.stderr.write(f"{row.sitting}: its copy is not complete yet")
                continue
            copy = Keeper(self.store, Stills()).copy(row.sitting, folder)
            faults += copy.verify(row.digest, local=here)
            checked += row.files
        for fault in faults:
            self.stdout.write(str(fault))
        if faults:
            raise CommandError(f"{len(faults)} of {checked} files are not as they were")
        self.stdout.write(f"{checked} files are as they were")

    def _restore(self, sittings: list[str], *, everything: bool) -> None:
        if not sittings and not everything:
            raise CommandError("name sittings, or --all")
        keeper = Keeper(self.store, Stills())
        with locked(keeper.media_dir):
            for recording in _recordings(sittings):
                try:
                    came = keeper.restore(recording.sitting)
                except (Damaged, FileNotFoundError) as error:
                    raise CommandError(f"{recording.sitting_id}: {error}") from error
                self.stdout.write(f"{recording.sitting_id}: {len(came)} files came back")


def _recordings(sittings: list[str]) -> list[Recording]:
    """Those named, or all that are archived."""
    found = Recording.objects.filter(sitting__state=SittingState.ARCHIVED).select_related("sitting")
    if sittings:
        found = found.filter(sitting__in=sittings)
        missing = set(sittings) - set(found.values_list("sitting_id", flat=True))
        if missing:
            known = Sitting.objects.filter(pk__in=missing).values_list("pk", flat=True)
            why = "has no recording" if set(known) == missing else "is not known"
            raise CommandError(f"{', '.join(sorted(missing))} {why}")
    return list(found.order_by("finalised_at"))
