"""Media on bad networks, in trouble and for long; `tests/media/` does the same small."""

import asyncio
import os
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from live.media import playlists
from live.media.disk import DiskWriter
from live.media.file_source import FileSource
from live.media.whip_client import WhipPublisher
from live.protocol.media import FactKind, MediaMode
from tests.media.conftest import CLAPS, make_film
from tests.media.harness import MediaServer, Playlist, Room, WebStandIn, heard_claps, seen_claps
from tests.media.long import LongSitting, lips
from tests.media.test_ladder import LadderProcess
from tests.media.trouble import bad_network, becomes_replay, ended, goes_on, join
from tests.support.lossy import LossyLine
from tests.support.sender import Sender
from tests.support.waiting import eventually

from .conftest import SEED
from .report import Finding

pytestmark = [pytest.mark.soak, pytest.mark.timeout(3000)]

HOURS = 2.0
REAL_MINUTES = float(os.environ.get("SOAK_REAL_MINUTES", "15"))
NETWORK_S = 20
INTERRUPTION_S, GOING_ON_S = 3.0, 6.0
LIPS_S, APART_S, STILL_S = 0.04, 0.1, 0.5


def resident_mb(pid: int | None = None) -> float:
    status = Path(f"/proc/{pid or os.getpid()}/status").read_text()
    return int(status.partition("VmRSS:")[2].split()[0]) / 1024


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("soak")


@pytest.fixture(scope="module")
def films(folder: Path) -> dict[str, Path]:
    tone = "sine=frequency=300:duration=12"
    kinds = {"film": ("320x180", tone), "turned": ("180x320", tone)}
    made = {
        name: make_film(
            folder / f"{name}.ts",
            size=size,
            seconds=12,
            gop=50,
            picture=True,
            sound=True,
            voice=voice,
        )
        for name, (size, voice) in kinds.items()
    }
    for name, picture, sound in (("blind", False, True), ("silent", True, False)):
        made[name] = make_film(
            folder / f"{name}.ts", size="320x180", seconds=12, gop=50, picture=picture, sound=sound
        )
    made["claps"] = make_film(folder / "claps.ts", picture=True, sound=True, **CLAPS)
    # Large enough for smaller pictures to be made of it.
    large = {**CLAPS, "size": "960x540", "source": CLAPS["source"].replace("160x90", "960x540")}
    made["large claps"] = make_film(folder / "large.ts", picture=True, sound=True, **large)
    return made


@pytest.fixture(scope="module")
def server(folder: Path) -> Iterator[MediaServer]:
    web = WebStandIn()
    running = MediaServer(folder / "media", web)
    running.start()
    yield running
    running.stop()
    web.close()
    assert "Traceback" not in running.log.read_text()


@pytest.fixture
async def room(server: MediaServer) -> AsyncIterator[Room]:
    async with Room(server) as room:
        yield room


@pytest.mark.parametrize("cut", [0, 1], ids=["no cut", "cut"])
@pytest.mark.parametrize("trip", [0, 100])
@pytest.mark.parametrize("loss", [0, 5, 10])
async def test_networks(room, films, finding: Finding, loss: int, trip: int, cut: int) -> None:
    """{loss} % of packets lost, round trip {trip} ms, cut for {cut} s."""
    line = LossyLine(loss=loss / 100, round_trip_s=trip / 1000, seed=SEED)
    became = await bad_network(room, FileSource(films["film"]), line, NETWORK_S, cut=cut)
    finding.figures = became.figures()
    assert became.apart_s < APART_S
    # A cut takes one second of sound more, which the share of lost packets does not know.
    assert became.silent <= became.lost + 0.01 + cut / became.seconds
    if loss <= 5:
        assert became.still_s <= STILL_S + cut


