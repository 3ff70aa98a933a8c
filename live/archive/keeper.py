"""Sees to it that finished recordings have checksums and, where there is a bucket, a copy in it;
that the disk is freed of what the bucket has; and that copies go when recordings do.

It looks at what is, does what lacks, and may be killed at any moment. One for each media folder
(a lock keeps others out); it needs the database, the folder and the storage.
"""

import fcntl
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Protocol

from django.conf import settings
from django.utils import timezone

from live.delivery.writer import perform
from live.media import store as disk
from live.media.away import AWAY_NAME, STORED_NAME
from live.media.journal import JOURNAL_NAME, write_atomically
from live.media.ladder import shown
from live.media.ladder.book import BOOK_NAME
from live.media.ladder.rungs import RUNGS
from live.media.progressive import INDEXES, Unreadable, film
from live.models import ArchivedCopy, Recording, Sitting, SittingState

from .checksums import Checksums, seal
from .copies import Copy, Damaged, Interrupted, erase
from .store import Store, StoreAway

logger = logging.getLogger(__name__)

LOCK_NAME = "archive.lock"
#: What is still being made of a recording (posters, smaller pictures) is waited for so long.
PATIENCE = timedelta(days=7)
_GOING_ON = (SittingState.LIVE, SittingState.PAUSED, SittingState.CLOSED_DOORS)


class Locked(Exception):
    """Another one is at work on this folder."""


class Extras(Protocol):
    """Files that belong to a recording, but are kept elsewhere on this machine. Names are those of
    the list of checksums."""

    def of(self, recording: Recording) -> dict[str, bytes]: ...

    def read(self, sitting: str, name: str) -> bytes | None:
        """None: it is not one of these."""

    def put_back(self, sitting: str, name: str, data: bytes) -> bool: ...


@contextmanager
def locked(media_dir: Path) -> Iterator[None]:
    """Raises `Locked`."""
    media_dir.mkdir(parents=True, exist_ok=True)
    with (media_dir / LOCK_NAME).open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise Locked from error
        yield


