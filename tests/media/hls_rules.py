"""A validator of HLS, written from RFC 8216 and draft-pantos-hls-rfc8216bis.

Sections are those of the draft. Each rule is given what was observed (`hls_observe`) and says
what is wrong; `test_hls_rules` shows of each that it catches a broken playlist.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise

from .hls_playlist import MediaPlaylist, Observed, SegmentLine

_ROUNDING = 0.0006
_STAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3,}(Z|[+-]\d\d:?\d\d)")


@dataclass(frozen=True)
class Broken:
    """A rule that is not kept."""

    section: str
    rule: str
    where: str
    what: str


Rule = Callable[[Observed], Iterator[tuple[str, str]]]
RULES: dict[str, tuple[str, Rule]] = {}


def _presentation(section: str) -> Callable[[Rule], Rule]:
    def register(check: Rule) -> Rule:
        RULES[check.__name__] = (section, check)
        return check

    return register


def _playlist(section: str) -> Callable[[Callable[[MediaPlaylist], Iterator[str]]], None]:
    """A rule about every version of every media playlist by itself."""

    def register(check: Callable[[MediaPlaylist], Iterator[str]]) -> None:
        def each(seen: Observed) -> Iterator[tuple[str, str]]:
            for name, versions in seen.versions.items():
                for version in versions:
                    for what in check(version):
                        yield name, what

        RULES[check.__name__] = (section, each)

    return register


def _successive(
    section: str,
) -> Callable[[Callable[[MediaPlaylist, MediaPlaylist], Iterator[str]]], None]:
    """A rule about a version and the next."""

    def register(check: Callable[[MediaPlaylist, MediaPlaylist], Iterator[str]]) -> None:
        def each(seen: Observed) -> Iterator[tuple[str, str]]:
            for name, versions in seen.versions.items():
                for before, after in pairwise(versions):
                    for what in check(before, after):
                        yield name, what

        RULES[check.__name__] = (section, each)

    return register


def judge(seen: Observed) -> list[Broken]:
    """Every rule that is not kept."""
    return [
        Broken(section, rule, where, what)
        for rule, (section, check) in RULES.items()
        for where, what in check(seen)
    ]


@_playlist("4.4.1.1")
def begins_with_extm3u(p: MediaPlaylist) -> Iterator[str]:
    if not p.lines or p.lines[0] != "#EXTM3U":
        yield "the first line is not #EXTM3U"


@_playlist("8 and 6.2.1")
def version_fits_what_is_used(p: MediaPlaylist) -> Iterator[str]:
    fraction = any("." in line for line in p.lines if line.startswith("#EXTINF"))
    needed = 9 if "EXT-X-SKIP" in p.tags else 6 if "EXT-X-MAP" in p.tags else 3 if fraction else 1
    version = int(p.tags.get("EXT-X-VERSION", 1))
    if version != needed:
        yield f"version {version}, and {needed} is what it takes"


@_playlist("4.4.3.1 and 6.2.1")
def segments_fit_the_target_duration(p: MediaPlaylist) -> Iterator[str]:
    if not p.target:
        yield "no EXT-X-TARGETDURATION"
    for s in p.segments:
        if int(s.duration + 0.5) > p.target:
            yield f"{s.uri} lasts {s.duration} s"


@_playlist("4.4.3.2 and 4.4.3.3")
def sequence_tags_come_first(p: MediaPlaylist) -> Iterator[str]:
    for name in p.misplaced:
        yield f"{name} after the first segment's tags"


@_playlist("4.4.3.4, 4.4.3.5 and 6.2.2")
def an_end_list_and_the_type_agree(p: MediaPlaylist) -> Iterator[str]:
    kind = p.tags.get("EXT-X-PLAYLIST-TYPE")
    if p.ended and (p.hints or "CAN-BLOCK-RELOAD" in p.control):
        yield "something is promised after the end"
    if kind == "VOD" and not p.ended:
        yield "VOD without an end list"


@_playlist("4.4.3.7 and 4.4.3.8")
def parts_are_announced(p: MediaPlaylist) -> Iterator[str]:
    if p.parts and p.part_target is None:
        yield "EXT-X-PART without EXT-X-PART-INF"
    if p.part_target is not None and "PART-HOLD-BACK" not in p.control:
        yield "EXT-X-PART-INF without PART-HOLD-BACK"


@_playlist("4.4.3.8")
def server_control_is_within_bounds(p: MediaPlaylist) -> Iterator[str]:
    for name, least in (
        ("PART-HOLD-BACK", 3 * (p.part_target or 0)),
        ("HOLD-BACK", 3 * p.target),
        ("CAN-SKIP-UNTIL", 6 * p.target),
    ):
        if name in p.control and float(p.control[name]) < least - _ROUNDING:
            yield f"{name}={p.control[name]}, at least {least} is wanted"


@_playlist("4.4.4.9")
def parts_fit_the_part_target(p: MediaPlaylist) -> Iterator[str]:
    target = p.part_target or 0
    for s in p.everything:
        for index, part in enumerate(s.parts):
            last = bool(s.uri) and index == len(s.parts) - 1
            if part.duration > target + _ROUNDING:
                yield f"{part.uri} lasts {part.duration} s"
            unfinished = not s.uri and index == len(s.parts) - 1
            if part.duration < 0.85 * target - _ROUNDING and not (
                part.independent or last or unfinished
            ):
                yield f"{part.uri} lasts only {part.duration} s"


@_playlist("4.4.4.9")
def tags_of_a_segment_come_before_its_parts(p: MediaPlaylist) -> Iterator[str]:
    for s in p.everything:
        for name in s.late_tags:
            yield f"{name} after the first part of {s.msn}"


@_playlist("4.4.4.9")
def parts_make_up_their_segment(p: MediaPlaylist) -> Iterator[str]:
    for s in p.segments:
        total = sum(part.duration for part in s.parts)
        if s.parts and abs(total - s.duration) > 0.001:
            yield f"{s.uri}: parts of {total:.4f} s for {s.duration} s"


@_playlist("6.2.2")
def parts_leave_old_segments(p: MediaPlaylist) -> Iterator[str]:
    left = sum(part.duration for part in p.open.parts) if p.open else 0.0
    for s in reversed(p.segments):
        if s.parts and left > 3 * p.target + 0.1:
            yield f"{s.uri} still has parts, {left:.1f} s from the end"
        left += s.duration


@_playlist("4.4.4.6 and 6.2.1")
def dates_are_exact_and_not_ambiguous(p: MediaPlaylist) -> Iterator[str]:
    for s in p.everything:
        if s.date is not None and not _STAMP.fullmatch(s.date):
            yield f"{s.date} has no zone or no milliseconds"
        if s.marked and s.date is None:
            yield f"no date at the discontinuity before {s.msn}"
    for one, two in pairwise(p.everything):
        if one.date and two.date and two.at < one.at + one.duration - 1.0:
            yield f"{two.msn} is dated before {one.msn} ends"
        within = one.discontinuity == two.discontinuity
        if within and one.date and two.date and abs(two.at - one.at - one.duration) > 0.2:
            yield f"{two.msn} is dated {two.at - one.at:.3f} s after {one.msn} of {one.duration} s"


@_playlist("4.4.5.3")
def one_hint_of_what_is_not_there_yet(p: MediaPlaylist) -> Iterator[str]:
    kinds = [hint["TYPE"] for hint in p.hints]
    if len(kinds) != len(set(kinds)):
        yield "two hints of one type"
    listed = {part.uri for part in p.parts}
    for hint in p.hints:
        if hint["URI"] in listed:
            yield f"{hint['URI']} is hinted and listed"


@_playlist("4.4.5.4")
def reports_are_complete(p: MediaPlaylist) -> Iterator[str]:
    for report in p.reports:
        if "LAST-MSN" not in report or (p.part_target is not None and "LAST-PART" not in report):
            # A rendition without parts at its edge has no last part.
            if "LAST-MSN" in report and not p.parts:
                continue
            yield f"the report of {report.get('URI')} lacks something"
        if report.get("URI", "/").startswith(("/", "http:", "https:")):
            yield "the address of a report is not relative"


@_playlist("4.4.5.2 and 6.2.5.1")
def skips_only_what_is_old(p: MediaPlaylist) -> Iterator[str]:
    if not p.skipped:
        return
    if "CAN-SKIP-UNTIL" not in p.control:
        yield "EXT-X-SKIP without CAN-SKIP-UNTIL"
    elif sum(s.duration for s in p.segments) < float(p.control["CAN-SKIP-UNTIL"]) - _ROUNDING:
        yield "what is within the skip boundary was skipped"
    if p.count["EXT-X-SKIP"] > 1:
        yield "two EXT-X-SKIP"


@_successive("6.2.1")
def targets_never_change(before: MediaPlaylist, after: MediaPlaylist) -> Iterator[str]:
    if before.target != after.target or before.part_target != after.part_target:
        yield f"{before.target}, {before.part_target} became {after.target}, {after.part_target}"


@_successive("6.2.2")
def segments_keep_their_numbers(before: MediaPlaylist, after: MediaPlaylist) -> Iterator[str]:
    if after.first < before.first:
        yield "EXT-X-MEDIA-SEQUENCE went back"
    known = {s.msn: s for s in after.segments}
    for s in before.segments:
        now = known.get(s.msn)
        if now is None:
            if s.msn >= after.first + after.skipped:
                yield f"{s.uri} is gone"
        elif (now.uri, now.discontinuity) != (s.uri, s.discontinuity):
            yield f"{s.msn}: {s.uri}, {s.discontinuity} became {now.uri}, {now.discontinuity}"


@_successive("6.2.6")
def hints_come_true(before: MediaPlaylist, after: MediaPlaylist) -> Iterator[str]:
    known = {part.uri for part in before.parts}
    fresh = [part.uri for part in after.parts if part.uri not in known]
    for hint in before.hints:
        if fresh and hint["URI"] != fresh[0] and hint["URI"] in fresh[1:]:
            yield f"{hint['URI']} was hinted, {fresh[0]} came first"
        elif fresh and hint["URI"] not in fresh:
            yield f"{hint['URI']} was hinted, {fresh[0]} came"


@_presentation("6.2.4")
def renditions_have_one_target_duration(seen: Observed) -> Iterator[tuple[str, str]]:
    found = {p.target for p in seen.latest.values()}
    if len(found) > 1:
        yield "all", f"target durations {found}"


@_presentation("6.2.4")
def renditions_have_one_type_and_control(seen: Observed) -> Iterator[tuple[str, str]]:
    for tag in ("EXT-X-PLAYLIST-TYPE", "EXT-X-SERVER-CONTROL"):
        found = {p.tags.get(tag) for p in seen.latest.values()}
        if len(found) > 1:
            yield "all", f"{tag}: {found}"


def _together(seen: Observed) -> Iterator[tuple[str, SegmentLine, SegmentLine]]:
    """Segments of two renditions that begin at the same moment of the presentation."""
    names = list(seen.latest)
    for name in names[1:]:
        for s in seen.latest[name].segments:
            for other in seen.latest[names[0]].segments:
                one, two = seen.files.get(s.uri), seen.files.get(other.uri)
                if one and two and abs(one.start - two.start) < 0.1:
                    yield name, s, other


@_presentation("6.2.4")
def discontinuities_are_in_step(seen: Observed) -> Iterator[tuple[str, str]]:
    for name, s, other in _together(seen):
        if s.discontinuity != other.discontinuity:
            yield name, f"{s.uri} has {s.discontinuity}, {other.uri} {other.discontinuity}"


@_presentation("6.2.4")
def dates_are_in_step(seen: Observed) -> Iterator[tuple[str, str]]:
    for name, s, other in _together(seen):
        apart = seen.files[s.uri].start - seen.files[other.uri].start
        if s.date and other.date and abs(s.at - other.at - apart) > 0.04:
            yield name, f"{s.uri} and {other.uri}: {s.at - other.at - apart:.3f} s apart"


@_presentation("4.4.4.1 and 6.2.1")
def durations_are_the_medias(seen: Observed) -> Iterator[tuple[str, str]]:
    for name, p in seen.latest.items():
        for s in p.segments:
            file = seen.files.get(s.uri)
            if file and abs(file.duration - s.duration) > 0.001:
                yield name, f"{s.uri}: {s.duration} s said, {file.duration:.4f} s long"


@_presentation("4.4.2.1")
def independent_segments_begin_with_a_key_picture(seen: Observed) -> Iterator[tuple[str, str]]:
    for name, p in seen.latest.items():
        if "EXT-X-INDEPENDENT-SEGMENTS" in p.tags:
            for s in p.segments:
                file = seen.files.get(s.uri)
                if file and not file.independent:
                    yield name, f"{s.uri} begins with another picture"


def _inits_of(seen: Observed, uri: str) -> set[tuple[str, str]]:
    maps = {s.map for s in seen.latest[uri].segments}
    return {seen.inits[m] for m in maps if m in seen.inits}


@_presentation("4.4.6.2 and 6.2.4")
def codecs_are_the_medias(seen: Observed) -> Iterator[tuple[str, str]]:
    """Several pictures formats in one playlist: the string is that of the most demanding."""
    for variant in seen.multivariant.variants:
        uris = [variant.uri]
        group = variant.attributes.get("AUDIO")
        uris += [m["URI"] for m in seen.multivariant.media if m["GROUP-ID"] == group]
        said = variant.attributes.get("CODECS", "").split(",")
        kinds: dict[str, set[str]] = {}
        for uri in dict.fromkeys(uris):
            for codec, _ in _inits_of(seen, uri):
                kinds.setdefault(codec.split(".")[0], set()).add(codec)
        for kind, codecs in kinds.items():
            found = [c for c in said if c.split(".")[0] == kind]
            if len(found) != 1 or found[0] not in codecs:
                yield variant.uri, f"CODECS={said}, the media is {codecs}"
        if len(said) != len(kinds):
            yield variant.uri, f"CODECS={said} for {sorted(kinds)}"


@_presentation("4.4.6.2")
def bandwidth_and_size_are_the_medias(seen: Observed) -> Iterator[tuple[str, str]]:
    for variant in seen.multivariant.variants:
        peak = max(
            (
                file.size * 8 / file.duration
                for s in seen.latest[variant.uri].segments
                if (file := seen.files.get(s.uri)) and file.duration >= 1.0
            ),
            default=0.0,
        )
        if int(variant.attributes["BANDWIDTH"]) < int(peak * 0.99):
            yield variant.uri, f"BANDWIDTH={variant.attributes['BANDWIDTH']}, peak {peak:.0f}"
        size = variant.attributes.get("RESOLUTION")
        if size and size not in {found for _, found in _inits_of(seen, variant.uri)}:
            yield variant.uri, f"RESOLUTION={size} is nowhere in it"


@_presentation("4.4.5.4")
def reports_say_how_far_others_are(seen: Observed) -> Iterator[tuple[str, str]]:
    for name, versions in seen.versions.items():
        for report in versions[-1].reports:
            other = seen.latest.get(report.get("URI", ""))
            if other is None or not other.everything:
                yield name, f"a report of {report.get('URI')}, which is no rendition"
            elif abs(int(report.get("LAST-MSN", -9)) - other.everything[-1].msn) > 2:
                yield name, f"LAST-MSN={report.get('LAST-MSN')}, {other.everything[-1].msn} it is"


@_presentation("6.2.5.1")
def delta_updates_leave_nothing_else_out(seen: Observed) -> Iterator[tuple[str, str]]:
    for name, pairs in seen.deltas.items():
        for delta, whole in pairs:
            if delta.first != whole.first:
                continue
            if not delta.skipped:
                yield name, "no delta update"
            rest = {s.msn: s.uri for s in whole.segments}
            for s in delta.segments:
                if rest.get(s.msn) != s.uri:
                    yield name, f"{s.msn} is {s.uri} in the delta, {rest.get(s.msn)} in the whole"
