"""What media costs: processor seconds for each second of a stream, beside FFmpeg's.

`python -m bench.media_cost [--rounds 3]`. In each round, on the same film (720p30 at 1.5 Mbit/s,
keyframes every two seconds, Opus): the whole media process with one publisher and with eight,
packaging alone, both rungs of the ladder; and FFmpeg copying to HLS, copying with AAC, and making
the same two pictures. FFmpeg reads a file: it does no WebRTC.
"""

import argparse
import asyncio
import contextlib
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from live.media import store
from live.media.aac import silent_frame
from live.media.cmaf import Sample
from live.media.config import AAC_FRAME, AUDIO_RATE
from live.media.disk import DiskWriter
from live.media.file_source import FileSource
from live.media.h264 import UnitReader
from live.media.ladder.process import Ladder
from live.media.shelf import Shelf
from live.media.video_line import VideoLine
from live.media.whip_client import WhipPublisher
from live.protocol.ids import new_id
from live.protocol.media import MediaAccess, MediaMode, MediaOrder
from tests.media.harness import MediaServer, Room, WebStandIn

from .native import prepare_machine
from .record import Rounds, median, save, say
from .usage import cpu_s

FILM_S = 30
WATCHED_S = 15
STREAMS = 8
SOURCE = f"testsrc2=size=1280x720:rate=30:duration={FILM_S},noise=alls=8:allf=t"
ENCODED = (
    "-c:v libx264 -profile:v baseline -preset veryfast -b:v 1500k -maxrate 1500k -bufsize 1500k "
    "-g 60 -keyint_min 60 -sc_threshold 0 -x264-params repeat-headers=1 "
    "-c:a libopus -b:a 32k -ac 1 -f mpegts"
)
SCALED = "[0:v]split[a][b];[a]scale=854:480:flags=bilinear[x];[b]scale=426:240:flags=bilinear[y]"


def make_film(path: Path) -> None:
    command = ["ffmpeg", "-nostdin", "-y", "-v", "error", "-f", "lavfi", "-i", SOURCE]
    command += ["-f", "lavfi", "-i", f"sine=frequency=300:beep_factor=4:duration={FILM_S}"]
    subprocess.run([*command, *ENCODED.split(), str(path)], check=True)


def children_s() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def ffmpeg(film: Path, arguments: str, *, turns: int, out: Path) -> float:
    """Processor seconds for each second of film."""
    out.mkdir(exist_ok=True)
    before = children_s()
    command = ["ffmpeg", "-nostdin", "-y", "-v", "error", "-stream_loop", str(turns - 1)]
    command += ["-threads", "1", "-i", str(film), *arguments.split()]
    subprocess.run(command, check=True, cwd=out)
    return (children_s() - before) / (FILM_S * turns)


HLS = "-f hls -hls_time 2 -hls_playlist_type vod -hls_segment_type fmp4 list.m3u8"
RUNG = "-c:v libx264 -preset veryfast -threads 1 -bf 0 -crf 26 -rc-lookahead 10 -g 60"


def ffmpeg_copy(film: Path, out: Path) -> float:
    return ffmpeg(film, f"-map 0 -c copy {HLS}", turns=2, out=out)


def ffmpeg_copy_aac(film: Path, out: Path) -> float:
    return ffmpeg(film, f"-map 0 -c:v copy -c:a aac -b:a 32k -ac 1 {HLS}", turns=2, out=out)


def ffmpeg_ladder(film: Path, out: Path) -> float:
    both = ""
    for label, rate in (("x", 560), ("y", 150)):
        rates = f"-maxrate {rate}k -bufsize {rate}k"
        both += f" -map [{label}] {RUNG} {rates} {HLS.replace('list.m3u8', label + '.m3u8')}"
        both = both.replace("fmp4 " + label, f"fmp4 -hls_fmp4_init_filename {label}.mp4 {label}")
    return ffmpeg(
        film, f"-filter_complex_threads 1 -filter_complex {SCALED}{both}", turns=1, out=out
    )


async def ours(film: Path, folder: Path, streams: int) -> float:
    """The media process with so many publishers, which run in a process of their own."""
    web = WebStandIn()
    server = MediaServer(folder / "media", web)
    server.start()
    rooms = [Room(server) for _ in range(streams)]
    command = [sys.executable, "-m", "bench.media_cost", "--publish", str(film)]
    publisher: subprocess.Popen[bytes] | None = None
    try:
        for room in rooms:
            await room.order(MediaMode.LIVE)
            command += [room.whip_url, room.token()]
        publisher = subprocess.Popen(command)  # noqa: ASYNC220
        for room in rooms:
            await room.segments(2, within=60)
        assert server.process is not None
        began, before = time.monotonic(), cpu_s([server.process.pid])
        await asyncio.sleep(WATCHED_S)
        spent = cpu_s([server.process.pid]) - before
        return spent / (time.monotonic() - began) / streams
    finally:
        if publisher is not None:
            publisher.terminate()
            publisher.wait()
        for room in rooms:
            await room.http.aclose()
        server.stop()
        web.close()


