"""How many viewers one core serves, and where the line becomes the limit.

A media process with a live sitting of 720p30 at 1.5 Mbit/s, our nginx configuration in front
(without TLS: what it costs depends on the processor's AES, not on us), and wrk, which asks as
fast as it is answered, for what viewers ask: a viewer of plain HLS fetches one segment and one
playlist of each of its renditions every two seconds. Processor time is read from the kernel, so
wrk's own does not count.

`python -m bench.serving [--seconds 5]`; needs wrk (apt-get install wrk).
"""

import argparse
import asyncio
import re
import shutil
import subprocess
import tempfile
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from live.media.file_source import FileSource
from live.media.whip_client import WhipPublisher
from live.protocol.media import MediaMode
from tests.house.certificate import make_certificate
from tests.media.conftest import make_film
from tests.media.harness import MediaServer, Room, WebStandIn
from tests.support.nginx import configuration, find_nginx
from tests.support.ports import free_port
from tests.support.processes import Program

from .record import save, say
from .usage import cpu_s

HOST = "media.palabre.example"
SEGMENT_S = 2.0
#: Bits a second of what a viewer receives; 240p is not made here, so its size is taken.
RATES = {"audio": 32_000, "240p": 150_000 + 32_000, "source": 1_500_000 + 32_000}
LINES = {"20 Mbit/s": 20e6, "100 Mbit/s": 100e6, "1 Gbit/s": 1e9}


@dataclass
class Served:
    """What answering cost."""

    requests_a_second: float
    cpu_us_a_request: float
    bytes_a_request: float
    errors: int


def wrk(url: str, pid: int, seconds: float, *, connections: int = 64) -> Served:
    """Ask for one address as fast as it goes; the processor time of `pid`."""
    before = cpu_s([pid])
    out = subprocess.run(
        ["wrk", "-t1", f"-c{connections}", f"-d{seconds:g}s", "-H", f"Host: {HOST}", url],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    spent = cpu_s([pid]) - before
    count, took = re.findall(r"(\d+) requests in ([\d.]+)s", out)[0]
    rate = re.findall(r"Transfer/sec:\s+([\d.]+)([KMG]?)B", out)[0]
    received = float(rate[0]) * {"": 1, "K": 1e3, "M": 1e6, "G": 1e9}[rate[1]] * float(took)
    wrong = re.findall(r"Non-2xx or 3xx responses: (\d+)", out)
    number = int(count)
    return Served(
        number / float(took), spent / number * 1e6, received / number, int(wrong[0]) if wrong else 0
    )


def plain_http(text: str, port: int) -> str:
    """Our configuration without TLS."""
    text = re.sub(r"listen 127\.0\.0\.1:\d+ ssl http2;", f"listen 127.0.0.1:{port};", text)
    return re.sub(r"\n\s*ssl_\w+ .*;", "", text)


async def run(seconds: float) -> dict[str, Any]:
    found: dict[str, Any] = {}
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        web = WebStandIn()
        stack.callback(web.close)
        server = MediaServer(folder / "media", web)
        server.start()
        stack.callback(server.stop)
        make_certificate(folder, HOST)
        port = free_port()
        whole = folder / "nginx.conf"
        text = configuration(
            folder,
            web="http://127.0.0.1:9",
            media=server.url,
            media_dir=server.folder,
            port=free_port(),
            plain_port=free_port(),
        )
        whole.write_text(plain_http(text, port))
        nginx = Program(
            "nginx", [find_nginx(), "-p", str(folder), "-c", str(whole)], folder / "nginx.log"
        )
        nginx.start(lambda: True)
        stack.callback(nginx.stop)
        film = make_film(
            folder / "film.ts", size="1280x720", seconds=6, gop=50, picture=True, sound=True,
            rate="1500k",
        )  # fmt: skip
        assert server.process is not None
        media_pid, nginx_pid = server.process.pid, nginx.pid
        async with Room(server) as room:
            await room.order(MediaMode.LIVE)
            async with WhipPublisher(room.whip_url, room.token(), FileSource(film)):
                video = (await room.segments(4)).segments[2]["uri"]
                audio = (await room.playlist("audio.m3u8")).segments[2]["uri"]
                idle = cpu_s([media_pid])
                await asyncio.sleep(5)
                idle = (cpu_s([media_pid]) - idle) / 5
                for front, base, pid in (
                    ("nginx", f"http://127.0.0.1:{port}/hls/{room.id}", nginx_pid),
                    ("media process alone", f"{server.url}/hls/{room.id}", media_pid),
                ):
                    for what, uri in (
                        ("audio segment", audio),
                        ("source segment", video),
                        ("playlist", "audio.m3u8?_HLS_skip=YES"),
                        ("low-latency playlist", "low-audio.m3u8"),
                    ):
                        served = await asyncio.to_thread(wrk, f"{base}/{uri}", pid, seconds)
                        own = idle / served.requests_a_second * 1e6 if pid == media_pid else 0.0
                        found[f"{front}: {what}"] = {
                            "requests_a_second": round(served.requests_a_second),
                            "cpu_us_a_request": round(served.cpu_us_a_request - own, 1),
                            "kB_a_request": round(served.bytes_a_request / 1000, 1),
                            "errors": served.errors,
                        }
                        say(f"  {front}: {what}: {found[f'{front}: {what}']}")
    return {"cases": found, "viewers": viewers(found)}


def viewers(cases: dict[str, Any]) -> dict[str, Any]:
    """Viewers of plain HLS for a core, and for a line, by arithmetic."""
    out: dict[str, Any] = {}
    for front in ("nginx", "media process alone"):
        cost = {
            what: cases[f"{front}: {what}"]["cpu_us_a_request"] / 1e6
            for what in ("audio segment", "source segment", "playlist")
        }
        # A 240p segment is five times a sound segment; the bytes' cost lies between the two.
        sizes = [
            cases[f"{front}: {w}"]["kB_a_request"] for w in ("audio segment", "source segment")
        ]
        a_kb = max(0.0, (cost["source segment"] - cost["audio segment"]) / (sizes[1] - sizes[0]))
        small = cost["audio segment"] + a_kb * (150_000 * SEGMENT_S / 8 / 1000 - sizes[0])
        each = {
            "audio": cost["audio segment"] + cost["playlist"],
            "240p": cost["audio segment"] + small + 2 * cost["playlist"],
            "source": cost["audio segment"] + cost["source segment"] + 2 * cost["playlist"],
        }
        out[front] = {name: int(SEGMENT_S / seconds) for name, seconds in each.items()}
    out["lines"] = {
        line: {name: int(bits * 0.8 / rate) for name, rate in RATES.items()}
        for line, bits in LINES.items()
    }
    for name, count in out.items():
        say(f"  viewers, {name}: {count}")
    return out


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=5.0)
    seconds = parser.parse_args().seconds
    if shutil.which("wrk") is None:
        raise SystemExit("wrk is not installed")
    save("serving", asyncio.run(run(seconds)))


if __name__ == "__main__":
    main()
