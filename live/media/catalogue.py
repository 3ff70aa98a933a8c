"""What a recording consists of: the fold of its journal."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from live.protocol.media import ClockAnchor, RecordingSummary

from . import journal
from .journal import Line, Rendition

RENDITIONS: tuple[Rendition, Rendition] = ("v", "a")


def segment_name(r: Rendition, seq: int) -> str:
    """The file of a segment, below the recording's folder."""
    return f"{r}{seq}.m4s"


def init_name(r: Rendition, init: int) -> str:
    """The file of an initialisation segment."""
    return f"{r}i{init}.mp4"


@dataclass
class Track:
    """One rendition: its listed segments in order, oldest first."""

    segments: list[journal.SegmentClosed] = field(default_factory=list)
    inits: dict[int, journal.InitWritten] = field(default_factory=dict)
    opened: dict[int, journal.SegmentOpened] = field(default_factory=dict)
    last_seq: int = 0
    #: Highest `seq` that has left the window.
    dropped: int = 0
    size: int = 0
    real: bool = False

    @property
    def end(self) -> float:
        """Where the last segment ends, seconds of the recording."""
        return self.segments[-1].end if self.segments else 0.0


@dataclass
class Catalogue:
    """State of a recording. Changed by `apply` alone; `version` counts the changes."""

    name: str = ""
    tracks: dict[Rendition, Track] = field(default_factory=lambda: {r: Track() for r in RENDITIONS})
    takes: list[journal.TakeBegan] = field(default_factory=list)
    clocks: list[ClockAnchor] = field(default_factory=list)
    final: RecordingSummary | None = None
    told: bool = False
    #: The latest take that has a segment.
    last_take: int = 0
    version: int = 0

    @classmethod
    def of(cls, lines: Iterable[Line]) -> "Catalogue":
        """The state after these lines."""
        catalogue = cls()
        for line in lines:
            catalogue.apply(line)
        return catalogue

    def apply(self, line: Line) -> None:
        """Fold one line in."""
        self.version += 1
        match line:
            case journal.Began():
                self.name = line.name
            case journal.TakeBegan():
                if self.takes and self.takes[-1].take == line.take:
                    # The take before it came to nothing.
                    self.takes.pop()
                    self.clocks = [c for c in self.clocks if c.media_time < line.start]
                self.takes.append(line)
                self.clocks.append(ClockAnchor(media_time=line.start, at=line.at))
            case journal.ClockMoved():
                self.clocks.append(ClockAnchor(media_time=line.start, at=line.at))
            case journal.InitWritten():
                self.tracks[line.r].inits[line.init] = line
            case journal.SegmentOpened():
                self.tracks[line.r].opened[line.seq] = line
            case journal.SegmentClosed():
                self._close(line)
            case journal.Dropped():
                self._drop(line)
            case journal.Finalised():
                self.final = line.summary
            case journal.Reopened():
                self.final, self.told = None, False
            case journal.Told():
                self.told = True

    def _close(self, line: journal.SegmentClosed) -> None:
        track = self.tracks[line.r]
        track.opened.pop(line.seq, None)
        if line.seq <= track.last_seq:
            # Journalled again after a write that failed half way.
            return
        track.segments.append(line)
        track.last_seq = max(track.last_seq, line.seq)
        track.size += line.size
        track.real = track.real or line.real
        self.last_take = max(self.last_take, line.take)

    def _drop(self, line: journal.Dropped) -> None:
        track = self.tracks[line.r]
        gone = [s for s in track.segments if s.seq <= line.seq]
        track.segments = track.segments[len(gone) :]
        track.size -= sum(s.size for s in gone)
        track.dropped = max(track.dropped, line.seq)

    @property
    def video(self) -> Track:
        return self.tracks["v"]

    @property
    def audio(self) -> Track:
        return self.tracks["a"]

    @property
    def end(self) -> float:
        """Where the recording ends, seconds since its beginning."""
        return max(track.end for track in self.tracks.values())

    @property
    def start(self) -> float:
        """Where what is kept begins; later than 0 once a window has slid."""
        starts = [t.segments[0].start for t in self.tracks.values() if t.segments]
        return min(starts, default=0.0)

    @property
    def duration(self) -> float:
        return self.end - self.start if self.playable else 0.0

    @property
    def size(self) -> int:
        return sum(track.size for track in self.tracks.values())

    @property
    def playable(self) -> bool:
        return bool(self.audio.segments)

    def summary(self) -> RecordingSummary:
        """Its summary; anchors count from the first second that is kept."""
        start = self.start
        anchors: list[ClockAnchor] = []
        for anchor in self.clocks:
            media_time = anchor.media_time - start
            if media_time <= 0:
                # The latest one before the window says when its first second was.
                anchors = [ClockAnchor(media_time=0.0, at=anchor.at - media_time)]
            elif anchor.media_time < self.end:
                anchors.append(ClockAnchor(media_time=round(media_time, 3), at=anchor.at))
        return RecordingSummary(
            duration_s=round(self.duration, 3),
            size_bytes=self.size,
            has_video=self.video.real,
            has_audio=self.audio.real,
            anchors=anchors if self.playable else [],
        )

    def compacted(self) -> list[Line]:
        """A shorter journal of the same state, for recordings that keep only a window."""
        lines: list[Line] = [journal.Began(name=self.name, at=self.takes[0].at)]
        first = min((t.segments[0].take for t in self.tracks.values() if t.segments), default=0)
        lines += [take for take in self.takes if take.take >= first]
        for r, track in self.tracks.items():
            lines += track.inits.values()
            if track.dropped:
                lines.append(journal.Dropped(r=r, seq=track.dropped))
            lines += track.segments
            lines += track.opened.values()
        return lines
