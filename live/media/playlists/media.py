"""Media playlists (RFC 8216; delta updates from its second edition, section 6.2.5.1)."""

from datetime import UTC, datetime

from ..catalogue import Catalogue, init_name, segment_name
from ..config import TARGET_S
from ..journal import Rendition, SegmentClosed

#: A client may ask to skip what is older than this (at least six target durations).
SKIP_AFTER_S = 12.0 * TARGET_S
RENDITION_OF: dict[str, Rendition] = {"video.m3u8": "v", "audio.m3u8": "a"}


def _stamp(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"


def _marked(segment: SegmentClosed) -> bool:
    """Whether a discontinuity tag stands before the segment."""
    return segment.opens and segment.take > 1


def _discontinuity_sequence(first: SegmentClosed) -> int:
    """Discontinuities before the first listed segment, its own tag not counted."""
    return first.take - 1 - _marked(first)


def _segment_lines(
    catalogue: Catalogue, r: Rendition, index: int, previous: SegmentClosed | None
) -> list[str]:
    track = catalogue.tracks[r]
    segment = track.segments[index]
    lines: list[str] = []
    if _marked(segment):
        lines.append("#EXT-X-DISCONTINUITY")
    if previous is None or previous.init != segment.init:
        lines.append(f'#EXT-X-MAP:URI="{catalogue.name}/{init_name(r, segment.init)}"')
    lines.append(f"#EXT-X-PROGRAM-DATE-TIME:{_stamp(segment.at)}")
    lines.append(f"#EXTINF:{segment.duration:.5f},")
    lines.append(f"{catalogue.name}/{segment_name(r, segment.seq)}")
    return lines


def media(catalogue: Catalogue, r: Rendition, *, ended: bool, skip: bool = False) -> str:
    """The playlist of one rendition. `skip`: leave out what the client said it has."""
    track = catalogue.tracks[r]
    segments = track.segments
    skipped = 0
    if skip and not ended:
        edge = track.end - SKIP_AFTER_S
        skipped = sum(1 for s in segments if s.end <= edge)
    lines = [
        "#EXTM3U",
        f"#EXT-X-VERSION:{9 if skipped else 7}",
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
        lines.append(f"#EXT-X-SERVER-CONTROL:CAN-SKIP-UNTIL={SKIP_AFTER_S:.1f}")
    if skipped:
        lines.append(f"#EXT-X-SKIP:SKIPPED-SEGMENTS={skipped}")
    previous = segments[skipped - 1] if skipped else None
    for index in range(skipped, len(segments)):
        lines += _segment_lines(catalogue, r, index, previous)
        previous = segments[index]
    if ended:
        lines.append("#EXT-X-ENDLIST")
    return "\n".join(lines) + "\n"
