"""The usual way: a Channels consumer for each connection, `group_send` through Redis, on daphne.

`python -m bench.apps.channels_room PORT` (REDIS_URL). `/ws/` joins the group; `POST /pub`
publishes the body. `/bare/` is a consumer that only accepts: what daphne and Channels cost.
"""

import os
import sys
from typing import Any

import daphne.server
import django
from channels.generic.websocket import AsyncJsonWebsocketConsumer, AsyncWebsocketConsumer
from channels.layers import get_channel_layer
from channels.routing import ProtocolTypeRouter, URLRouter
from django.conf import settings
from django.urls import path

GROUP = "room"

settings.configure(
    INSTALLED_APPS=["channels"],
    CHANNEL_LAYERS={
        "default": {
            "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
            "CONFIG": {"hosts": [os.environ["REDIS_URL"]]},
        }
    }
    if os.environ.get("REDIS_URL")
    else {},
)
django.setup()


class Room(AsyncJsonWebsocketConsumer):  # type: ignore[misc]
    """As Channels' tutorial has it."""

    async def connect(self) -> None:
        await self.channel_layer.group_add(GROUP, self.channel_name)
        await self.accept()

    async def disconnect(self, code: int) -> None:
        await self.channel_layer.group_discard(GROUP, self.channel_name)

    async def said(self, event: dict[str, Any]) -> None:
        await self.send_json({"text": event["text"]})


class Bare(AsyncWebsocketConsumer):  # type: ignore[misc]
    """Accepts, and that is all."""


async def publish(scope: Any, receive: Any, send: Any) -> None:
    body = b""
    while True:
        event = await receive()
        body += event.get("body", b"")
        if not event.get("more_body"):
            break
    layer = get_channel_layer()
    assert layer is not None
    await layer.group_send(GROUP, {"type": "said", "text": body.decode()})
    await send({"type": "http.response.start", "status": 201, "headers": []})
    await send({"type": "http.response.body", "body": b""})


application = ProtocolTypeRouter(
    {
        "http": publish,
        "websocket": URLRouter([path("ws/", Room.as_asgi()), path("bare/", Bare.as_asgi())]),
    }
)

if __name__ == "__main__":
    daphne.server.Server(
        application, endpoints=[f"tcp:port={sys.argv[1]}:interface=127.0.0.1:backlog=4096"]
    ).run()
