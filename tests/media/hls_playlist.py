"""Reads playlists as RFC 8216 and draft-pantos-hls-rfc8216bis define them; for the validator.

Nothing here comes from the product: what reads may not be what wrote.
"""

import re
from dataclasses import dataclass, field
from datetime import datetime

_ATTRIBUTE = re.compile(r'([A-Z0-9-]+)=("[^"]*"|[^",]+)')


def attributes(text: str) -> dict[str, str]:
    """An attribute list (section 4.2); quotes are taken off."""
    return {name: value.strip('"') for name, value in _ATTRIBUTE.findall(text)}


@dataclass
class PartLine:
    """EXT-X-PART."""

    uri: str
    duration: float
    independent: bool


@dataclass
class SegmentLine:
    """A segment, or, with an empty `uri`, what stands at the end without one: parts."""

    msn: int
    discontinuity: int
    uri: str = ""
    duration: float = 0.0
    map: str | None = None
    date: str | None = None
    marked: bool = False
    parts: list[PartLine] = field(default_factory=list)
    #: Media segment tags that came after the segment's first part.
    late_tags: list[str] = field(default_factory=list)

    @property
    def at(self) -> float:
        """EXT-X-PROGRAM-DATE-TIME in Unix seconds; -1 where there is none."""
        return -1.0 if self.date is None else datetime.fromisoformat(self.date).timestamp()


class MediaPlaylist:
    """A media playlist. `tags`: the last value of each; `count`: how often each stands there."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.lines = text.splitlines()
        self.tags: dict[str, str] = {}
        self.count: dict[str, int] = {}
        self.segments: list[SegmentLine] = []
        self.hints: list[dict[str, str]] = []
        self.reports: list[dict[str, str]] = []
        #: Tags that have to stand before the first segment and do not.
        self.misplaced: list[str] = []
        for line in self.lines:
            if line.startswith("#EXT"):
                name, _, value = line[1:].partition(":")
                self.tags[name] = value
                self.count[name] = self.count.get(name, 0) + 1
        self.skipped = int(attributes(self.tags.get("EXT-X-SKIP", "")).get("SKIPPED-SEGMENTS", 0))
        self.first = int(self.tags.get("EXT-X-MEDIA-SEQUENCE", 0))
        self._read()

    def _read(self) -> None:
        sequence = int(self.tags.get("EXT-X-DISCONTINUITY-SEQUENCE", 0))
        entry = SegmentLine(self.first + self.skipped, sequence)
        begun = False
        current: str | None = None
        for line in self.lines:
            name, _, value = line.removeprefix("#").partition(":")
            if line.startswith("#EXT-X-") and name in _HEAD and begun:
                self.misplaced.append(name)
            if name in _SEGMENT_TAGS and line.startswith("#"):
                begun = True
                if entry.parts:
                    entry.late_tags.append(name)
            match name if line.startswith("#") else "":
                case "EXT-X-DISCONTINUITY":
                    entry.marked, entry.discontinuity = True, entry.discontinuity + 1
                case "EXT-X-MAP":
                    current = attributes(value)["URI"]
                case "EXT-X-PROGRAM-DATE-TIME":
                    entry.date = value
                case "EXT-X-PART":
                    begun = True
                    found = attributes(value)
                    entry.parts.append(
                        PartLine(found["URI"], float(found["DURATION"]), "INDEPENDENT" in found)
                    )
                case "EXT-X-PRELOAD-HINT":
                    self.hints.append(attributes(value))
                case "EXT-X-RENDITION-REPORT":
                    self.reports.append(attributes(value))
                case "EXTINF":
                    begun = True
                    entry.duration = float(value.split(",")[0])
                case "" if line and not line.startswith("#"):
                    entry.uri, entry.map = line, current
                    self.segments.append(entry)
                    entry = SegmentLine(entry.msn + 1, entry.discontinuity)
        #: The segment that is being written.
        self.open = entry if entry.parts else None
        if self.open is not None:
            self.open.map = current

    @property
    def target(self) -> float:
        return float(self.tags.get("EXT-X-TARGETDURATION", 0))

    @property
    def part_target(self) -> float | None:
        found = attributes(self.tags.get("EXT-X-PART-INF", ""))
        return float(found["PART-TARGET"]) if "PART-TARGET" in found else None

    @property
    def control(self) -> dict[str, str]:
        return attributes(self.tags.get("EXT-X-SERVER-CONTROL", ""))

    @property
    def ended(self) -> bool:
        return "EXT-X-ENDLIST" in self.tags

    @property
    def everything(self) -> list[SegmentLine]:
        """Segments and the open one."""
        return [*self.segments, *([self.open] if self.open else [])]

    @property
    def parts(self) -> list[PartLine]:
        return [part for segment in self.everything for part in segment.parts]


_HEAD = {"EXT-X-MEDIA-SEQUENCE", "EXT-X-DISCONTINUITY-SEQUENCE", "EXT-X-TARGETDURATION"}
_SEGMENT_TAGS = {"EXT-X-DISCONTINUITY", "EXT-X-MAP", "EXT-X-PROGRAM-DATE-TIME"}


@dataclass
class Variant:
    """EXT-X-STREAM-INF and its address."""

    attributes: dict[str, str]
    uri: str


class Multivariant:
    """A multivariant playlist."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.variants: list[Variant] = []
        self.media: list[dict[str, str]] = []
        pending: dict[str, str] | None = None
        for line in text.splitlines():
            if line.startswith("#EXT-X-MEDIA:"):
                self.media.append(attributes(line.partition(":")[2]))
            elif line.startswith("#EXT-X-STREAM-INF:"):
                pending = attributes(line.partition(":")[2])
            elif line and not line.startswith("#") and pending is not None:
                self.variants.append(Variant(pending, line))
                pending = None

    @property
    def playlists(self) -> list[str]:
        """Addresses of all media playlists, each once."""
        found = [v.uri for v in self.variants] + [m["URI"] for m in self.media if "URI" in m]
        return list(dict.fromkeys(found))


@dataclass
class MediaFile:
    """What a judge read of a segment: seconds, and whether it starts with a key picture."""

    start: float
    duration: float
    size: int
    independent: bool


@dataclass
class Observed:
    """A presentation as seen: versions of each playlist in order, and what the files hold."""

    multivariant: Multivariant
    versions: dict[str, list[MediaPlaylist]]
    files: dict[str, MediaFile] = field(default_factory=dict)
    #: By address of an initialisation segment: codec string and picture size.
    inits: dict[str, tuple[str, str]] = field(default_factory=dict)
    #: Delta updates, with the whole playlist that followed, by address.
    deltas: dict[str, list[tuple[MediaPlaylist, MediaPlaylist]]] = field(default_factory=dict)

    @property
    def latest(self) -> dict[str, MediaPlaylist]:
        return {name: versions[-1] for name, versions in self.versions.items()}
