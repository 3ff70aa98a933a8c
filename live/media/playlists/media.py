"""Media playlists (RFC 8216; delta updates from its second edition, section 6.2.5.1)."""

from datetime import UTC, datetime

from ..catalogue import Catalogue, init_name, segment_name
from ..config import TARGET_S
from ..edge import Edge
from ..journal import Rendition, SegmentClosed, SegmentOpened
from . import low

#: A client may ask to skip what is older than this (at least six target durations).
SKIP_AFTER_S = 12.0 * TARGET_S
Placed = SegmentOpened | SegmentClosed
NAMES: dict[Rendition, str] = {"v": "video.m3u8", "a": "audio.m3u8"}
RENDITION_OF: dict[str, Rendition] = {name: r for r, name in NAMES.items()}


def _stamp(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"


def _marked(segment: Placed) -> bool:
    """Whether a discontinuity tag stands before the segment."""
    return segment.opens and segment.take > 1


def _discontinuity_sequence(first: SegmentClosed) -> int:
    """Discontinuities before the first listed segment, its own tag not counted."""
    return first.take - 1 - _marked(first)


def _head_lines(catalogue: Catalogue, segment: Placed, previous: SegmentClosed | None) -> list[str]:
    """What stands before a segment, and before its first part (RFC 8216bis section 4.4.4.9)."""
    lines: list[str] = []
    if _marked(segment):
        lines.append("#EXT-X-DISCONTINUITY")
    if previous is None or previous.init != segment.init:
        lines.append(f'#EXT-X-MAP:URI="{catalogue.name}/{init_name(segment.r, segment.init)}"')
    lines.append(f"#EXT-X-PROGRAM-DATE-TIME:{_stamp(segment.at)}")
    return lines


def media(
    catalogue: Catalogue,
    r: Rendition,
    *,
    ended: bool,
    skip: bool = False,
    edge: Edge | None = None,
) -> str:
    """The playlist of one rendition. `skip`: leave out what the client said it has; `edge`: with
    the parts of the live edge (RFC 8216bis section 4.4.4.9)."""
    track = catalogue.tracks[r]
    segments = track.segments
    skipped = 0
    if skip and not ended:
        until = track.end - SKIP_AFTER_S
        skipped = sum(1 for s in segments if s.end <= until)
    lines = [
        "#EXTM3U",
        # EXT-X-SKIP needs 9, EXT-X-MAP 6 (section 8); no more than is needed (section 6.2.1).
        f"#EXT-X-VERSION:{9 if skipped else 6}",
        f"#EXT-X-TARGETDURATION:{TARGET_S}",
        f"#EXT-X-MEDIA-SEQUENCE:{segments[0].seq if segments else 1}",
    ]
    if segments and (sequence := _discontinuity_sequence(segments[0])) > 0:
        lines.append(f"#EXT-X-DISCONTINUITY-SEQUENCE:{sequence}")
    if all(s.independent for s in segments):
        lines.append("#EXT-X-INDEPENDENT-SEGMENTS")
    if ended:
        lines.append("#EXT-X-PLAYLIST-TYPE:VOD")
    else:
        lines += low.control(edge, SKIP_AFTER_S)
    if skipped:
        lines.append(f"#EXT-X-SKIP:SKIPPED-SEGMENTS={skipped}")
    previous = segments[skipped - 1] if skipped else None
    for index in range(skipped, len(segments)):
        segment = segments[index]
        lines += _head_lines(catalogue, segment, previous)
        if edge is not None:
            lines += low.part_lines(catalogue.name, r, edge.tracks[r].listed(segment.seq))
        lines.append(f"#EXTINF:{segment.duration:.5f},")
        lines.append(f"{catalogue.name}/{segment_name(r, segment.seq)}")
        previous = segment
    if ended:
        lines.append("#EXT-X-ENDLIST")
    elif edge is not None:
        opened = edge.tracks[r].open
        if opened is not None and opened.parts:
            lines += _head_lines(catalogue, opened.line, previous)
            lines += low.part_lines(catalogue.name, r, opened.parts)
        lines += low.tail(catalogue, r, edge)
    return "\n".join(lines) + "\n"
