"""Smaller pictures, made by a real process beside a real media process."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Protocol

import httpx
import pytest

from live.media.file_source import FileSource
from live.media.playlists.multivariant import FULL_LINE
from live.media.whip_client import WhipPublisher
from live.protocol.media import FactKind, MediaMode
from tests.support.waiting import eventually

from .conftest import make_film
from .harness import KEY, ROOT, MediaServer, Playlist, Room, WebStandIn, decode, decode_listed

MOST_VISITORS = 120


class HasFolder(Protocol):
    """A media server, or whatever else has recordings."""

    @property
    def folder(self) -> Path: ...


class LadderProcess:
    """`config.media_ladder` on the folder of a media server."""

    def __init__(self, server: HasFolder) -> None:
        self._server = server
        self.log = server.folder.parent / "ladder.log"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        env = {
            **os.environ,
            "MEDIA_DIR": str(self._server.folder),
            "DATA_DIR": str(self._server.folder.parent / "data"),
            "MEDIA_KEY": KEY.decode(),
            "MEDIA_MIN_FREE_BYTES": "1000000",
            "MEDIA_LADDER_PATIENCE_S": "1",
        }
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "config.media_ladder"],
                cwd=ROOT,
                env=env,
                stdout=log,
                stderr=log,
            )

    def signal(self, number: int) -> None:
        assert self.process is not None
        self.process.send_signal(number)

    def kill(self) -> None:
        self.signal(signal.SIGKILL)
        assert self.process is not None
        self.process.wait()

    def stop(self) -> int:
        assert self.process is not None
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGCONT)
            self.process.send_signal(signal.SIGTERM)
        return self.process.wait(20)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory, web: WebStandIn) -> Iterator[MediaServer]:
    running = MediaServer(tmp_path_factory.mktemp("ladder") / "media", web)
    running.start()
    yield running
    assert running.stop() == 0
    assert "Traceback" not in running.log.read_text()


@pytest.fixture(scope="module")
def ladder(place: MediaServer) -> Iterator[LadderProcess]:
    process = LadderProcess(place)
    process.start()
    yield process
    assert process.stop() == 0
    assert "Traceback" not in process.log.read_text()


@pytest.fixture
async def hall(place: MediaServer, ladder: LadderProcess) -> AsyncIterator[Room]:
    async with Room(place) as room:
        yield room


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> FileSource:
    """854 by 486: just large enough for both rungs."""
    path = tmp_path_factory.mktemp("large") / "large.ts"
    return FileSource(
        make_film(path, size="864x486", seconds=6, gop=50, picture=True, sound=True, rate="900k")
    )


async def rungs_of(room: Room) -> list[str]:
    """What the multivariant playlist lists beside source and sound."""
    text = (await room.hls("index.m3u8")).text
    return [name for name in ("480p", "240p") if f"\n{name}.m3u8\n" in text]


async def listed(room: Room, *names: str, within: float = 40) -> None:
    async def there() -> bool:
        return await rungs_of(room) == list(names)

    await eventually(f"rungs {names}", there, within)


def same_timeline(source: Playlist, rung: Playlist) -> None:
    """The rung says of each segment what the source says of it, but for the file."""
    assert rung.segments
    number = int(rung.tags["#EXT-X-MEDIA-SEQUENCE"]) - int(source.tags["#EXT-X-MEDIA-SEQUENCE"])
    for made, of in zip(rung.segments, source.segments[number:], strict=False):
        assert (made["duration"], made["at"], made["discontinuity"]) == (
            of["duration"],
            of["at"],
            of["discontinuity"],
        )


async def test_both_rungs_are_made_live_and_whole_for_the_replay(
    hall: Room, large: FileSource
) -> None:
    await hall.order(MediaMode.LIVE)
    async with WhipPublisher(hall.whip_url, hall.token(), large):
        await listed(hall, "480p", "240p")
        await hall.segments(4)
        # With parts there is the source alone (RFC 8216bis section 6.2.4).
        low = (await hall.hls("low.m3u8")).text
        assert "low-video.m3u8" in low and "0p.m3u8" not in low
        for name in ("480p", "240p"):
            source, rung = await hall.playlist(), await hall.playlist(f"{name}.m3u8")
            same_timeline(source, rung)
            assert len(source.segments) - len(rung.segments) <= 3
    await hall.order(MediaMode.ENDED)
    await hall.fact(FactKind.RECORDING_FINALISED)
    await listed(hall, "480p", "240p")
    source = await hall.playlist()
    for name in ("480p", "240p"):
        rung = await hall.playlist(f"{name}.m3u8")
        assert rung.ended
        assert "#EXT-X-GAP" not in rung.text
        assert len(rung.segments) == len(source.segments)
        assert abs(rung.duration - source.duration) < 0.1
        same_timeline(source, rung)
        assert await decode_listed(hall, f"{name}.m3u8") == ""
    assert decode(f"{hall.server.url}/hls/{hall.id}/index.m3u8") == ""


async def test_a_ladder_that_stands_still_is_left_and_comes_back_with_gaps(
    hall: Room, ladder: LadderProcess, films: dict[str, FileSource]
) -> None:
    await hall.order(MediaMode.LIVE)
    async with WhipPublisher(hall.whip_url, hall.token(), films["wide"]):
        await listed(hall, "240p")
        # 360 lines: nothing is made larger.
        assert (await hall.hls("480p.m3u8")).status_code == 404
        assert "RESOLUTION=426x240" in (await hall.hls("index.m3u8")).text
        ladder.signal(signal.SIGSTOP)
        try:
            await listed(hall)
            assert (await hall.hls("240p.m3u8")).status_code == 404
            before = len((await hall.playlist()).segments)
            # The source does not wait for it.
            await hall.segments(before + 1, within=10)
        finally:
            ladder.signal(signal.SIGCONT)
        await listed(hall, "240p")
        rung = await hall.playlist("240p.m3u8")
        assert "#EXT-X-GAP" in rung.text
        assert "#EXT-X-VERSION:8" in rung.text
        same_timeline(await hall.playlist(), rung)
    await hall.order(MediaMode.ENDED)
    await hall.fact(FactKind.RECORDING_FINALISED)
    await listed(hall, "240p")
    rung, source = await hall.playlist("240p.m3u8"), await hall.playlist()
    assert "#EXT-X-GAP" not in rung.text
    assert abs(rung.duration - source.duration) < 0.1


async def test_killed_it_goes_on_and_makes_nothing_of_closed_doors_or_what_is_purged(
    hall: Room, ladder: LadderProcess, films: dict[str, FileSource]
) -> None:
    await hall.order(MediaMode.LIVE)
    async with WhipPublisher(hall.whip_url, hall.token(), films["wide"]):
        await listed(hall, "240p")
        ladder.kill()
        made = (await hall.playlist("240p.m3u8")).segments
        book = hall.recording_folder() / "240p" / "book.jsonl"
        with book.open("ab") as file:
            file.write(b'{"k":"seg","seq":99')
        ladder.start()

        async def more() -> bool:
            return len((await hall.playlist("240p.m3u8")).segments) > len(made) + 1

        await eventually("more segments", more, 30)
        assert await decode_listed(hall, "240p.m3u8") == ""
        same_timeline(await hall.playlist(), await hall.playlist("240p.m3u8"))
        await hall.order(MediaMode.CLOSED_DOORS)
        last = len((await hall.playlist()).segments)
        # Wait for two seconds' worth of what must not be there.
        until = time.monotonic() + 4

        def files() -> list[Path]:
            return sorted((hall.recording_folder() / "240p").glob("v[0-9]*.m4s"))

        await eventually("closed doors have lasted", lambda: time.monotonic() > until, 10)
        assert len(files()) <= last
        assert len((await hall.playlist()).segments) == last
        rung = (await hall.playlist("240p.m3u8")).segments[-1]["uri"]
        assert (await hall.hls(rung)).status_code == 200
        await hall.order(MediaMode.PURGED)
        rec = hall.folder / "rec"
        await eventually(
            "purged", lambda: not rec.exists() and not list(hall.folder.glob(".gone*"))
        )
        for name in (rung, "240p.m3u8", "index.m3u8"):
            assert (await hall.hls(name)).status_code == 404
    until = time.monotonic() + 2
    await eventually("the ladder has looked again", lambda: time.monotonic() > until)
    assert not rec.exists()


async def test_a_full_line_gives_newcomers_less_and_tells_them(
    tmp_path: Path, web: WebStandIn, large: FileSource
) -> None:
    server = MediaServer(tmp_path / "media", web, MEDIA_UPLINK_MBIT="12")
    server.start()
    ladder = LadderProcess(server)
    ladder.start()
    try:
        async with Room(server) as room:
            await room.order(MediaMode.LIVE)
            async with WhipPublisher(room.whip_url, room.token(), large):

                async def made() -> bool:
                    return len(await rungs_of_json(room)) == 2

                await eventually("both rungs", made, 30)
                await eventually("a quiet line", lambda: quiet(room), 20)
                # Another process of this machine needs the line.
                other = server.folder / ".line" / "other.json"
                other.write_text(json.dumps({"at": time.time() + 3600, "bits": 11.6e6}))

                async def busy() -> bool:
                    return (await room.hls("budget.json")).json()["newcomers"] == "sound"

                await eventually("it is heard of", busy, 10)
                other.unlink()
                await eventually("a quiet line", lambda: quiet(room), 20)
                # Each takes less of the line than lies between "low" and "sound".
                got: list[httpx.Response] = []
                told: list[str] = []
                while len(got) < MOST_VISITORS and told[-1:] != ["sound"]:
                    got.append(await room.hls(f"index.m3u8?s=visitor-{len(got)}"))
                    told.append(got[-1].headers["palabre-pictures"])
                last = f"visitor-{len(got) - 1}"
                assert told[0] == "full"
                assert told == sorted(told, key=["full", "low", "sound"].index)
                assert {"full", "low", "sound"} == set(told)
                low, sound = got[told.index("low")].text, got[told.index("sound")].text
                assert "240p.m3u8" in low
                assert FULL_LINE in low
                assert FULL_LINE in sound
                assert FULL_LINE not in got[0].text
                assert "\nvideo.m3u8" not in low
                assert "audio.m3u8" in sound
                assert "RESOLUTION" not in sound
                # Where there is no source, there is nothing with parts either.
                name = f"visitor-{told.index('low')}"
                instead = (await room.hls(f"low.m3u8?s={name}")).text
                assert "240p.m3u8" in instead and "low-" not in instead
                again = await room.hls("index.m3u8?s=visitor-0")
                assert again.headers["palabre-pictures"] == "full"
                note = (await room.hls(f"budget.json?s={last}&r=audio")).json()
                assert note["pictures"] == note["newcomers"] == "sound"
                assert note["load"] > 0.9
                status = await room.status()
                assert (status.newcomers, status.smaller_bitrate) == ("sound", 710_000)
                metrics = (await room.get("/metrics")).text
                assert "palabre_media_pictures_level 2.0" in metrics
                assert "palabre_media_rungs_made 2.0" in metrics
                for n in range(len(got)):
                    await room.hls(f"budget.json?s=visitor-{n}&r=audio")
                note = (await room.hls(f"budget.json?s={last}&r=audio")).json()
                assert note["pictures"] == "full", "there is room again"
    finally:
        assert ladder.stop() == 0
        assert server.stop() == 0


async def rungs_of_json(room: Room) -> list[str]:
    """The rungs that are there, without asking as a newcomer."""
    names = ("480p.m3u8", "240p.m3u8")
    return [name for name in names if (await room.hls(name)).status_code == 200]


async def quiet(room: Room) -> bool:
    note = (await room.hls("budget.json")).json()
    return note["newcomers"] == "full" and note["load"] < 0.1
