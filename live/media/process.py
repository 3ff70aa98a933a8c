"""The media process: all its sittings, the writer, the facts, and the tick that drives them."""

import asyncio
import logging
import os
import time

from live.protocol.media import (
    FactKind,
    MediaMode,
    MediaOrder,
    MediaOverview,
    MediaProcessAddress,
    MediaStatus,
)

from . import aiortc_hooks, elsewhere, line, store
from .away import Away
from .budget import Budget
from .claim import Claim, Fenced, Identity, NameLock, read_holder
from .config import MediaConfig
from .disk import DiskWriter
from .elsewhere import Elsewhere
from .facts import FactTeller
from .ladder import state as ladder
from .ladder.rungs import RUNGS
from .ladder.shown import RungWatch
from .publisher import Publisher
from .sdp_check import Offer, OfferRefused
from .sitting import SittingMedia

logger = logging.getLogger(__name__)

TICK_S = 0.1
#: Catalogues of finished recordings are dropped from memory after so long.
_FORGET_EVERY_S = 600.0
_GOING_ON = {MediaMode.LIVE, MediaMode.PAUSED, MediaMode.CLOSED_DOORS}


class MediaProcess:
    """Everything that lives as long as the process. Created anywhere, `start`ed on the loop."""

    def __init__(self, config: MediaConfig) -> None:
        self.config = config
        self.me = Identity(config.name, config.url.partition("://")[2])
        #: Those that this process holds.
        self.sittings: dict[str, SittingMedia] = {}
        self._elsewhere: dict[str, Elsewhere] = {}
        self._taking: dict[str, asyncio.Lock] = {}
        self._name_lock: NameLock | None = None
        #: Sittings taken from others, and lost to others, since the start.
        self.taken = self.lost = 0
        self.disk = DiskWriter()
        self.facts = FactTeller(
            config.web_url, config.key, MediaProcessAddress(name=config.name, url=config.url)
        )
        self.budget = Budget(config.uplink)
        #: Smaller pictures, as far as another process has made them.
        self.rungs = RungWatch()
        #: Recordings that are no longer on this disk.
        self.away = Away(config.media_dir, config.storage)
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
        self._name_lock = NameLock(self.config.media_dir, self.config.name)
        self._look_at_disk()
        self.disk.start()
        self.facts.tell(FactKind.STARTED)
        for folder, order in store.orders(self.config.media_dir):
            holder = read_holder(folder)
            if holder.name not in ("", self.config.name):
                continue
            try:
                claim = Claim(folder, self.me)
                claim.take(holder.claim)
                self._add(order, claim).begin()
            except Fenced:
                # Taken by another one just now.
                self.sittings.pop(folder.name, None)
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
        if self.budget.uplink:
            self.disk.submit(lambda: line.leave(self.config.media_dir, self.config.name))
        await self.disk.stop()
        self.away.close()
        if self._name_lock is not None:
            self._name_lock.release()

    def _add(self, order: MediaOrder, claim: Claim) -> SittingMedia:
        folder = self.config.media_dir / order.sitting
        sitting = SittingMedia(folder, order, self.disk, self.facts, self.has_room, claim)
        sitting.on_lost = lambda: self._lose(sitting)
        self.sittings[order.sitting] = sitting
        self._elsewhere.pop(order.sitting, None)
        return sitting

    def _lose(self, sitting: SittingMedia) -> None:
        """Another process holds it now; whatever we still had of it is void."""
        if self.sittings.get(sitting.id) is sitting:
            del self.sittings[sitting.id]
            self.lost += 1
            logger.warning("sitting %s is held by another process now", sitting.id)
            sitting.lose()

    def find(self, sitting_id: str) -> SittingMedia | Elsewhere | None:
        """A sitting of ours, or what its folder says of one that another process holds."""
        ours = self.sittings.get(sitting_id)
        if ours is not None:
            if ours.claim.is_ours(lately=True):
                return ours
            self._lose(ours)
        known = self._elsewhere.get(sitting_id)
        if known is None:
            known = elsewhere.find(self.config.media_dir, sitting_id)
            if known is not None:
                self._elsewhere[sitting_id] = known
        elif not known.look():
            del self._elsewhere[sitting_id]
            return None
        return known

    async def obey(self, order: MediaOrder) -> MediaStatus:
        """Take on an order; answers with the state that it led to. Raises `Fenced` where the
        sitting is not, or no longer, for this process."""
        if order.holder not in ("", self.config.name):
            raise Fenced(f"this is {self.config.name}, the order is for {order.holder}")
        lock = self._taking.setdefault(order.sitting, asyncio.Lock())
        async with lock:
            sitting = self.sittings.get(order.sitting)
            if sitting is None or order.claim > sitting.claim.number:
                sitting = await self._take(order, sitting)
        if order.claim < sitting.claim.number:
            raise Fenced(f"held by the number {sitting.claim.number}")
        await sitting.obey(order)
        return self.status(sitting)

    async def _take(self, order: MediaOrder, ours: SittingMedia | None) -> SittingMedia:
        """Hold a sitting from now on by the order's number. Raises `Fenced`, `OSError`."""
        folder = self.config.media_dir / order.sitting
        claim = Claim(folder, self.me) if ours is None else ours.claim
        kept = await asyncio.to_thread(claim.take, order.claim)
        if ours is not None:
            if kept:
                return ours
            # It was another's meanwhile: what we know of it counts no more.
            self._lose(ours)
            claim = Claim(folder, self.me)
            await asyncio.to_thread(claim.take, order.claim)
        before = store.kept_order(folder)
        if before is not None and before.version > order.version:
            order = before
        over = before is not None and before.mode is MediaMode.ENDED
        self.taken += before is not None
        sitting = self._add(order, claim)
        try:
            sitting.begin(reopens=over and order.mode in _GOING_ON)
        except BaseException:
            # The next order tries again from what is on disk.
            del self.sittings[order.sitting]
            raise
        return sitting

    def status(self, sitting: SittingMedia) -> MediaStatus:
        """A sitting's state, with what the disk, the ladder and the line have left."""
        made = ladder.read(self.config.media_dir, time.time())
        return sitting.status().model_copy(
            update={
                "disk_free": self.disk_free,
                "smaller_bitrate": sum(rung.rate for rung in RUNGS) if made else 0,
                "shed": made.dropped if made else [],
                "newcomers": self.budget.look().name.lower(),
            }
        )

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
        if not sitting.claim.is_ours():
            await publisher.close()
            self._lose(sitting)
            raise OfferRefused(503, "moved", "Another process holds this sitting; try again.")
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

    def _look_at_line(self) -> None:
        """Tell the other processes what this one needs of the line, and hear of theirs."""
        if self.budget.uplink:
            config, needed = self.config, self.budget.needed

            def job() -> None:
                self.budget.others = line.exchange(config.media_dir, config.name, needed)

            self.disk.submit(job)

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
                self._look_at_line()
            if now - forgot > _FORGET_EVERY_S:
                forgot = now
                self._elsewhere.clear()
                for sitting in self.sittings.values():
                    sitting.forget_archived()
            for sitting in [s for s in self.sittings.values() if s.busy]:
                try:
                    if sitting.claim.is_ours(lately=True):
                        sitting.tick(time.time())
                    else:
                        self._lose(sitting)
                except Exception:
                    logger.exception("sitting %s: tick failed", sitting.id)