class Keeper:
    """`stop`: whether to end at the next occasion."""

    def __init__(
        self, store: Store, extras: Extras, stop: Callable[[], bool] = lambda: False
    ) -> None:
        self.media_dir = Path(settings.RECORDINGS_DIR)
        self._store = store
        self._extras = extras
        self._stop = stop
        #: By sitting: how it looked when nothing was left to do, or when it was found damaged.
        self._settled: dict[str, object] = {}
        self._waiting = False

    # Which

    def folder(self, sitting: str) -> Path | None:
        """The recording on this disk, if it is complete and web knows."""
        if not (self.media_dir / sitting / "done").exists():
            return None
        return disk.recording_folder(self.media_dir / sitting)

    def copy(self, sitting: str, folder: Path) -> Copy:
        return Copy(folder, self._store, lambda name: self._extras.read(sitting, name))

    # What is to be done

    def look(self, only: str | None = None) -> bool:
        """Do what there is to do. False where something has to wait (a sitting is going on).
        Raises `StoreAway`."""
        self._erase()
        whole = True
        finished = Recording.objects.filter(
            sitting__state=SittingState.ARCHIVED, sitting__rehearsal=False
        ).order_by("finalised_at")
        for recording in finished.select_related("sitting"):
            if self._stop():
                return False
            if only is None or recording.sitting_id == only:
                whole = self._care(recording) and whole
        if whole:
            self._waiting = False
        return whole

    def _care(self, recording: Recording) -> bool:
        """One recording; False where it has to wait."""
        sitting = recording.sitting_id
        folder = self.folder(sitting)
        if folder is None:
            return True
        looks = _looks(folder, recording)
        if self._settled.get(sitting) == looks and not self._due(recording, folder):
            return True
        try:
            whole = self._bring(recording, folder)
        except Interrupted:
            if not self._stop() and not self._waiting:
                self._waiting = True
                logger.info("copies wait: a sitting is going on")
            return False
        except StoreAway:
            raise
        except (Damaged, Unreadable) as error:
            logger.error("sitting %s: %s; see `manage.py archive verify`", sitting, error)
        except OSError as error:
            if not folder.exists():
                # It was purged meanwhile.
                return True
            logger.error("sitting %s: %s", sitting, error)
            return False
        else:
            if not whole:
                return True
        self._settled[sitting] = looks
        return True

    def _bring(self, recording: Recording, folder: Path) -> bool:
        sitting = recording.sitting_id
        known = ArchivedCopy.objects.filter(pk=sitting).first()
        if known is not None and known.place not in ("", self._store.place):
            if (folder / AWAY_NAME).exists():
                logger.error("sitting %s: its segments are in %s alone", sitting, known.place)
                return True
            # The storage is another one now: begin anew.
            (folder / STORED_NAME).unlink(missing_ok=True)
        away = (folder / AWAY_NAME).exists()
        more: dict[str, bytes] = {}
        if self._store.is_copy:
            if not away:
                _write_indexes(folder)
            more = self._extras.of(recording)
        sums = seal(folder, more)
        if not self._remember(sums):
            return False
        if not self._store.is_copy:
            return True
        copy = self.copy(sitting, folder)
        if not copy.is_stored(sums):
            sent = copy.push(sums, lambda: self._may_go_on(sitting))
            _update(sitting, stored_at=timezone.now())
            logger.info("sitting %s: %d files copied, %.1f MB", sitting, sent, sums.size / 1e6)
        if self._due(recording, folder):
            self._free(sitting, copy, sums)
        return True

    def _remember(self, sums: Checksums) -> bool:
        """Before the first file goes: whatever becomes of the copy, it will be found and erased.
        False where the recording is no longer kept."""

        def write() -> bool:
            there = Recording.objects.select_for_update().filter(sitting=sums.sitting)
            row = ArchivedCopy.objects.filter(pk=sums.sitting).first()
            if not there.exists() or (row is not None and row.erase):
                return False
            fresh = row is None or (row.digest, row.place) != (sums.digest, self._store.place)
            ArchivedCopy.objects.update_or_create(
                sitting=sums.sitting,
                defaults={
                    "recording": sums.recording,
                    "place": self._store.place,
                    "digest": sums.digest,
                    "files": len(sums.files),
                    "size_bytes": sums.size,
                    **({"stored_at": None} if fresh else {}),
                },
            )
            return True

        return perform(write)

    def _may_go_on(self, sitting: str) -> bool:
        if self._stop() or ArchivedCopy.objects.filter(pk=sitting, erase=True).exists():
            return False
        if settings.ARCHIVE_WHILE_LIVE:
            return True
        return not Sitting.objects.filter(state__in=_GOING_ON).exists()

    # The disk

    def _due(self, recording: Recording, folder: Path) -> bool:
        """Whether the disk has kept it long enough, and nothing is made of it any more."""
        days: int = settings.ARCHIVE_LOCAL_DAYS
        if not self._store.is_copy or days < 0 or (folder / AWAY_NAME).exists():
            return False
        row = ArchivedCopy.objects.filter(pk=recording.sitting_id).first()
        since = recording.sitting.ended_at or recording.finalised_at
        if row is not None and row.restored_at is not None:
            since = max(since, row.restored_at)
        now, end = timezone.now(), since + timedelta(days=days)
        return now >= end and (now >= end + PATIENCE or _all_made(recording, folder))

    def _free(self, sitting: str, copy: Copy, sums: Checksums) -> None:
        """Only once every byte has been read back from the storage."""
        faults = copy.verify(sums.digest)
        if faults:
            logger.error("sitting %s stays on this disk: %s", sitting, "; ".join(map(str, faults)))
            # Copied once more at the next look.
            (copy.folder / STORED_NAME).unlink(missing_ok=True)
            self._settled.pop(sitting, None)
            return
        freed = copy.free()
        _update(sitting, freed_at=timezone.now())
        logger.info("sitting %s: %.1f MB freed, the storage has them", sitting, freed / 1e6)

    # What is let go

    def _erase(self) -> None:
        for row in ArchivedCopy.objects.filter(erase=True):
            if row.place not in ("", self._store.place):
                logger.error("sitting %s: its copy in %s must be erased", row.sitting, row.place)
                continue
            sitting = row.sitting
            gone = erase(self._store, sitting) if row.place else 0
            perform(lambda row=row: row.delete())  # type: ignore[misc]
            logger.info("sitting %s: %d files of its copy erased", sitting, gone)

    # What comes back

    def restore(self, sitting: Sitting) -> list[str]:
        """Bring a recording back to this disk; the names that came. Media learns of a sitting that
        it does not know when it starts. Raises `Damaged`, `FileNotFoundError`, `StoreAway`."""
        from live.actions.media import order_for

        row = ArchivedCopy.objects.filter(pk=sitting.pk, erase=False).first()
        names = [row.recording] if row is not None else self._store.recordings(sitting.pk)
        if not names:
            raise FileNotFoundError(f"no recording of sitting {sitting.pk} is in the archive")
        home = self.media_dir / sitting.pk
        folder = home / "rec" / names[-1]
        folder.mkdir(parents=True, exist_ok=True)
        came = self.copy(sitting.pk, folder).restore(
            lambda name, data: self._extras.put_back(sitting.pk, name, data)
        )
        if not disk.order_path(home).exists():
            disk.save_order(home, order_for(sitting))
        (home / "done").touch()
        _update(sitting.pk, freed_at=None, restored_at=timezone.now())
        return came


def _update(sitting: str, **fields: datetime | None) -> None:
    perform(lambda: ArchivedCopy.objects.filter(pk=sitting).update(**fields))


def _looks(folder: Path, recording: Recording) -> object:
    """What changes when there is more to do."""
    changed = []
    for name in (JOURNAL_NAME, *(f"{rung.name}/{BOOK_NAME}" for rung in RUNGS), AWAY_NAME):
        try:
            changed.append((folder / name).stat().st_mtime_ns)
        except OSError:
            changed.append(0)
    return folder.name, recording.stills.get("name"), changed


def _all_made(recording: Recording, folder: Path) -> bool:
    """Whether pictures are made, and each smaller picture that was begun is complete."""
    if recording.has_video and not recording.stills:
        return False
    catalogue, _ = disk.load(folder)
    seen = shown.Shown()
    seen.read(folder)
    begun = {rung for rung in seen.books if (folder / rung.name / BOOK_NAME).exists()}
    return begun <= seen.listed(catalogue, ended=True).keys()


def _write_indexes(folder: Path) -> None:
    """What downloads need when the segments are elsewhere: to make it then, all would be read."""
    catalogue, _ = disk.load(folder)
    for kind, renditions in INDEXES.items():
        path = folder / f"{kind}.index"
        if path.exists() or not all(catalogue.tracks[r].real for r in renditions[:-1]):
            continue
        write_atomically(path, film(catalogue, folder, renditions).dump())