async def test_vanishes_and_returns(room, films, finding: Finding, folder: Path) -> None:
    """A publisher is killed and comes back, five times."""
    await room.order(MediaMode.LIVE)
    told, resumed = [], []
    sender = Sender(films["film"], room.whip_url, room.token(), folder / "sender.log")
    try:
        sender.send()
        await room.segments(1)
        for turn in range(5):
            gone = time.monotonic()
            sender.kill()
            await room.fact(FactKind.PUBLISHER_INTERRUPTED, turn + 1)
            told.append(time.monotonic() - gone)
            await asyncio.to_thread(sender.send)
            resumed.append(await goes_on(room, time.monotonic()))
            count = len((await room.playlist()).segments)
            await room.segments(count + 2)
            await join(room)
    finally:
        sender.kill()
    apart = await ended(room)
    finding.figures = {
        "interruption told within": f"{max(told):.1f} s",
        "playlist going on after the reconnect, at most": f"{max(resumed):.1f} s",
        "breaks": (await room.playlist()).discontinuities,
    }
    assert max(told) <= INTERRUPTION_S and max(resumed) <= GOING_ON_S
    assert apart < APART_S


async def test_changes(room, films, finding: Finding) -> None:
    """A phone is turned, loses its microphone, then its picture, and has both again."""
    await room.order(MediaMode.LIVE)
    waits = {}
    for name in ("film", "turned", "silent", "blind", "film"):
        async with WhipPublisher(room.whip_url, room.token(), FileSource(films[name])):
            waits[name] = await goes_on(room, time.monotonic())
            count = len((await room.playlist()).segments)
            await room.segments(count + 3)
            await join(room)
            other = WhipPublisher(room.whip_url, room.token(), FileSource(films["film"]))
            with pytest.raises(Exception, match="409"):
                async with other:
                    pass
            await other._http.aclose()
    apart = await ended(room)
    finding.figures = {f"going on with {name}": f"{wait:.1f} s" for name, wait in waits.items()}
    assert max(waits.values()) <= GOING_ON_S and apart < APART_S


async def test_media_killed(films, finding: Finding, tmp_path: Path) -> None:
    """`kill -9` of the media process, three times; the publisher comes back by itself."""
    web = WebStandIn()
    server = MediaServer(tmp_path / "media", web)
    server.start()
    waits = []
    try:
        async with Room(server) as room:
            await room.order(MediaMode.LIVE)
            source = FileSource(films["film"])
            async with WhipPublisher(room.whip_url, room.token(), source, keep=True) as publisher:
                await room.segments(1)
                for turn in range(3):
                    server.kill()
                    await asyncio.to_thread(server.start)
                    listed = len((await room.playlist()).segments)
                    await eventually("reconnected", lambda: publisher.connections > turn + 1, 40)  # noqa: B023
                    began = time.monotonic()
                    await room.segments(listed + 1)
                    waits.append(time.monotonic() - began)
                    await room.segments(listed + 3)
                    await join(room)
            apart = await ended(room)
            finding.figures = {
                "a whole segment after the reconnect": f"{max(waits):.1f} s",
                "breaks": (await room.playlist()).discontinuities,
            }
    finally:
        server.stop()
        web.close()
    assert max(waits) <= GOING_ON_S and apart < APART_S


