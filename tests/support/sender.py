"""A publisher as a process of its own, which can be killed: `python -m tests.support.sender FILE`.

The addresses come by the environment: `WHIP_URL`, `WHIP_TOKEN`.
"""

import asyncio
import os
import sys
from pathlib import Path

from live.media.file_source import FileSource
from live.media.whip_client import WhipPublisher
from tests.support.processes import Program


async def _send(film: Path) -> None:
    source = FileSource(film)
    async with WhipPublisher(
        os.environ["WHIP_URL"], os.environ["WHIP_TOKEN"], source, keep=True
    ) as publisher:
        await publisher.connected.wait()
        sys.stdout.write("sending\n")
        sys.stdout.flush()
        await asyncio.Event().wait()


class Sender(Program):
    """`start()` returns once it sends; `kill()` is what a power cut does to it."""

    def __init__(self, film: Path, url: str, token: str, log: Path) -> None:
        env = {**os.environ, "WHIP_URL": url, "WHIP_TOKEN": token}
        super().__init__("sender", [sys.executable, "-m", "tests.support.sender", film], log, env)

    def send(self) -> None:
        said = self.log().count("sending")
        self.start(lambda: self.log().count("sending") > said)


if __name__ == "__main__":
    asyncio.run(_send(Path(sys.argv[1])))
