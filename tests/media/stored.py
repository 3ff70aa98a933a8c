"""A recording on its way into a storage, for the tests of it."""

import io
from dataclasses import dataclass
from pathlib import Path

from django.core.management import call_command

from live.archive.keeper import Keeper
from live.archive.store import Store
from live.media import store as disk
from live.models import ArchivedCopy, Sitting
from live.protocol.media import MediaAccess, MediaMode, MediaOrder
from portal.archiving import Stills
from tests.support.s3 import S3


@dataclass
class World:
    """A media folder, a bucket, and a sitting that has just been archived."""

    media: Path
    s3: S3
    sitting: Sitting

    @property
    def folder(self) -> Path:
        found = disk.recording_folder(self.media / self.sitting.pk)
        assert found is not None
        return found

    @property
    def keeper(self) -> Keeper:
        return Keeper(Store(), Stills())

    @property
    def row(self) -> ArchivedCopy:
        return ArchivedCopy.objects.get(pk=self.sitting.pk)

    def keys(self) -> dict[str, int]:
        prefix = f"rec/{self.folder.name}/"
        return {k.removeprefix(prefix): v for k, v in self.s3.keys(self.sitting.pk).items()}

    def segments(self) -> list[Path]:
        return sorted(self.folder.glob("*.m4s"))


def order_of(sitting: Sitting) -> MediaOrder:
    return MediaOrder(
        sitting=sitting.pk, version=1, mode=MediaMode.ENDED, access=MediaAccess.PUBLIC
    )


def archive(*words: str) -> str:
    """What `manage.py archive` prints; raises `CommandError`."""
    out = io.StringIO()
    call_command("archive", *words, stdout=out)
    return out.getvalue()
