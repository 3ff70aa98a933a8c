"""A sitting that another media process holds, or nobody any more: what its folder says.

Every process that shares the folder can play it from there, so that a recording stays to be seen
whoever made it, also while its process is gone and the next has not taken over. Whole segments
only: parts and previews are in the holder's memory.
"""

import time
from pathlib import Path

from live.protocol.media import MediaMode, MediaOrder

from . import journal, store
from .catalogue import Catalogue
from .claim import read_holder

#: Between two looks at the recording.
_LOOK_EVERY_S = 0.5


class Elsewhere:
    """Follows order and journal; never writes."""

    #: What a sitting of our own may have (`sitting.SittingMedia`).
    recording = None
    preview = None

    def __init__(self, folder: Path, order: MediaOrder) -> None:
        self.folder = folder
        self.order = order
        self.holder = read_holder(folder)
        self.looked = float("-inf")
        self._recording: Path | None = None
        self._catalogue = Catalogue()
        self._read = 0
        self._inode = 0

    @property
    def id(self) -> str:
        return self.order.sitting

    @property
    def over(self) -> bool:
        """Nobody has anything to do with it any more."""
        return self.order.mode is MediaMode.PURGED or (
            self.order.mode is MediaMode.ENDED and self._catalogue.final is not None
        )

    def look(self) -> bool:
        """Read what is new. `False`: the folder is gone. The order at once, for it may have closed
        what was open; the recording unless that was done just now."""
        order = store.kept_order(self.folder)
        if order is None:
            return False
        self.order = order
        now = time.monotonic()
        if now - self.looked < _LOOK_EVERY_S:
            return True
        self.looked = now
        self.holder = read_holder(self.folder)
        recording = store.recording_folder(self.folder)
        if recording != self._recording:
            self._recording, self._inode = recording, 0
        self._follow()
        return True

    def _follow(self) -> None:
        if self._recording is None:
            self._catalogue = Catalogue()
            return
        path = self._recording / journal.JOURNAL_NAME
        try:
            stat = path.stat()
        except OSError:
            return
        if stat.st_ino != self._inode or stat.st_size < self._read:
            self._inode, self._read, self._catalogue = stat.st_ino, 0, Catalogue()
        if stat.st_size > self._read:
            lines, length = journal.read(path, self._read)
            self._read += length
            for line in lines:
                self._catalogue.apply(line)

    def catalogue(self) -> Catalogue | None:
        """The recording's catalogue, as far as its journal tells."""
        return None if self.order.mode is MediaMode.PURGED else self._catalogue


def find(media_dir: Path, sitting: str) -> Elsewhere | None:
    """What the folder has of a sitting; `None` where nobody was ever told of it."""
    if not store.is_id(sitting):
        return None
    folder = media_dir / sitting
    order = store.kept_order(folder)
    if order is None:
        return None
    found = Elsewhere(folder, order)
    found.look()
    return found
