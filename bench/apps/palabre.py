"""Our web process as it ships, with two addresses more: `POST /bench/say` appends one entry of
`bench.said` for each line of the body, through the writer, as any command would.

`WIRE=0` takes our handle out of the scope, as on a server that is not ours (plain ASGI `send`).
`COLLECTOR=python` leaves the garbage collector as Python has it.
"""

import asyncio
import gc
import os
from typing import Any

import config.asgi as web
import live.delivery.server as server
from live.delivery.wire import EXTENSION
from live.delivery.writer import current_writer
from live.models import Sitting
from live.protocol.base import Message
from live.protocol.registry import registry
from live.timeline.append import SYSTEM, append


class Said(Message):
    """Key `bench/1`."""

    text: str


registry.add_key("bench", Said, public=True)
registry.add_kinds("bench", "bench.said")

shipped = web.application


def say(timeline_id: str, texts: list[str]) -> None:
    for text in texts:
        append(timeline_id, "bench.said", "bench/1", Said(text=text), SYSTEM)


async def read_body(receive: Any) -> bytes:
    body = b""
    while True:
        event = await receive()
        body += bytes(event.get("body", b""))
        if not event.get("more_body"):
            return body


class Application:
    """What ships, behind the trigger."""

    def __init__(self) -> None:
        self._timeline = ""

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "websocket" and os.environ.get("WIRE") == "0":
            scope.get("extensions", {}).pop(EXTENSION, None)
        if scope["type"] != "http" or scope["path"] != "/bench/say":
            await shipped(scope, receive, send)
            return
        texts = (await read_body(receive)).decode().split("\n")
        if not self._timeline:
            sitting = await Sitting.objects.aget(pk=scope["query_string"].decode())
            self._timeline = sitting.timeline_id
        timeline = self._timeline
        await asyncio.wrap_future(current_writer().call(lambda: say(timeline, texts)))
        await send({"type": "http.response.start", "status": 204, "headers": []})
        await send({"type": "http.response.body", "body": b""})


web.application = Application()

if __name__ == "__main__":
    if os.environ.get("COLLECTOR") == "python":
        server.GC_THRESHOLDS = gc.get_threshold()
        gc.freeze = lambda: None
    web.main()