async def publish(film: Path, targets: list[str]) -> None:
    source = FileSource(film)
    async with contextlib.AsyncExitStack() as stack:
        for url, token in zip(targets[::2], targets[1::2], strict=True):
            await stack.enter_async_context(WhipPublisher(url, token, source))
        await asyncio.Event().wait()


async def package(film: Path, folder: Path) -> float:
    """Access units and AAC frames into a recording on disk, journal and all."""
    source = FileSource(film)
    pictures = source._entries["video"]
    frames = round(FILM_S * AUDIO_RATE / AAC_FRAME)
    silent = [Sample(silent_frame(), AAC_FRAME)]
    disk = DiskWriter()
    disk.start()
    before = time.process_time()
    shelf = Shelf(folder, disk, durable=True)
    number, start = shelf.begin_take(0.0)
    reader, written = UnitReader(), 0
    init = shelf.use_format(None)
    shelf.open("a", number, init, 0, 0.0, opens=True, real=True)

    def cut(at: float) -> None:
        nonlocal written
        shelf.close("a")
        shelf.open("a", number, init, written * AAC_FRAME, at, opens=False, real=True)

    video = VideoLine(shelf, number, start, lambda seconds: seconds, cut, lambda: None)
    for entry in pictures:
        unit = reader.read(entry.data)
        if unit is None:
            continue
        video.push(round(entry.at * 90_000), unit)
        due = min(frames, int(video.flushed_end / 90_000 * AUDIO_RATE / AAC_FRAME))
        if due > written:
            shelf.append("a", written * AAC_FRAME, silent * (due - written))
            written = due
        # As the event loop would: the writer's answers are heard now and then.
        if unit.key:
            await asyncio.sleep(0)
    assert unit is not None
    video.end(round(FILM_S * 90_000), unit)
    shelf.append("a", written * AAC_FRAME, silent * (frames - written))
    shelf.close("a")
    done = asyncio.Event()
    shelf.finalise(done.set)
    await done.wait()
    spent = time.process_time() - before
    shelf.release(remove=False)
    await disk.stop()
    return spent / FILM_S


def ladder(folder: Path) -> float:
    """Both rungs of what `package` recorded, by the ladder as it runs."""
    works = Ladder(folder, min_free_bytes=0, patience_s=30)
    before = time.process_time()
    while works.step():
        pass
    assert works.made == 2 * round(FILM_S / 2), works.made
    return (time.process_time() - before) / FILM_S


def one_round(film: Path, folder: Path, rounds: Rounds) -> None:
    def add(name: str, measure: Callable[[], float]) -> None:
        rounds.add(name, {"cpu_s": measure()})

    sitting = new_id()
    place = folder / "offline" / sitting
    order = MediaOrder(sitting=sitting, version=1, mode=MediaMode.ENDED, access=MediaAccess.PUBLIC)
    store.save_order(place, order)
    recording = place / "rec" / "bench"
    add("ffmpeg copy", lambda: ffmpeg_copy(film, folder / "copy"))
    add("packaging", lambda: asyncio.run(package(film, recording)))
    add("ffmpeg copy + AAC", lambda: ffmpeg_copy_aac(film, folder / "aac"))
    add("one stream", lambda: asyncio.run(ours(film, folder / "one", 1)))
    add("eight streams, each", lambda: asyncio.run(ours(film, folder / "eight", STREAMS)))
    add("ladder", lambda: ladder(folder / "offline"))
    add("ffmpeg ladder", lambda: ffmpeg_ladder(film, folder / "ladder"))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--publish", nargs="+", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.publish:
        with contextlib.suppress(KeyboardInterrupt):
            asyncio.run(publish(Path(options.publish[0]), options.publish[1:]))
        return
    prepare_machine()
    rounds = Rounds()
    with tempfile.TemporaryDirectory() as name:
        film = Path(name) / "film.ts"
        make_film(film)
        for number in range(options.rounds):
            say(f"round {number + 1}")
            folder = Path(name) / f"round{number}"
            for kind in ("", "one", "eight"):
                (folder / kind).mkdir(exist_ok=True)
            one_round(film, folder, rounds)
    ratios = {
        "one stream / ffmpeg copy + AAC (≤ 4.8)": ("one stream", "ffmpeg copy + AAC"),
        "eight, each / ffmpeg copy + AAC (≤ 3.9, stretch 2.7)": (
            "eight streams, each",
            "ffmpeg copy + AAC",
        ),
        "packaging / ffmpeg copy (≤ 1)": ("packaging", "ffmpeg copy"),
        "ladder / ffmpeg doing the same (≤ 1.3)": ("ladder", "ffmpeg ladder"),
    }
    found = {what: median(rounds.ratio("cpu_s", *pair)) for what, pair in ratios.items()}
    for what, ratio in found.items():
        say(f"{what}: {ratio:.2f}")
    save("media_cost", {"rounds": rounds.values, "medians": rounds.medians(), "ratios": found})


if __name__ == "__main__":
    main()
