"""A recording on its way into a storage, for the tests of it."""

import asyncio
import io
from dataclasses import dataclass
from pathlib import Path

from django.core.management import call_command
from playwright.async_api import Request, async_playwright

from live.archive.keeper import Keeper
from live.archive.store import Store
from live.media import store as disk
from live.media.disk import DiskWriter
from live.media.file_source import FileSource
from live.media.shelf_files import new_name
from live.models import ArchivedCopy, Sitting
from live.protocol.media import MediaAccess, MediaMode, MediaOrder
from portal.archiving import Stills
from tests.support.chromium import launch
from tests.support.s3 import S3

from .conftest import make_film
from .long import LongSitting
from .test_hls_js import fatal, goes_on, player


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


async def recorded(folder: Path) -> Path:
    """A sitting's folder with a complete recording, by a clock of its own: nobody waits for its
    seconds."""
    film = make_film(
        folder / "film.ts", size="320x180", seconds=12, gop=50, picture=True, sound=True
    )
    writer = DiskWriter()
    writer.start()
    sitting = LongSitting(folder / "hall" / "rec" / new_name(), writer, FileSource(film))
    await sitting.play(9, lambda _: None, 9)
    complete = asyncio.Event()
    sitting.shelf.finalise(complete.set)
    await complete.wait()
    sitting.shelf.mark_told()
    sitting.shelf.release()
    await writer.stop()
    (folder / "hall" / "done").touch()
    return folder / "hall"


async def replays(url: str, storage: str) -> int:
    """Play a recording in Chromium from its beginning and from its end; how many of its files the
    page had from the storage itself."""
    async with async_playwright() as playwright:
        browser = await launch(playwright)
        page = await player(browser, url, low=False)
        fetched: list[Request] = []
        page.on("requestfinished", lambda request: fetched.append(request))
        await goes_on(page, 1)
        await page.evaluate("video.currentTime = video.duration - 2")
        await goes_on(page, 1)
        assert await page.evaluate("video.videoWidth") == 320
        assert await fatal(page) == []
        await browser.close()
    return sum(request.url.startswith(storage) for request in fetched)
