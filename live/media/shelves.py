"""What a sitting has on disk: its recording, the preview of its staff, and its end.

Begun, gone on with and completed as the order says; given up when the disk is full, and taken up
again when there is room.
"""

import logging
import time
from collections.abc import Callable
from pathlib import Path

from live.protocol.media import FactKind, MediaMode, MediaOrder, RecordingSummary

from . import mending, store
from .catalogue import Catalogue
from .claim import Claim
from .config import PREVIEW_WINDOW_S
from .disk import Disk, remove_tree
from .facts import FactTeller
from .shelf import Shelf
from .shelf_files import new_name

logger = logging.getLogger(__name__)

#: Nothing is added to the recording any more.
OVER = frozenset({MediaMode.ENDED, MediaMode.PURGED})
#: After a failed write, so long till the next try.
_RETRY_S = 2.0


class Shelves:
    """The shelves of one sitting; lives on the event loop."""

    def __init__(
        self,
        folder: Path,
        disk: Disk,
        facts: FactTeller,
        claim: Claim,
        order: Callable[[], MediaOrder],
    ) -> None:
        """`order`: the one that counts now."""
        self.folder = folder
        self.recording: Shelf | None = None
        self.preview: Shelf | None = None
        #: Called when what is being taken cannot be written.
        self.on_trouble: Callable[[], None] = lambda: None
        self._disk = disk
        self._facts = facts
        self._claim = claim
        self._order = order
        self._archived: Catalogue | None = None
        self._playable_told = False
        self._full = False
        self._full_since = 0.0

    @property
    def open(self) -> list[Shelf]:
        """Those that are there now."""
        return [shelf for shelf in (self.recording, self.preview) if shelf is not None]

    def catalogue(self) -> Catalogue | None:
        """The recording's catalogue; read from disk where it is over."""
        if self.recording is not None:
            return self.recording.catalogue
        if self._order().mode is MediaMode.PURGED:
            return None
        if self._archived is None:
            folder = store.recording_folder(self.folder)
            if folder is not None:
                self._archived, _ = store.load(folder)
        return self._archived

    def forget_archived(self) -> None:
        """Free the memory of a catalogue that can be read again."""
        self._archived = None

    # The recording

    def resume(self) -> None:
        """Pick up what an earlier process left."""
        mode, folder = self._order().mode, store.recording_folder(self.folder)
        if folder is None or mode is MediaMode.PURGED:
            return
        if mode is MediaMode.ENDED and self._done.exists():
            return
        catalogue, end, lacking = self._claim.run(lambda: store.recover(folder))
        self.recording = self._watch(
            Shelf(
                folder,
                self._disk,
                durable=True,
                window_s=self._order().window_s,
                catalogue=catalogue,
                journal_end=end,
            )
        )
        self.recording.add_lines(lacking)
        self._playable_told = catalogue.playable

    def reopen(self) -> None:
        """A recording that was complete goes on."""
        if self.recording is None:
            self.resume()
        self._archived = None
        self._disk.submit(lambda: self._done.unlink(missing_ok=True))
        if self.recording is not None and self.recording.catalogue.final is not None:
            self.recording.reopen()

    def need_recording(self) -> Shelf:
        """The one that is there, or a new one."""
        if self.recording is None:
            folder, window_s = self.folder / "rec" / new_name(), self._order().window_s
            self.recording = self._watch(Shelf(folder, self._disk, durable=True, window_s=window_s))
        return self.recording

    def set_window(self) -> None:
        """As the order says."""
        if self.recording is not None:
            self.recording.window.seconds = self._order().window_s

    def finalise(self) -> None:
        """Complete the recording once all that was queued is on disk, and tell web."""
        shelf = self.recording
        if shelf is None:
            if not self._done.exists():
                self._tell_final(Catalogue().summary())
            return

        def settled() -> None:
            mending.mend(shelf)
            shelf.finalise(told)

        def told() -> None:
            if shelf.catalogue.final is not None:
                self._tell_final(shelf.catalogue.final)

        shelf.when_settled(settled)

    def purge(self) -> None:
        """Delete what was recorded."""
        if self.recording is not None:
            self.recording.release(remove=True)
            self.recording = None
        self._archived = None
        self._playable_told = False
        self._disk.submit(lambda: remove_tree(self.folder / "rec"))
        self._disk.submit(lambda: self._done.unlink(missing_ok=True))

    # The preview

    def need_preview(self) -> Shelf:
        """What staff see before the sitting is live."""
        if self.preview is None:
            folder = self.folder / "preview" / new_name()
            self.preview = Shelf(folder, self._disk, durable=False, window_s=PREVIEW_WINDOW_S)
            self.preview.on_trouble = self._trouble
            self.preview.on_segment = lambda _: self._room_again()
        return self.preview

    def remove_preview(self) -> None:
        """Nobody needs it any more."""
        if self.preview is not None:
            self.preview.release(remove=True)
            self.preview = None

    def clear_previews(self) -> None:
        """Delete those of an earlier process."""
        self._disk.submit(lambda: remove_tree(self.folder / "preview"))

    # The disk, and the end of the process

    def mind_disk(self, now: float, *, room: bool) -> None:
        """Stop before the disk is full; try again when there is `room`."""
        for shelf in self.open:
            # The reserve is there so that what is over can be completed all the same.
            if not room and self._order().mode not in OVER:
                shelf.give_up(OSError("the disk is nearly full"))
            elif shelf.trouble is not None and now - self._full_since > _RETRY_S:
                self._full_since = now
                shelf.clear_trouble()

    def lose(self) -> None:
        """Another process has the files now: write nothing more."""
        for shelf in self.open:
            shelf.release(lost=True)
        self.recording = self.preview = None

    def close(self) -> None:
        """Keep the recording for the next start."""
        self.remove_preview()
        if self.recording is not None:
            self.recording.release()

    # Inside

    @property
    def _done(self) -> Path:
        return self.folder / "done"

    def _watch(self, shelf: Shelf) -> Shelf:
        shelf.on_segment = lambda _: self._segment()
        shelf.on_trouble = self._trouble
        return shelf

    def _segment(self) -> None:
        self._room_again()
        recording = self.recording
        if not self._playable_told and recording is not None and recording.catalogue.playable:
            self._playable_told = True
            self._facts.tell(FactKind.RECORDING_PLAYABLE, self.folder.name)

    def _room_again(self) -> None:
        """A segment was written."""
        if self._full and all(shelf.trouble is None for shelf in self.open):
            self._full = False
            self._facts.tell(FactKind.DISK_OK, self.folder.name)

    def _trouble(self, error: BaseException) -> None:
        logger.error("sitting %s: writing failed: %s", self.folder.name, error)
        self._full_since = time.time()
        self.on_trouble()
        if not self._full:
            self._full = True
            self._facts.tell(FactKind.DISK_FULL, self.folder.name)
        if self._order().mode is MediaMode.ENDED:
            self.finalise()

    def _tell_final(self, summary: RecordingSummary) -> None:
        if self._order().mode is MediaMode.ENDED:
            self._facts.tell(
                FactKind.RECORDING_FINALISED,
                self.folder.name,
                recording=summary,
                heard=self._final_heard,
            )

    def _final_heard(self) -> None:
        """Web knows: there is nothing left to do at the next start, and no file to hold open."""
        if self._order().mode is not MediaMode.ENDED:
            return
        shelf, self.recording = self.recording, None
        if shelf is not None:
            shelf.mark_told()
            shelf.release()
            self._archived = shelf.catalogue
        self._disk.submit(self._done.touch)
