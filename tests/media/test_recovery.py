"""A recording survives the death of the process, a broken network and a deaf web."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from live.media import journal
from live.media.file_source import FileSource
from live.media.whip_client import WhipPublisher
from live.protocol.media import FactKind, MediaMode
from tests.support.waiting import eventually

from .harness import MediaServer, Room, WebStandIn, decode, decode_listed


@pytest.fixture
def own_server(tmp_path: Path, web: WebStandIn) -> Iterator[MediaServer]:
    """A process that the test may kill."""
    server = MediaServer(tmp_path / "media", web)
    server.start()
    yield server
    server.stop()


async def test_killed_while_live(
    own_server: MediaServer, films: dict[str, FileSource], web: WebStandIn
) -> None:
    async with Room(own_server) as room:
        await room.order(MediaMode.LIVE)
        async with WhipPublisher(room.whip_url, room.token, films["film"], keep=True) as publisher:
            await room.segments(2)
            # Well into a segment that no playlist lists yet.
            folder = room.recording_folder()

            def third_grows() -> bool:
                path = folder / "v3.m4s"
                return path.exists() and path.stat().st_size > 20_000

            await eventually("the third segment grows", third_grows)
            own_server.kill()
            tail = folder / "v3.m4s"
            whole = tail.stat().st_size
            # What a power cut may leave: half a fragment and half a line.
            with tail.open("ab") as file:
                file.write(b"\x00\x00\x01\x00moof" + b"\xff" * 40)
            with (folder / journal.JOURNAL_NAME).open("ab") as file:
                file.write(b'{"k":"seg","r":"v","seq":3,"ta')
            own_server.start()

            # At once, without a publisher: all that was whole is playable, equally long.
            recovered = await room.playlist()
            assert len(recovered.segments) == 3 and not recovered.ended
            assert tail.stat().st_size == whole
            assert (await room.hls("index.m3u8")).status_code == 200

            # The publisher notices and comes back: one discontinuity, same recording.
            await eventually("published again", lambda: publisher.connections >= 2, 60)
            resumed = await room.segments(5)
            assert resumed.discontinuities == 1
            assert resumed.segments[3]["discontinuity"]
            uris = [s["uri"] for s in resumed.segments]
            assert len(set(uris)) == len(uris)
        await room.order(MediaMode.ENDED)
        fact = await room.fact(FactKind.RECORDING_FINALISED)
        video, audio = await room.playlist(), await room.playlist("audio.m3u8")
        assert abs(video.duration - audio.duration) < 0.1
        assert video.discontinuities == audio.discontinuities == 1
        assert fact.recording is not None and len(fact.recording.anchors) == 2
        assert decode(f"{own_server.url}/hls/{room.id}/index.m3u8") == ""
    boots = {batch.boot for batch in web.batches if any(f.sitting == room.id for f in batch.facts)}
    assert len(boots) == 2


async def test_killed_and_ended_meanwhile(
    own_server: MediaServer, films: dict[str, FileSource]
) -> None:
    """Killed while it was live, ended by an order at the next start: nothing is missing."""
    async with Room(own_server) as room:
        await room.order(MediaMode.LIVE)
        async with WhipPublisher(room.whip_url, room.token(), films["film"]) as publisher:
            await room.segments(1)
            own_server.kill()
            await publisher.vanish()
        own_server.start()
        await room.order(MediaMode.ENDED)
        await room.fact(FactKind.RECORDING_FINALISED)
        video, audio = await room.playlist(), await room.playlist("audio.m3u8")
        assert video.ended and abs(video.duration - audio.duration) < 0.1
        # Ended and heard: the next start has nothing to do, and plays it all the same.
        await eventually("shelved", lambda: (room.folder / "done").exists())
        own_server.kill()
        own_server.start()
        assert (await room.playlist()).text == video.text


async def test_stopped_politely_while_live(
    own_server: MediaServer, films: dict[str, FileSource]
) -> None:
    async with Room(own_server) as room:
        await room.order(MediaMode.LIVE)
        async with WhipPublisher(room.whip_url, room.token(), films["film"]):
            await room.segments(1)
            assert own_server.stop() == 0
        lines, good = journal.read(room.recording_folder() / journal.JOURNAL_NAME)
        assert good == (room.recording_folder() / journal.JOURNAL_NAME).stat().st_size
        closed = {(x.r, x.seq) for x in lines if isinstance(x, journal.SegmentClosed)}
        opened = {(x.r, x.seq) for x in lines if isinstance(x, journal.SegmentOpened)}
        assert opened == closed
        own_server.start()


async def test_interrupted_and_resumed(room: Room, films: dict[str, FileSource]) -> None:
    """A publisher whose network goes away for a few seconds, on the same connection."""
    await room.order(MediaMode.LIVE)
    token = room.token()
    lost = WhipPublisher(room.whip_url, token, films["film"])
    async with lost:
        before = await room.segments(1)
        await lost.vanish()
        interrupted = await room.fact(FactKind.PUBLISHER_INTERRUPTED)
        assert interrupted.publisher is not None and interrupted.publisher.interrupted
        async with WhipPublisher(room.whip_url, token, films["film"]):
            await room.segments(len(before.segments) + 2)
    await room.order(MediaMode.ENDED)
    await room.fact(FactKind.RECORDING_FINALISED)
    video, audio = await room.playlist(), await room.playlist("audio.m3u8")
    assert video.discontinuities == audio.discontinuities == 1
    assert abs(video.duration - audio.duration) < 0.1


async def test_web_that_is_away_hears_everything_in_order(
    tmp_path: Path, films: dict[str, FileSource]
) -> None:
    web = WebStandIn()
    web.refuse = True
    server = MediaServer(tmp_path / "media", web)
    server.start()
    try:
        async with Room(server) as room:
            await room.order(MediaMode.PREVIEW)
            async with WhipPublisher(room.whip_url, room.token(), films["blind"]):
                await eventually("connected", lambda: _connected(room))
            await room.order(MediaMode.ENDED)
            assert web.facts() == []
            web.refuse = False
            await room.fact(FactKind.RECORDING_FINALISED)
        numbers = [fact.n for fact in web.facts()]
        assert numbers == list(range(1, len(numbers) + 1))
        assert [fact.kind for fact in web.facts()] == [
            FactKind.STARTED,
            FactKind.PUBLISHER_CONNECTED,
            FactKind.PUBLISHER_LEFT,
            FactKind.RECORDING_FINALISED,
        ]
    finally:
        server.stop()
        web.close()


async def _connected(room: Room) -> bool:
    return (await room.status()).publisher is not None


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A folder that holds 4 MB and no more."""
    folder = tmp_path / "small"
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", str(folder)], check=False
    )
    if mounted.returncode != 0:
        pytest.skip("mounting a size-limited folder needs root")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


