"""One sitting's media: what its order allows, its publisher, its recording and its preview."""

import asyncio
import time
from collections.abc import Callable
from pathlib import Path

from live.protocol.media import FactKind, MediaMode, MediaOrder, MediaStatus

from . import store
from .catalogue import Catalogue
from .claim import Claim, ClaimedDisk
from .config import HANDOVER_AFTER_S
from .disk import Disk
from .facts import FactTeller
from .publisher import Publisher, fingerprint
from .shelf import Shelf
from .shelves import OVER, Shelves

_PREVIEWED = {MediaMode.PREVIEW, MediaMode.PAUSED}
_PUBLISHABLE = {MediaMode.PREVIEW, MediaMode.LIVE, MediaMode.PAUSED}


class SittingMedia:
    """State of one sitting; lives on the event loop."""

    def __init__(
        self,
        folder: Path,
        order: MediaOrder,
        disk: Disk,
        facts: FactTeller,
        room: Callable[[], bool],
        claim: Claim,
    ) -> None:
        """`room`: whether the disk may be written to."""
        self.folder = folder
        self.order = order
        self.publisher: Publisher | None = None
        self.claim = claim
        #: Called when it turns out that another process holds the sitting.
        self.on_lost: Callable[[], None] = lambda: None
        self._disk: Disk = ClaimedDisk(disk, claim, lambda: self.on_lost())
        self._facts = facts
        self._room = room
        self._shelves = Shelves(folder, self._disk, facts, claim, lambda: self.order)
        self._shelves.on_trouble = self._drop_take
        self._obeying = asyncio.Lock()
        self._closing: set[asyncio.Task[None]] = set()

    @property
    def id(self) -> str:
        return self.order.sitting

    @property
    def busy(self) -> bool:
        """Whether anything is open, or someone is there."""
        return self.publisher is not None or bool(self._shelves.open)

    # Orders

    async def obey(self, order: MediaOrder) -> None:
        """Take an order on. What it cuts is cut before this waits for anything."""
        if order.version > self.order.version:
            before, self.order = self.order, order
            self._apply(before.mode)
        async with self._obeying:
            wanted = self.order
            await self._disk.finish(lambda: store.save_order(self.folder, wanted))

    def begin(self, *, reopens: bool = False) -> None:
        """Obey the order that is there. `reopens`: what was ended before goes on."""
        self._shelves.clear_previews()
        self._shelves.resume()
        self._apply(MediaMode.ENDED if reopens else None)

    def _apply(self, before: MediaMode | None) -> None:
        mode = self.order.mode
        now = time.time()
        if before is mode:
            self._shelves.set_window()
            return
        if self.publisher is not None:
            # The take that was going on ends here; behind closed doors nothing of it is written.
            self.publisher.ingest.direct(None, now, abandon=mode is MediaMode.CLOSED_DOORS)
        if mode not in _PREVIEWED:
            self._shelves.remove_preview()
        if mode in OVER:
            self._dismiss()
        if mode is MediaMode.PURGED:
            self._shelves.purge()
        elif mode is MediaMode.ENDED:
            self._shelves.finalise()
        elif before is MediaMode.ENDED:
            self._shelves.reopen()
        self._shelves.set_window()
        self._direct(now)

    def _direct(self, now: float) -> None:
        """Have the publisher's media put where the mode says."""
        if self.publisher is None or not self.publisher.announced:
            return
        mode = self.order.mode
        shelf = None
        if mode is MediaMode.LIVE:
            shelf = self._shelves.need_recording()
        elif mode in _PREVIEWED:
            shelf = self._shelves.need_preview()
        self.publisher.ingest.direct(shelf, now)

    # Publishers

    def may_publish(self) -> bool:
        return self.order.mode in _PUBLISHABLE

    def occupied_by_other(self, token: str) -> bool:
        """Whether a publisher is there that this token's bearer may not replace."""
        publisher = self.publisher
        if publisher is None:
            return False
        now = time.time()
        if publisher.token == fingerprint(token):
            return not publisher.silent(now)
        return publisher.idle(now) < HANDOVER_AFTER_S

    def admit(self, publisher: Publisher) -> None:
        """The publisher takes the place; whoever had it is sent away."""
        if self.publisher is not None:
            self._part(self.publisher)
        self.publisher = publisher
        publisher.on_gone = lambda: self._left(publisher)
        publisher.on_first_packet = lambda: self._announce(publisher)
        if publisher.sending:
            self._announce(publisher)

    async def leave(self, key: str) -> bool:
        """A publisher ends its own connection; `False` where there is none by this key."""
        publisher = self.publisher
        if publisher is None or publisher.key != key:
            return False
        self._left(publisher)
        await publisher.close()
        return True

    def tick(self, now: float) -> None:
        """Ten times a second."""
        publisher = self.publisher
        self._shelves.mind_disk(now, room=self._room())
        if publisher is None:
            return
        if publisher.announced and publisher.silent(now) != publisher.interrupted:
            publisher.interrupted = not publisher.interrupted
            interrupted = publisher.interrupted
            self._tell(
                FactKind.PUBLISHER_INTERRUPTED if interrupted else FactKind.PUBLISHER_RESUMED
            )
        if publisher.announced and publisher.tracks != publisher.told:
            # Its first packet was of one track; the other has arrived now.
            self._tell(FactKind.PUBLISHER_CONNECTED)
        publisher.ingest.tick(now)
        if publisher.expired(now):
            self._left(publisher)

    def _announce(self, publisher: Publisher) -> None:
        """Its first packet is here; its first keyframe may be next, so there is no waiting."""
        if self.publisher is publisher and not publisher.announced:
            publisher.announced = True
            publisher.connected_at = time.time()
            self._tell(FactKind.PUBLISHER_CONNECTED)
            self._direct(publisher.connected_at)

    def _left(self, publisher: Publisher) -> None:
        if self.publisher is not publisher:
            return
        self._part(publisher)
        self.publisher = None
        if publisher.announced:
            self._tell(FactKind.PUBLISHER_LEFT)
        self._shelves.remove_preview()

    def _part(self, publisher: Publisher, *, abandon: bool = False) -> None:
        """End its take and its connection."""
        publisher.gone = True
        publisher.ingest.direct(None, time.time(), abandon=abandon)
        task = asyncio.get_running_loop().create_task(publisher.close())
        self._closing.add(task)
        task.add_done_callback(self._closing.discard)

    def _dismiss(self) -> None:
        if self.publisher is not None:
            self._left(self.publisher)

    # The recording and the preview

    @property
    def recording(self) -> Shelf | None:
        return self._shelves.recording

    @property
    def preview(self) -> Shelf | None:
        return self._shelves.preview

    def catalogue(self) -> Catalogue | None:
        """The recording's catalogue; read from disk where it is over."""
        return self._shelves.catalogue()

    def forget_archived(self) -> None:
        """Free the memory of a catalogue that can be read again."""
        self._shelves.forget_archived()

    def status(self) -> MediaStatus:
        """What web may know."""
        catalogue = self.catalogue()
        publisher = self.publisher
        return MediaStatus(
            sitting=self.id,
            version=self.order.version,
            mode=self.order.mode,
            publisher=publisher.status(time.time()) if publisher and publisher.announced else None,
            recorded_s=round(catalogue.duration, 3) if catalogue else 0.0,
            recorded_bytes=catalogue.size if catalogue else 0,
            disk_free=0,
        )

    def lose(self) -> None:
        """Another process holds it: send the publisher away, write and tell nothing."""
        if self.publisher is not None:
            publisher, self.publisher = self.publisher, None
            publisher.on_gone = publisher.on_first_packet = lambda: None
            self._part(publisher, abandon=True)
        self._shelves.lose()

    async def stop(self) -> None:
        """The process ends: close the take, keep everything else for the next start."""
        if self.publisher is not None:
            publisher, self.publisher = self.publisher, None
            publisher.ingest.direct(None, time.time())
            await publisher.close()
        self._shelves.close()

    def _drop_take(self) -> None:
        if self.publisher is not None:
            self.publisher.ingest.drop_take()

    def _tell(self, kind: FactKind) -> None:
        status = None
        if self.publisher is not None:
            status = self.publisher.status(time.time())
            self.publisher.told = self.publisher.tracks
        self._facts.tell(kind, self.id, publisher=status)
