"""The validator over what we serve, and each of its rules over a playlist that breaks it."""

import pytest

from live.media.file_source import FileSource
from live.media.whip_client import WhipPublisher
from live.protocol.media import FactKind, MediaMode

from .harness import Room, decode
from .hls_observe import observe
from .hls_playlist import MediaFile, MediaPlaylist, Multivariant, Observed
from .hls_rules import RULES, judge

_MULTIVARIANT = """#EXTM3U
#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="s",NAME="main",URI="a.m3u8"
#EXT-X-STREAM-INF:BANDWIDTH=300000,CODECS="avc1.42c01f,mp4a.40.2",RESOLUTION=640x360,AUDIO="s"
v.m3u8
#EXT-X-STREAM-INF:BANDWIDTH=40000,CODECS="mp4a.40.2"
a.m3u8
"""


def _media(r: str, more: str = "") -> str:
    other = "a" if r == "v" else "v"
    head = (
        "#EXTM3U\n#EXT-X-VERSION:6\n#EXT-X-TARGETDURATION:2\n#EXT-X-MEDIA-SEQUENCE:7\n"
        "#EXT-X-DISCONTINUITY-SEQUENCE:1\n#EXT-X-INDEPENDENT-SEGMENTS\n"
        "#EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES,PART-HOLD-BACK=1.5,HOLD-BACK=6.0,"
        "CAN-SKIP-UNTIL=12.0\n#EXT-X-PART-INF:PART-TARGET=0.5\n"
    )
    body = ""
    for n in range(7, 12):
        body += "#EXT-X-DISCONTINUITY\n" if n == 9 else ""
        body += f'#EXT-X-MAP:URI="{r}i.mp4"\n' if n == 7 else ""
        body += f"#EXT-X-PROGRAM-DATE-TIME:2026-01-01T10:00:{2 * n:02d}.000Z\n"
        if n > 9:
            for p in range(4):
                first = ",INDEPENDENT=YES" if p == 0 else ""
                body += f'#EXT-X-PART:DURATION=0.5,URI="{r}p{n}{p}"{first}\n'
        body += f"#EXTINF:2.00000,\n{r}{n}\n"
    body += "#EXT-X-PROGRAM-DATE-TIME:2026-01-01T10:00:24.000Z\n"
    body += f'#EXT-X-PART:DURATION=0.5,URI="{r}p120",INDEPENDENT=YES\n{more}'
    number = 121 + more.count("#EXT-X-PART:")
    body += f'#EXT-X-PRELOAD-HINT:TYPE=PART,URI="{r}p{number}"\n'
    return head + body + f'#EXT-X-RENDITION-REPORT:URI="{other}.m3u8",LAST-MSN=12,LAST-PART=0\n'


def _observed(video: str, later: str, multivariant: str = _MULTIVARIANT) -> Observed:
    audio = MediaPlaylist(_media("a"))
    seen = Observed(
        Multivariant(multivariant),
        {"v.m3u8": [MediaPlaylist(video), MediaPlaylist(later)], "a.m3u8": [audio]},
    )
    for r, size in (("v", 60_000), ("a", 8_000)):
        for n in range(7, 12):
            seen.files[f"{r}{n}"] = MediaFile(2.0 * n, 2.0, size, True)
    seen.inits = {"vi.mp4": ("avc1.42c01f", "640x360"), "ai.mp4": ("mp4a.40.2", "")}
    return seen


def _later(video: str = "") -> str:
    return _media("v", '#EXT-X-PART:DURATION=0.5,URI="vp121"\n')


def test_what_is_right_is_found_right() -> None:
    assert judge(_observed(_media("v"), _later())) == []


