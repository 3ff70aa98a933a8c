"""A sitting by a clock of our own, and how soon a killed publisher is missed and back."""

import asyncio
import time
from pathlib import Path

from live.media.disk import DiskWriter
from live.media.file_source import FileSource
from live.protocol.media import FactKind, MediaMode
from tests.support.sender import Sender

from .conftest import CLAPS, make_film
from .harness import Room
from .long import LongSitting, lips
from .trouble import ended, goes_on, join


async def test_lips_and_voice_stay_together_though_the_clocks_drift_apart(
    tmp_path: Path, films: dict[str, FileSource]
) -> None:
    disk = DiskWriter()
    disk.start()
    sitting = LongSitting(tmp_path / "abcde", disk, films["claps"])
    await sitting.play(60, lambda _: None, 60)
    await disk.stop()
    catalogue = sitting.shelf.catalogue
    assert 58 < catalogue.duration < 62
    assert abs(catalogue.video.end - catalogue.audio.end) < 0.1
    last = len(catalogue.video.segments) - 1
    found = lips(tmp_path / "abcde", sitting.shelf, last - 8, last)
    assert len(found) >= 8
    assert max(map(abs, found)) <= 0.04, found


async def test_a_killed_publisher_is_soon_missed_and_players_soon_go_on(
    room: Room, tmp_path: Path
) -> None:
    film = make_film(tmp_path / "claps.ts", picture=True, sound=True, **CLAPS)
    await room.order(MediaMode.LIVE)
    sender = Sender(film, room.whip_url, room.token(), tmp_path / "sender.log")
    try:
        await asyncio.to_thread(sender.send)
        await room.segments(1)
        gone = time.monotonic()
        sender.kill()
        await room.fact(FactKind.PUBLISHER_INTERRUPTED)
        # 3 s and 6 s are demanded and measured by `make soak`; machines that test are busy.
        assert time.monotonic() - gone < 8
        await asyncio.to_thread(sender.send)
        assert await goes_on(room, time.monotonic()) < 12
        await room.segments(len((await room.playlist()).segments) + 1)
        await join(room)
    finally:
        sender.kill()
    assert await ended(room) < 0.1
