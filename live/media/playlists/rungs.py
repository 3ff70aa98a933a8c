"""The playlist of a smaller picture: the source's, segment by segment, with other files.

What the ladder had no time for is a gap (EXT-X-GAP, RFC 8216bis section 4.4.4.7), so that media
sequence numbers, discontinuities and times are always those of the source.
"""

from ..catalogue import Catalogue
from ..config import TARGET_S
from ..journal import SegmentClosed
from ..ladder import book as books
from ..ladder.book import Book
from ..ladder.rungs import Rung
from . import low
from .media import SKIP_AFTER_S, _discontinuity_sequence, _marked, _stamp


def rung(catalogue: Catalogue, book: Book, which: Rung, *, ended: bool, skip: bool = False) -> str:
    """`ended`: the rung is complete and so is the source."""
    reached = book.reached()
    segments = [s for s in catalogue.video.segments if s.seq <= reached]
    skipped = 0
    if skip and not ended and segments:
        skipped = sum(1 for s in segments if s.end <= segments[-1].end - SKIP_AFTER_S)
    gaps = any(book.shows(s) is None for s in segments)
    lines = [
        "#EXTM3U",
        # EXT-X-SKIP needs 9, EXT-X-GAP 8 (RFC 8216bis section 8).
        f"#EXT-X-VERSION:{9 if skipped else 8 if gaps else 6}",
        f"#EXT-X-TARGETDURATION:{TARGET_S}",
        f"#EXT-X-MEDIA-SEQUENCE:{segments[0].seq if segments else 1}",
    ]
    if segments and (sequence := _discontinuity_sequence(segments[0])) > 0:
        lines.append(f"#EXT-X-DISCONTINUITY-SEQUENCE:{sequence}")
    lines.append("#EXT-X-INDEPENDENT-SEGMENTS")
    if ended:
        lines.append("#EXT-X-PLAYLIST-TYPE:VOD")
    else:
        lines += low.control(None, SKIP_AFTER_S)
    if skipped:
        lines.append(f"#EXT-X-SKIP:SKIPPED-SEGMENTS={skipped}")
    base = f"{catalogue.name}/{which.name}"
    init = None
    for segment in segments[:skipped]:
        made = book.shows(segment)
        init = made.init if made is not None else init
    for segment in segments[skipped:]:
        made = book.shows(segment)
        if _marked(segment):
            lines.append("#EXT-X-DISCONTINUITY")
        wanted = init if made is None else made.init
        if wanted is None:
            wanted = _first_init(book, segments)
        if wanted != init or segment is segments[0]:
            init = wanted
            lines.append(f'#EXT-X-MAP:URI="{base}/{books.init_name(init)}"')
        lines.append(f"#EXT-X-PROGRAM-DATE-TIME:{_stamp(segment.at)}")
        if made is None:
            lines.append("#EXT-X-GAP")
        lines.append(f"#EXTINF:{segment.duration:.5f},")
        lines.append(f"{base}/{books.segment_name(segment.seq)}")
    if ended:
        lines.append("#EXT-X-ENDLIST")
    return "\n".join(lines) + "\n"


def _first_init(book: Book, segments: list[SegmentClosed]) -> int:
    """Gaps before the first picture: they need none, but players want a map."""
    return next((m.init for s in segments if (m := book.shows(s)) is not None), min(book.inits))