async def test_two_hours_by_our_own_clock(films, finding: Finding, tmp_path: Path) -> None:
    """Two hours of pictures and sound by a virtual clock, clocks of a sender that drift apart."""
    disk = DiskWriter()
    disk.start()
    sitting = LongSitting(tmp_path / "abcde", disk, FileSource(films["claps"]))
    memory: list[float] = []
    began = time.monotonic()
    await sitting.play(HOURS * 3600, lambda _: memory.append(resident_mb()), 600)
    took = time.monotonic() - began
    await disk.stop()
    catalogue = sitting.shelf.catalogue
    errors = {}
    for when, place in (("beginning", 0.0), ("middle", 0.5), ("end", 1.0)):
        last = max(8, round(len(catalogue.video.segments) * place) - 1)
        found = await asyncio.to_thread(lips, tmp_path / "abcde", sitting.shelf, last - 8, last)
        assert len(found) >= 8
        errors[when] = max(found, key=abs)
    lengths = [
        Playlist(playlists.media(catalogue, playlists.RENDITION_OF[n], ended=True)).duration
        for n in ("video.m3u8", "audio.m3u8")
    ]
    finding.figures = {
        "hours": f"{catalogue.duration / 3600:.3f}",
        "sender's sound clock against its picture clock": "100 parts in a million apart",
        **{f"sound after picture, {n}": f"{e * 1000:.0f} ms" for n, e in errors.items()},
        "difference in length": f"{abs(lengths[0] - lengths[1]) * 1000:.1f} ms",
        "segments": len(catalogue.video.segments),
        "memory after 20 min, 1 h, 2 h": ", ".join(
            f"{memory[n]:.0f}" for n in (1, len(memory) // 2, -1)
        )
        + " MB",
        "times as fast as life": round(catalogue.duration / took),
    }
    assert catalogue.duration == pytest.approx(HOURS * 3600, abs=3)
    assert max(map(abs, errors.values())) <= LIPS_S
    assert abs(lengths[0] - lengths[1]) <= APART_S
    # The list of segments grows, by about a kilobyte each; nothing else may.
    assert memory[-1] - memory[1] < 16


@pytest.fixture
def ladder(server: MediaServer) -> Iterator[LadderProcess]:
    made = LadderProcess(server)
    made.start()
    yield made
    assert made.stop() == 0


async def test_real_minutes(server, room, films, ladder, finding: Finding) -> None:
    """Real minutes on a line that loses 1 %, with smaller pictures."""
    await room.order(MediaMode.LIVE)
    memory: list[float] = []
    line = LossyLine(loss=0.01, round_trip_s=0.1, seed=SEED)
    async with WhipPublisher(
        room.whip_url, room.token(), FileSource(films["large claps"])
    ) as publisher:
        assert publisher.connection is not None
        await room.segments(1)
        line.lay(publisher.connection)
        until = time.monotonic() + REAL_MINUTES * 60
        while time.monotonic() < until:
            count = len((await room.playlist()).segments)
            await room.segments(count + 5)
            memory.append(resident_mb(server.process.pid))
        assert publisher.connections == 1
        replay_s = await becomes_replay(room)
    apart = await ended(room)

    async def rungs() -> list[float]:
        """How long the smaller pictures are, once both are complete: what was shed is made late."""
        said = (await room.hls("index.m3u8")).text
        names = [name for name in ("480p.m3u8", "240p.m3u8") if name in said]
        return [(await room.playlist(n)).duration for n in names] if len(names) == 2 else []

    lengths = await eventually("the smaller pictures are complete", rungs, 600)
    length = (await room.playlist()).duration
    apart = max(apart, *(abs(length - other) for other in lengths))
    url = f"{room.server.url}/hls/{room.id}/index.m3u8"
    seen, heard = await asyncio.gather(
        asyncio.to_thread(seen_claps, url), asyncio.to_thread(heard_claps, url)
    )
    pairs = [min((h - s for h in heard), key=abs) for s in seen[-62:-2]]
    # A lost packet may have taken a beep's beginning, or a keyframe's flash.
    near = sorted(e for e in pairs if abs(e) < 0.2)
    typical = near[len(near) // 2]
    early, late = memory[len(memory) // 4], memory[-1]
    breaks = (await room.playlist()).discontinuities
    finding.figures = {
        "real minutes": f"{REAL_MINUTES:g}",
        "sound after picture in the last minute, median": f"{typical * 1000:.0f} ms",
        "of a minute's claps seen and heard": f"{len(near)} of {len(pairs)}",
        "difference in length, sound, 480p and 240p to the picture": f"{apart * 1000:.1f} ms",
        "from the end to a replay": f"{replay_s:.2f} s",
        "memory after a quarter, at the end": f"{early:.0f}, {late:.0f} MB",
        "breaks": breaks,
    }
    assert len(near) > 0.9 * len(pairs) and abs(typical) <= LIPS_S
    assert apart <= APART_S and late - early < 10 and replay_s <= 1
    assert breaks == 0
