"""One media process and one test film for the whole folder."""

import subprocess
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest

from live.media.file_source import FileSource

from .harness import MediaServer, Room, WebStandIn

#: Bright and loud for two pictures each second.
CLAPS: dict[str, Any] = {
    "size": "160x90",
    "seconds": 12,
    "gop": 50,
    "source": "color=black:size=160x90:rate=25:duration=12,"
    "geq=lum='if(lt(mod(T,1),0.08),235,16)':cb=128:cr=128",
    "voice": "aevalsrc='if(lt(mod(t,1),0.08),0.8*sin(2*PI*1000*t),0)':s=48000:d=12",
}


def make_film(
    path: Path,
    *,
    size: str,
    seconds: int,
    gop: int,
    picture: bool,
    sound: bool,
    source: str = "",
    voice: str = "",
    rate: str = "300k",
) -> Path:
    """A film as a WebRTC publisher would encode it: baseline, no B-frames, headers repeated."""
    args = ["ffmpeg", "-nostdin", "-y", "-v", "error"]
    if picture:
        pattern = f"testsrc2=size={size}:rate=25:duration={seconds}"
        args += ["-f", "lavfi", "-i", source or pattern]
    if sound:
        tone = f"sine=frequency=300:beep_factor=4:duration={seconds}"
        args += ["-f", "lavfi", "-i", voice or tone]
    if picture:
        args += ["-c:v", "libx264", "-profile:v", "baseline", "-preset", "ultrafast"]
        args += [
            "-b:v",
            rate,
            "-minrate",
            rate,
            "-maxrate",
            rate,
            "-bufsize",
            rate,
            "-g",
            str(gop),
            "-keyint_min",
            str(gop),
            "-sc_threshold",
            "0",
        ]
        args += ["-x264-params", "repeat-headers=1"]
    if sound:
        args += ["-c:a", "libopus", "-b:a", "32k", "-ac", "1", "-ar", "48000"]
    subprocess.run([*args, "-f", "mpegts", str(path)], check=True, timeout=60)
    return path


@pytest.fixture(scope="session")
def films(tmp_path_factory: pytest.TempPathFactory) -> dict[str, FileSource]:
    """Test films by name. `long_gop` has a keyframe every six seconds only."""
    folder = tmp_path_factory.mktemp("films")
    kinds = {
        "film": {"size": "320x180", "seconds": 12, "gop": 50, "picture": True, "sound": True},
        "wide": {"size": "640x360", "seconds": 6, "gop": 50, "picture": True, "sound": True},
        "silent": {"size": "320x180", "seconds": 6, "gop": 50, "picture": True, "sound": False},
        "blind": {"size": "", "seconds": 6, "gop": 50, "picture": False, "sound": True},
        "long_gop": {"size": "320x180", "seconds": 12, "gop": 150, "picture": True, "sound": True},
    }
    heavy = make_film(
        folder / "heavy.ts",
        size="640x360",
        seconds=6,
        gop=50,
        picture=True,
        sound=True,
        source="testsrc2=size=640x360:rate=25:duration=6,noise=alls=60:allf=t",
        rate="2500k",
    )
    claps = make_film(folder / "claps.ts", picture=True, sound=True, **CLAPS)
    made = {
        name: FileSource(make_film(folder / f"{name}.ts", **kind))  # type: ignore[arg-type]
        for name, kind in kinds.items()
    }
    return {**made, "claps": FileSource(claps), "heavy": FileSource(heavy)}


@pytest.fixture(scope="session")
def web() -> Iterator[WebStandIn]:
    stand_in = WebStandIn()
    yield stand_in
    stand_in.close()


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory, web: WebStandIn) -> Iterator[MediaServer]:
    """The shared process; tests that kill theirs start their own."""
    running = MediaServer(tmp_path_factory.mktemp("shared") / "media", web)
    running.start()
    yield running
    assert running.stop() == 0
    assert "Traceback" not in running.log.read_text()


@pytest.fixture
async def room(server: MediaServer) -> AsyncIterator[Room]:
    async with Room(server) as room:
        yield room
