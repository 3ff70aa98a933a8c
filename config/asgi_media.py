"""The media process: `python -m config.asgi_media` serves it with daphne.

Environment: see `config.environment` and docs/media.md. No database; of Django its storage API
alone, and that only where recordings move to a bucket.
"""

import ipaddress
import json
import logging
import os
import re
from typing import Any

from live.media.http.pacing import Server  # isort: skip - installs the asyncio reactor first
from twisted.internet import defer, reactor

from live.media.away import Storage
from live.media.config import IceServer, IceSettings, MediaConfig, parse_ports
from live.media.http.app import MediaApp
from live.media.process import MediaProcess

from .environment import env


def _ice_settings() -> IceSettings:
    """On a machine that listens on loopback alone, media stays there too."""
    addresses: tuple[str, ...] = ()
    try:
        if ipaddress.ip_address(env.host).is_loopback:
            addresses = (env.host,)
    except ValueError:
        pass
    override = tuple(a for a in os.environ.get("MEDIA_ICE_ADDRESSES", "").split(",") if a)
    return IceSettings(
        addresses=override or addresses,
        public_ips=tuple(env.media_public_ips),
        ports=parse_ports(env.media_udp_ports),
    )


def _storage() -> Storage | None:
    """The bucket, where there is one."""
    if not env.archive_bucket:
        return None
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    from live.archive.store import Store

    return Store()


def build_config() -> MediaConfig:
    """The configuration that the environment describes; raises `ValueError`."""
    if not re.fullmatch(r"[a-z0-9-]{1,40}", env.media_name):
        raise ValueError(f"MEDIA_NAME must be small letters, digits and -, not {env.media_name!r}")
    return MediaConfig(
        media_dir=env.media_dir,
        key=env.media_key,
        web_url=env.web_internal_url,
        name=env.media_name,
        url=env.media_internal_url,
        ice_servers=tuple(IceServer.from_json(s) for s in json.loads(env.ice_servers or "[]")),
        ice=_ice_settings(),
        storage=_storage(),
        uplink=env.media_uplink_mbit * 1e6,
        min_free_bytes=int(os.environ.get("MEDIA_MIN_FREE_BYTES") or MediaConfig.min_free_bytes),
    )


_reactor: Any = reactor
process = MediaProcess(build_config())
application = MediaApp(process)


async def _start() -> None:
    try:
        await process.start()
    except Exception:
        logging.getLogger(__name__).exception("the media process cannot start")
        _reactor.callLater(0, _reactor.stop)


def main() -> None:
    """Serve until a signal; then close takes and files."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    for chatty in ("httpx", "aioice", "aiortc", "daphne.server"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
    server = Server(
        application,
        endpoints=[f"tcp:port={env.media_port}:interface={env.host.replace(':', chr(92) + ':')}"],
        action_logger=None,
        server_name="palabre-media",
        verbosity=1,
    )
    loop = _reactor._asyncioEventloop
    _reactor.callWhenRunning(lambda: loop.create_task(_start()))
    _reactor.addSystemEventTrigger(
        "before",
        "shutdown",
        lambda: defer.Deferred.fromFuture(loop.create_task(process.stop())),
    )
    server.run()


if __name__ == "__main__":
    main()
