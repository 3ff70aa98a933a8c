"""What a second media process brings: the same streams, on one process and on two.

`python -m bench.media_shared`. Eight publishers (the film of `bench.media_cost`) send to one media
process, then to two that share a folder, four each. Processor time of each process by the second:
a process has one core, so the streams of a machine are as many as fit into all of its processes.
The publishers run on the same machine and cost about as much, so it is not filled to the brim.
"""

import asyncio
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from live.protocol.media import MediaMode
from tests.media.harness import MediaServer, Room, WebStandIn

from .media_cost import STREAMS, WATCHED_S, make_film
from .native import prepare_machine
from .record import save, say
from .usage import cpu_s


async def shares(film: Path, folder: Path, processes: int) -> list[float]:
    """Cores used by each media process while it carries its part of the streams."""
    web = WebStandIn()
    servers = [
        MediaServer(folder / "media", web, MEDIA_NAME=f"media-{n}") for n in range(processes)
    ]
    command = [sys.executable, "-m", "bench.media_cost", "--publish", str(film)]
    publisher: subprocess.Popen[bytes] | None = None
    rooms: list[Room] = []
    try:
        for server in servers:
            server.start()
        for n in range(STREAMS):
            room = Room(servers[n % processes])
            rooms.append(room)
            await room.order(MediaMode.LIVE, claim=1)
            # All of them go to the first one's address: those of the others are passed on.
            command += [f"{servers[0].url}/whip/{room.id}", room.token()]
        publisher = subprocess.Popen(command)  # noqa: ASYNC220
        for room in rooms:
            await room.segments(2, within=60)
        pids = [server.process.pid for server in servers if server.process]
        began, before = time.monotonic(), [cpu_s([pid]) for pid in pids]
        await asyncio.sleep(WATCHED_S)
        spent = time.monotonic() - began
        used = [(cpu_s([pid]) - was) / spent for pid, was in zip(pids, before, strict=True)]
        for room in rooms:
            assert (await room.playlist()).discontinuities == 0
        return used
    finally:
        if publisher is not None:
            publisher.terminate()
            publisher.wait()
        for room in rooms:
            await room.http.aclose()
        for server in servers:
            server.stop()
        web.close()


def main() -> None:
    prepare_machine()
    with tempfile.TemporaryDirectory() as name:
        film = Path(name) / "film.ts"
        make_film(film)
        found: dict[str, list[float]] = {}
        for processes in (1, 2):
            folder = Path(name) / str(processes)
            folder.mkdir()
            used = asyncio.run(shares(film, folder, processes))
            found[str(processes)] = [round(share, 3) for share in used]
            fit = STREAMS / max(used)
            say(f"{processes}: cores {found[str(processes)]}, {fit:.0f} streams by division")
    save("media_shared", {"streams": STREAMS, "cores": found})


if __name__ == "__main__":
    main()
