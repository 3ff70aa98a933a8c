"""One sitting's media: what its order allows, its publisher, its recording and its preview."""

import asyncio
import logging
import time
from collections.abc import Callable
from pathlib import Path

from live.protocol.media import (
    FactKind,
    MediaMode,
    MediaOrder,
    MediaStatus,
    RecordingSummary,
)

from . import mending, shelves, store
from .catalogue import Catalogue
from .claim import Claim, ClaimedDisk
from .config import HANDOVER_AFTER_S
from .disk import Disk, remove_tree
from .facts import FactTeller
from .publisher import Publisher, fingerprint
from .shelf import Shelf

logger = logging.getLogger(__name__)

_PREVIEWED = {MediaMode.PREVIEW, MediaMode.PAUSED}
_PUBLISHABLE = {MediaMode.PREVIEW, MediaMode.LIVE, MediaMode.PAUSED}
#: After a failed write, so long till the next try.
_RETRY_S = 2.0
_OVER = {MediaMode.ENDED, MediaMode.PURGED}


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
        self.recording: Shelf | None = None
        self.preview: Shelf | None = None
        self.claim = claim
        #: Called when it turns out that another process holds the sitting.
        self.on_lost: Callable[[], None] = lambda: None
        self._disk: Disk = ClaimedDisk(disk, claim, lambda: self.on_lost())
        self._facts = facts
        self._room = room
        self._archived: Catalogue | None = None
        self._playable_told = False
        self._full = False
        self._full_since = 0.0
        self._obeying = asyncio.Lock()
        self._closing: set[asyncio.Task[None]] = set()

    @property
    def id(self) -> str:
        return self.order.sitting

    @property
    def busy(self) -> bool:
        """Whether anything is open, or someone is there."""
        return any(x is not None for x in (self.publisher, self.recording, self.preview))

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
        self._disk.submit(lambda: remove_tree(self.folder / "preview"))
        self._resume()
        self._apply(MediaMode.ENDED if reopens else None)

    def _apply(self, before: MediaMode | None) -> None:
        mode = self.order.mode
        now = time.time()
        if before is mode:
            self._set_window()
            return
        if self.publisher is not None:
            # The take that was going on ends here; behind closed doors nothing of it is written.
            self.publisher.ingest.direct(None, now, abandon=mode is MediaMode.CLOSED_DOORS)
        if mode not in _PREVIEWED:
            self._remove_preview()
        if mode in _OVER:
            self._dismiss()
        if mode is MediaMode.PURGED:
            self._purge()
        elif mode is MediaMode.ENDED:
            self._finalise()
        elif before is MediaMode.ENDED:
            self._reopen()
        self._set_window()
        self._direct(now)

    def _direct(self, now: float) -> None:
        """Have the publisher's media put where the mode says."""
        if self.publisher is None or not self.publisher.announced:
            return
        mode = self.order.mode
        shelf = None
        if mode is MediaMode.LIVE:
            shelf = self._need_recording()
        elif mode in _PREVIEWED:
            shelf = self._need_preview()
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
        self._mind_disk(now)
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
        if self.preview is not None:
            self._remove_preview()

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

    def catalogue(self) -> Catalogue | None:
        """The recording's catalogue; read from disk where it is over."""
        if self.recording is not None:
            return self.recording.catalogue
        if self.order.mode is MediaMode.PURGED:
            return None
        if self._archived is None:
            folder = store.recording_folder(self.folder)
            if folder is not None:
                self._archived, _ = store.load(folder)
        return self._archived

    def forget_archived(self) -> None:
        """Free the memory of a catalogue that can be read again."""
        self._archived = None

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
        for shelf in (self.recording, self.preview):
            if shelf is not None:
                shelf.release(lost=True)
        self.recording = self.preview = None

    async def stop(self) -> None:
        """The process ends: close the take, keep everything else for the next start."""
        if self.publisher is not None:
            publisher, self.publisher = self.publisher, None
            publisher.ingest.direct(None, time.time())
            await publisher.close()
        self._remove_preview()
        if self.recording is not None:
            self.recording.release()

    def _resume(self) -> None:
        """Pick up what an earlier process left."""
        folder = store.recording_folder(self.folder)
        done = (self.folder / "done").exists()
        if folder is None or self.order.mode is MediaMode.PURGED:
            return
        if self.order.mode is MediaMode.ENDED and done:
            return
        self.recording = self._watch(
            shelves.continue_recording(folder, self._disk, self.order.window_s, self.claim.run)
        )
        self._playable_told = self.recording.catalogue.playable

    def _reopen(self) -> None:
        """A recording that was complete goes on."""
        if self.recording is None:
            self._resume()
        self._archived = None
        self._disk.submit(lambda: (self.folder / "done").unlink(missing_ok=True))
        if self.recording is not None and self.recording.catalogue.final is not None:
            self.recording.reopen()

    def _need_recording(self) -> Shelf:
        if self.recording is None:
            self.recording = self._watch(
                shelves.begin_recording(self.folder, self._disk, self.order.window_s)
            )
        return self.recording

    def _need_preview(self) -> Shelf:
        if self.preview is None:
            self.preview = shelves.begin_preview(self.folder, self._disk)
            self.preview.on_trouble = self._on_trouble
            self.preview.on_segment = lambda _: self._on_room()
        return self.preview

    def _watch(self, shelf: Shelf) -> Shelf:
        shelf.on_segment = lambda _: self._on_segment()
        shelf.on_trouble = self._on_trouble
        return shelf

    def _on_segment(self) -> None:
        self._on_room()
        recording = self.recording
        if not self._playable_told and recording is not None and recording.catalogue.playable:
            self._playable_told = True
            self._tell(FactKind.RECORDING_PLAYABLE)

    def _on_room(self) -> None:
        """A segment was written."""
        shelves = [s for s in (self.recording, self.preview) if s is not None]
        if self._full and all(shelf.trouble is None for shelf in shelves):
            self._full = False
            self._facts.tell(FactKind.DISK_OK, self.id)

    def _on_trouble(self, error: BaseException) -> None:
        logger.error("sitting %s: writing failed: %s", self.id, error)
        self._full_since = time.time()
        if self.publisher is not None:
            self.publisher.ingest.drop_take()
        if not self._full:
            self._full = True
            self._facts.tell(FactKind.DISK_FULL, self.id)
        if self.order.mode is MediaMode.ENDED:
            self._finalise()

    def _mind_disk(self, now: float) -> None:
        """Stop before the disk is full; try again when there is room."""
        room = self._room()
        for shelf in (self.recording, self.preview):
            if shelf is None:
                continue
            # The reserve is there so that what is over can be completed all the same.
            if not room and self.order.mode not in _OVER:
                shelf.give_up(OSError("the disk is nearly full"))
            elif shelf.trouble is not None and now - self._full_since > _RETRY_S:
                self._full_since = now
                shelf.clear_trouble()

    def _set_window(self) -> None:
        if self.recording is not None:
            self.recording.window_s = self.order.window_s

    def _remove_preview(self) -> None:
        if self.preview is not None:
            self.preview.release(remove=True)
            self.preview = None

    def _purge(self) -> None:
        if self.recording is not None:
            self.recording.release(remove=True)
            self.recording = None
        self._archived = None
        self._playable_told = False
        folder = self.folder
        self._disk.submit(lambda: remove_tree(folder / "rec"))
        self._disk.submit(lambda: (folder / "done").unlink(missing_ok=True))

    def _finalise(self) -> None:
        """Complete the recording once all that was queued is on disk, and tell web."""
        shelf = self.recording
        if shelf is None:
            if not (self.folder / "done").exists():
                self._tell_final(Catalogue().summary())
            return

        def settled() -> None:
            mending.mend(shelf)
            shelf.finalise(told)

        def told() -> None:
            if shelf.catalogue.final is not None:
                self._tell_final(shelf.catalogue.final)

        shelf.when_settled(settled)

    def _tell_final(self, summary: RecordingSummary) -> None:
        if self.order.mode is MediaMode.ENDED:
            self._facts.tell(
                FactKind.RECORDING_FINALISED, self.id, recording=summary, heard=self._final_heard
            )

    def _final_heard(self) -> None:
        """Web knows: there is nothing left to do at the next start, and no file to hold open."""
        if self.order.mode is not MediaMode.ENDED:
            return
        shelf, self.recording = self.recording, None
        if shelf is not None:
            shelf.mark_told()
            shelf.release()
            self._archived = shelf.catalogue
        self._disk.submit(lambda: (self.folder / "done").touch())

    def _tell(self, kind: FactKind) -> None:
        status = None
        if self.publisher is not None:
            status = self.publisher.status(time.time())
            self.publisher.told = self.publisher.tracks
        self._facts.tell(kind, self.id, publisher=status)
