"""The media process: all its sittings, the writer, the facts, and the tick that drives them."""

import asyncio
import logging
import os
import time

from live.protocol.media import FactKind, MediaOrder, MediaOverview, MediaStatus

from . import aiortc_hooks, store
from .budget import Budget
from .config import MediaConfig
from .disk import DiskWriter
from .facts import FactTeller
from .ladder.shown import RungWatch
from .publisher import Publisher
from .sdp_check import Offer, OfferRefused
from .sitting import SittingMedia

logger = logging.getLogger(__name__)

TICK_S = 0.1
#: Catalogues of finished recordings are dropped from memory after so long.
_FORGET_EVERY_S = 600.0


class MediaProcess:
    """Everything that lives as long as the process. Created anywhere, `start`ed on the loop."""

    def __init__(self, config: MediaConfig) -> None:
        self.config = config
        self.sittings: dict[str, SittingMedia] = {}
        self.disk = DiskWriter()
        self.facts = FactTeller(config.web_url, config.key)
        self.budget = Budget(config.uplink)
        #: Smaller pictures, as far as another process has made them.
        self.rungs = RungWatch()
        self.started = False
        self.loop_lag = 0.0
        self.published = 0
        #: HTTP requests so far.
        self.requests = 0
        self._admitting: set[str] = set()
        self.disk_free = 0
        self._roomy = True
        self._ticker: asyncio.Task[None] | None = None
        self._starting: asyncio.Future[None] | None = None

    async def start(self) -> None:
        """Recover what is on disk, then begin. Calling it again waits for the first call."""
        if self._starting is not None:
            await asyncio.shield(self._starting)
            return
        self._starting = asyncio.get_running_loop().create_future()
        try:
            self._begin()
        except BaseException as error:
            self._starting.set_exception(error)
            raise
        self.started = True
        self._starting.set_result(None)

    def _begin(self) -> None:
        missing = aiortc_hooks.missing_parts()
        if missing:
            raise RuntimeError(f"aiortc has changed, see live/media/aiortc_hooks.py: {missing}")
        aiortc_hooks.add_h264_profiles()
        self.config.media_dir.mkdir(parents=True, exist_ok=True)
        self._look_at_disk()
        self.disk.start()
        self.facts.tell(FactKind.STARTED)
        for folder, order in store.orders(self.config.media_dir):
            sitting = self._add(order)
            try:
                sitting.begin()
            except Exception:
                logger.exception("sitting %s cannot be recovered", folder.name)
        self.facts.start()
        self._ticker = asyncio.get_running_loop().create_task(self._tick())

    async def stop(self) -> None:
        """Close takes and files; publishers will have to come back."""
        if self._ticker is not None:
            self._ticker.cancel()
            await asyncio.gather(self._ticker, return_exceptions=True)
        await asyncio.gather(*(s.stop() for s in self.sittings.values()), return_exceptions=True)
        await self.facts.stop()
        await self.disk.stop()

    def _add(self, order: MediaOrder) -> SittingMedia:
        sitting = SittingMedia(
            self.config.media_dir / order.sitting, order, self.disk, self.facts, self.has_room
        )
        self.sittings[order.sitting] = sitting
        return sitting

    async def obey(self, order: MediaOrder) -> MediaStatus:
        """Take on an order; answers with the state that it led to."""
        sitting = self.sittings.get(order.sitting)
        if sitting is None:
            sitting = self._add(order)
            sitting.begin()
        await sitting.obey(order)
        return self.status(sitting)

    def status(self, sitting: SittingMedia) -> MediaStatus:
        """A sitting's state, with what the disk has left."""
        return sitting.status().model_copy(update={"disk_free": self.disk_free})

    def overview(self) -> MediaOverview:
        """Everything at once, but for sittings that are over."""
        busy = [s for s in self.sittings.values() if s.busy]
        return MediaOverview(
            boot=self.facts.boot,
            facts_waiting=self.facts.waiting,
            disk_free=self.disk_free,
            sittings=[self.status(s) for s in busy],
        )

    async def publish(
        self, sitting: SittingMedia, offer: Offer, token: str
    ) -> tuple[Publisher, str]:
        """Let a publisher in: its connection and our SDP answer. Raises `OfferRefused`."""
        if sitting.occupied_by_other(token) or sitting.id in self._admitting:
            raise OfferRefused(409, "occupied", "Another publisher is sending to this sitting.")
        if sum(s.publisher is not None for s in self.sittings.values()) >= (
            self.config.max_publishers + (sitting.publisher is not None)
        ):
            raise OfferRefused(503, "busy", "This server has as many publishers as it can take.")
        self._admitting.add(sitting.id)
        try:
            publisher = Publisher(offer, token, self.config.ice)
            try:
                answer = await publisher.answer()
            except OSError as error:
                raise OfferRefused(503, "no-port", "No network port is free.") from error
            if not sitting.may_publish():
                await publisher.close()
                raise OfferRefused(403, "not-open", "This sitting takes no publisher now.")
        finally:
            self._admitting.discard(sitting.id)
        sitting.admit(publisher)
        self.published += 1
        return publisher, answer

    def has_room(self) -> bool:
        """Whether the disk may be written to."""
        return self._roomy

    def _look_at_disk(self) -> None:
        stat = os.statvfs(self.config.media_dir)
        self.disk_free = stat.f_bavail * stat.f_frsize
        least = self.config.min_free_bytes
        # A little more than the least, so that it does not flutter.
        self._roomy = self.disk_free >= (least if self._roomy else least * 5 // 4)

    async def _tick(self) -> None:
        looked = forgot = time.monotonic()
        while True:
            before = time.monotonic()
            await asyncio.sleep(TICK_S)
            now = time.monotonic()
            self.loop_lag = now - before - TICK_S
            if now - looked > 1.0:
                looked = now
                self._look_at_disk()
            if now - forgot > _FORGET_EVERY_S:
                forgot = now
                for sitting in self.sittings.values():
                    sitting.forget_archived()
            for sitting in [s for s in self.sittings.values() if s.busy]:
                try:
                    sitting.tick(time.time())
                except Exception:
                    logger.exception("sitting %s: tick failed", sitting.id)
