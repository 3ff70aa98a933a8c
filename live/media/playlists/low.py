"""What makes a media playlist a low-latency one (RFC 8216bis): parts, hints, reports."""

from collections.abc import Iterable

from ..catalogue import RENDITIONS, Catalogue
from ..config import PART_TARGET_S, TARGET_S
from ..edge import Edge, Part
from ..journal import Rendition

#: Low-latency playlists have addresses of their own, beside the plain ones.
PREFIX = "low-"
NAMES: dict[Rendition, str] = {"v": f"{PREFIX}video.m3u8", "a": f"{PREFIX}audio.m3u8"}
#: Section 4.4.3.8: at least three target durations, and three part target durations.
HOLD_BACK_S = 3.0 * TARGET_S
PART_HOLD_BACK_S = 3.0 * PART_TARGET_S
#: Section 6.2.5.2: a request so many parts ahead is refused.
ADVANCE_PARTS = 3.0 / PART_TARGET_S


def part_name(r: Rendition, number: int) -> str:
    """The address of a part, below the recording's folder; it is no file of its own."""
    return f"{r}p{number}.m4s"


def control(edge: Edge | None, skip_after: float) -> list[str]:
    """What the server does for clients. While no take is going on there is nothing to block for,
    and clients are told to ask now and then."""
    skip = f"CAN-SKIP-UNTIL={skip_after:.1f}"
    if edge is None:
        return [f"#EXT-X-SERVER-CONTROL:{skip}"]
    block = "CAN-BLOCK-RELOAD=YES," if edge.going else ""
    return [
        f"#EXT-X-SERVER-CONTROL:{block}PART-HOLD-BACK={PART_HOLD_BACK_S:.2f},"
        f"HOLD-BACK={HOLD_BACK_S:.1f},{skip}",
        f"#EXT-X-PART-INF:PART-TARGET={PART_TARGET_S}",
    ]


def part_lines(name: str, r: Rendition, parts: Iterable[Part]) -> list[str]:
    """Parts of one segment."""
    return [
        f'#EXT-X-PART:DURATION={part.duration:.5f},URI="{name}/{part_name(r, part.number)}"'
        + (",INDEPENDENT=YES" if part.independent else "")
        for part in parts
    ]


def tail(catalogue: Catalogue, r: Rendition, edge: Edge) -> list[str]:
    """The part that is being written, and how far the other renditions are."""
    lines: list[str] = []
    if edge.going:
        uri = f"{catalogue.name}/{part_name(r, edge.tracks[r].next_number)}"
        lines.append(f'#EXT-X-PRELOAD-HINT:TYPE=PART,URI="{uri}"')
    for other in RENDITIONS:
        if other != r and catalogue.tracks[other].segments:
            msn, part = edge.tracks[other].last(catalogue.tracks[other].last_seq)
            last = "" if part is None else f",LAST-PART={part}"
            lines.append(f'#EXT-X-RENDITION-REPORT:URI="{NAMES[other]}",LAST-MSN={msn}{last}')
    return lines