#: Rule, what to replace in the (later version of the) picture's playlist, and by what.
_BREAKS = [
    ("begins_with_extm3u", "#EXTM3U\n", ""),
    ("version_fits_what_is_used", "VERSION:6", "VERSION:3"),
    ("version_fits_what_is_used", "VERSION:6", "VERSION:10"),
    ("segments_fit_the_target_duration", "#EXTINF:2.00000,\nv8", "#EXTINF:2.60000,\nv8"),
    ("sequence_tags_come_first", "v7\n", "v7\n#EXT-X-DISCONTINUITY-SEQUENCE:1\n"),
    ("an_end_list_and_the_type_agree", "#EXT-X-RENDITION", "#EXT-X-ENDLIST\n#EXT-X-RENDITION"),
    (
        "an_end_list_and_the_type_agree",
        "#EXT-X-MEDIA-S",
        "#EXT-X-PLAYLIST-TYPE:VOD\n#EXT-X-MEDIA-S",
    ),
    ("parts_are_announced", "#EXT-X-PART-INF:PART-TARGET=0.5\n", ""),
    ("parts_are_announced", "PART-HOLD-BACK=1.5,", ""),
    ("server_control_is_within_bounds", "PART-HOLD-BACK=1.5", "PART-HOLD-BACK=0.9"),
    ("server_control_is_within_bounds", ",HOLD-BACK=6.0", ",HOLD-BACK=4.0"),
    ("server_control_is_within_bounds", "CAN-SKIP-UNTIL=12.0", "CAN-SKIP-UNTIL=11.0"),
    ("parts_fit_the_part_target", 'DURATION=0.5,URI="vp121"', 'DURATION=0.7,URI="vp121"'),
    ("parts_fit_the_part_target", 'DURATION=0.5,URI="vp101"', 'DURATION=0.4,URI="vp101"'),
    (
        "tags_of_a_segment_come_before_its_parts",
        '#EXT-X-PART:DURATION=0.5,URI="vp101"\n',
        '#EXT-X-PART:DURATION=0.5,URI="vp101"\n#EXT-X-MAP:URI="vi.mp4"\n',
    ),
    ("parts_make_up_their_segment", '#EXT-X-PART:DURATION=0.5,URI="vp102"\n', ""),
    (
        "parts_leave_old_segments",
        "#EXTINF:2.00000,\nv7",
        '#EXT-X-PART:DURATION=0.5,URI="o"\n#EXTINF:0.50000,\nv7',
    ),
    ("dates_are_exact_and_not_ambiguous", "10:00:16.000Z", "10:00:16Z"),
    ("dates_are_exact_and_not_ambiguous", "10:00:22.000Z", "10:00:19.000Z"),
    (
        "dates_are_exact_and_not_ambiguous",
        "#EXT-X-PROGRAM-DATE-TIME:2026-01-01T10:00:18.000Z\n",
        "",
    ),
    ("one_hint_of_what_is_not_there_yet", 'PART,URI="vp122"', 'PART,URI="vp121"'),
    (
        "one_hint_of_what_is_not_there_yet",
        "#EXT-X-PRELOAD",
        '#EXT-X-PRELOAD-HINT:TYPE=PART,URI="x"\n#EXT-X-PRELOAD',
    ),
    ("reports_are_complete", ",LAST-PART=0", ""),
    ("reports_are_complete", 'URI="a.m3u8",LAST', 'URI="/a.m3u8",LAST'),
    (
        "skips_only_what_is_old",
        "#EXT-X-PART-INF",
        "#EXT-X-SKIP:SKIPPED-SEGMENTS=2\n#EXT-X-PART-INF",
    ),
    ("targets_never_change", "TARGETDURATION:2", "TARGETDURATION:3"),
    ("targets_never_change", "PART-TARGET=0.5", "PART-TARGET=0.6"),
    ("segments_keep_their_numbers", "MEDIA-SEQUENCE:7", "MEDIA-SEQUENCE:6"),
    ("segments_keep_their_numbers", "CONTINUITY-SEQUENCE:1", "CONTINUITY-SEQUENCE:2"),
    ("hints_come_true", '"vp121"', '"vp130"'),
    ("renditions_have_one_target_duration", "TARGETDURATION:2", "TARGETDURATION:4"),
    ("renditions_have_one_type_and_control", "CAN-BLOCK-RELOAD=YES,", ""),
    ("discontinuities_are_in_step", "#EXT-X-DISCONTINUITY\n", ""),
    ("dates_are_in_step", "10:00:20.000Z", "10:00:20.100Z"),
    ("durations_are_the_medias", "#EXTINF:2.00000,\nv8", "#EXTINF:1.90000,\nv8"),
    ("reports_say_how_far_others_are", 'URI="a.m3u8",LAST-MSN=12', 'URI="a.m3u8",LAST-MSN=1'),
    ("reports_say_how_far_others_are", 'REPORT:URI="a.m3u8"', 'REPORT:URI="b.m3u8"'),
]