@pytest.mark.parametrize("reserve", [0, 1_500_000], ids=["until it fails", "with a reserve"])
async def test_full_disk(
    small_disk: Path, web: WebStandIn, films: dict[str, FileSource], reserve: int
) -> None:
    ballast = small_disk / "ballast"
    ballast.write_bytes(bytes(2_900_000 if reserve == 0 else 1_400_000))
    server = MediaServer(small_disk / "media", web, MEDIA_MIN_FREE_BYTES=str(reserve))
    server.log = small_disk.parent / f"{reserve}.log"
    server.start()
    try:
        async with Room(server) as room:
            await room.order(MediaMode.LIVE)
            async with WhipPublisher(room.whip_url, room.token(), films["heavy"]):
                await room.segments(1)
                await room.fact(FactKind.DISK_FULL)
                # Alive, and every listed segment is whole.
                full = await room.playlist()
                assert (await room.get("/healthz")).status_code == 200
                assert await decode_listed(room, "video.m3u8") == ""
                assert await decode_listed(room, "audio.m3u8") == ""
                ballast.unlink()
                await room.fact(FactKind.DISK_OK)
                more = await room.segments(len(full.segments) + 2)
                assert more.discontinuities >= 1
                if reserve:
                    # Full again: what is over must be completed all the same, from the reserve.
                    stat = os.statvfs(small_disk)
                    ballast.write_bytes(bytes(stat.f_bavail * stat.f_frsize - 900_000))
                    await room.fact(FactKind.DISK_FULL, 2)
                await room.order(MediaMode.ENDED)
                await room.fact(FactKind.RECORDING_FINALISED)
            video, audio = await room.playlist(), await room.playlist("audio.m3u8")
            assert video.discontinuities == audio.discontinuities
            assert abs(video.duration - audio.duration) < 0.1
            assert decode(f"{server.url}/hls/{room.id}/index.m3u8") == ""
            # What is in the journal is what is played.
            before = video.text
            server.kill()
            server.start()
            assert (await room.playlist()).text == before
    finally:
        server.stop()
