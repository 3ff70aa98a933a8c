"""The web process: `python -m config.asgi`."""

import asyncio
import os

# Before anything that imports Twisted: it installs the asyncio reactor.
import daphne.server  # noqa: F401
import django
from channels.routing import ProtocolTypeRouter, URLRouter
from django.core.asgi import get_asgi_application
from django.urls import path

from .environment import env

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

from live.delivery.process import make_process  # noqa: E402
from live.delivery.server import Server  # noqa: E402
from live.transport.consumer import TimelineSocket  # noqa: E402
from portal.background import make_inline_worker  # noqa: E402
from portal.tasks import plan_all  # noqa: E402

process = make_process(env.media_key, env.redis_url)

application = ProtocolTypeRouter(
    {
        "http": get_asgi_application(),
        "websocket": URLRouter(
            [path("ws/<str:path>/<str:id>/", TimelineSocket(process.rooms))]  # type: ignore[arg-type]
        ),
    }
)


worker = make_inline_worker()


async def start() -> None:
    await process.start()
    if worker is not None:
        worker.start()
    else:
        # Done by the worker processes; somebody has to begin.
        await asyncio.to_thread(plan_all)


async def stop() -> None:
    if worker is not None:
        await asyncio.to_thread(worker.stop)
    await process.stop()


#: Handshakes that may wait for us when a whole hall comes back at once.
BACKLOG = 4096


def main() -> None:
    """Serve on `HOST`:`PORT` until SIGTERM or Ctrl-C."""
    Server(
        application,
        endpoints=[f"tcp:port={env.port}:interface={env.host}:backlog={BACKLOG}"],
        on_start=start,
        on_stop=stop,
        websocket_max_message_size=64 * 1024,
        websocket_max_frame_size=64 * 1024,
        proxy_forwarded_address_header="X-Forwarded-For" if env.proxies else None,
        server_name="palabre",
    ).run()


if __name__ == "__main__":
    main()