@pytest.mark.parametrize(("rule", "good", "bad"), _BREAKS)
def test_a_broken_playlist_is_caught(rule: str, good: str, bad: str) -> None:
    later = _later()
    assert good in later
    found = judge(_observed(_media("v"), later.replace(good, bad)))
    assert rule in {b.rule for b in found}


def test_media_that_is_not_what_was_said_is_caught() -> None:
    def rules(seen: Observed) -> set[str]:
        return {b.rule for b in judge(seen)}

    seen = _observed(_media("v"), _later())
    seen.files["v9"].independent = False
    seen.inits["vi.mp4"] = ("avc1.42e01f", "320x180")
    seen.files["v8"].size = 600_000
    seen.deltas["v.m3u8"] = [(MediaPlaylist(_media("v")), MediaPlaylist(_later()))]
    assert rules(seen) == {
        "independent_segments_begin_with_a_key_picture",
        "codecs_are_the_medias",
        "bandwidth_and_size_are_the_medias",
        "delta_updates_leave_nothing_else_out",
    }


def test_every_rule_names_its_section_and_was_shown_to_catch_something() -> None:
    shown = {rule for rule, _, _ in _BREAKS} | {
        "independent_segments_begin_with_a_key_picture",
        "codecs_are_the_medias",
        "bandwidth_and_size_are_the_medias",
        "delta_updates_leave_nothing_else_out",
    }
    assert set(RULES) == shown
    assert all(section[0].isdigit() for section, _ in RULES.values())


async def test_what_we_serve_keeps_every_rule(room: Room, films: dict[str, FileSource]) -> None:
    """Live, low-latency, after a reconnect with another picture size, and ended."""
    await room.order(MediaMode.LIVE)
    async with WhipPublisher(room.whip_url, room.token(), films["film"]):
        await room.segments(2)
        low = await observe(room, "low.m3u8", reloads=5)
        assert judge(low) == []
        assert all(p.parts and p.hints for p in low.latest.values())
        assert judge(await observe(room, "index.m3u8")) == []
    count = len((await room.playlist()).segments)
    async with WhipPublisher(room.whip_url, room.token(), films["wide"]):
        await room.segments(count + 2)
        low = await observe(room, "low.m3u8", reloads=3)
        assert judge(low) == []
        assert low.deltas == {} or all(low.deltas.values())
        assert {p.segments[-1].discontinuity for p in low.latest.values()} == {1}
        assert len({size for _, size in low.inits.values() if size}) == 2
        assert judge(await observe(room, "index.m3u8")) == []
    await room.order(MediaMode.ENDED)
    await room.fact(FactKind.RECORDING_FINALISED)
    for entry in ("index.m3u8", "low.m3u8"):
        assert judge(await observe(room, entry)) == []
    for name in ("video.m3u8", "audio.m3u8"):
        complaints = decode(f"{room.server.url}/hls/{room.id}/{name}")
        # The picture's format changes: ffmpeg says so, and decodes on.
        assert [x for x in complaints.splitlines() if "duplicated MOOV" not in x] == []
