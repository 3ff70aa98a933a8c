"""How much of a recording or preview stays listed, and when a file that no longer is may go."""

from pathlib import Path

from . import journal
from .catalogue import Catalogue, segment_name
from .journal import Rendition

#: Dropped lines between two compactions of the journal of a windowed recording.
_COMPACT_EVERY = 500


class Window:
    """The last `seconds` of what is on a shelf; `None`: all of it."""

    def __init__(self, seconds: float | None) -> None:
        self.seconds = seconds
        self._gone: list[journal.SegmentClosed] = []
        self._drops = 0

    def slide(self, catalogue: Catalogue, r: Rendition) -> journal.Dropped | None:
        """What is too old now, of a rendition that has just become longer."""
        if self.seconds is None:
            return None
        track = catalogue.tracks[r]
        edge = track.end - self.seconds
        old = [s for s in track.segments[:-1] if s.end <= edge]
        if not old:
            return None
        self._gone += old
        self._drops += 1
        return journal.Dropped(r=r, seq=old[-1].seq)

    def is_worn(self) -> bool:
        """Whether so much was dropped that the journal should be written again, shorter."""
        if self._drops < _COMPACT_EVERY:
            return False
        self._drops = 0
        return True

    def dead(self, folder: Path, end: float) -> list[Path]:
        """The files that no playlist can list any more, of what ends at `end`: a segment stays for
        as long as a playlist was that listed it (RFC 8216 section 6.2.2)."""
        return [] if self.seconds is None else self._bury(folder, end - 2 * self.seconds)

    def rest(self, folder: Path) -> list[Path]:
        """All that was dropped and is still there: nothing will be listed any more."""
        return self._bury(folder, float("inf"))

    def _bury(self, folder: Path, until: float) -> list[Path]:
        dead = [s for s in self._gone if s.end <= until]
        if dead:
            self._gone = [s for s in self._gone if s.end > until]
        return [folder / segment_name(s.r, s.seq) for s in dead]
