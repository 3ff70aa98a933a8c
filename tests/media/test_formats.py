"""H.264 headers, CMAF boxes and clocks, checked against outside tools where there are any."""

import subprocess
from pathlib import Path

import pytest

from live.media import cmaf, cmaf_read, h264
from live.media.aac import AacEncoder, silent_frame
from live.media.config import parse_ports
from live.media.rtp_clock import TrackClock, Unwrapper

from .harness import decode, probe_bytes


@pytest.mark.parametrize(
    ("size", "profile", "extra"),
    [
        ("320x180", "baseline", []),
        ("1280x720", "main", []),
        ("1920x1080", "high", []),
        ("638x358", "high", ["-pix_fmt", "yuv420p", "-level", "4.1"]),
        ("320x240", "high", ["-flags", "+ilme+ildct"]),
    ],
)
def test_sps_is_read_as_ffprobe_reads_it(
    tmp_path: Path, size: str, profile: str, extra: list[str]
) -> None:
    path = tmp_path / "x.h264"
    subprocess.run(
        [
            *("ffmpeg", "-v", "error", "-f", "lavfi", "-i", f"testsrc2=size={size}:rate=25"),
            *("-frames:v", "2", "-c:v", "libx264", "-profile:v", profile, *extra, str(path)),
        ],
        check=True,
        timeout=60,
    )
    data = path.read_bytes()
    nals = h264.split_nals(data)
    info = h264.read_sps(next(n for n in nals if n[0] & 31 == h264.NAL_SPS))
    assert f"{info.width}x{info.height}" == size
    unit = h264.UnitReader().read(data)
    assert unit is not None and unit.key
    made = cmaf.video_init(unit.params) + cmaf.fragment(1, 0, [cmaf.Sample(unit.data, 90_000)])
    stream = probe_bytes(made)["streams"][0]
    assert (stream["width"], stream["height"]) == (info.width, info.height)
    assert stream["level"] == info.level
    assert info.codec == f"avc1.{info.profile:02x}{info.constraints:02x}{info.level:02x}"


@pytest.mark.parametrize("sps", [b"", b"\x67", b"\x67\x42\xc0\x1e", b"\x68" + bytes(20)])
def test_broken_sps_is_refused(sps: bytes) -> None:
    with pytest.raises(h264.BadSps):
        h264.read_sps(sps)


def test_sound_is_not_late_by_the_encoders_priming(tmp_path: Path) -> None:
    click = 24_000
    pcm = bytearray(2 * 48_000)
    for n in range(40):
        pcm[(click + n) * 2 : (click + n) * 2 + 2] = (20_000 if n % 2 else -20_000).to_bytes(
            2, "little", signed=True
        )
    frames = AacEncoder().encode(bytes(pcm))
    path = tmp_path / "click.mp4"
    samples = [cmaf.Sample(frame, 1024) for frame in frames]
    path.write_bytes(cmaf.audio_init() + cmaf.fragment(1, 0, samples))
    raw = subprocess.run(
        ["ffmpeg", "-v", "error", "-i", str(path), "-f", "s16le", "-ac", "1", "-"],
        capture_output=True,
        check=True,
        timeout=30,
    ).stdout
    heard = memoryview(raw).cast("h")
    loudest = max(range(len(heard)), key=lambda i: abs(heard[i]))
    assert abs(loudest - click) < 60


def test_fragments_are_read_back_and_torn_ones_are_not_counted(tmp_path: Path) -> None:
    samples = [cmaf.Sample(silent_frame(), 1024)] * 10
    whole = cmaf.segment_type() + cmaf.fragment(1, 5_000, samples)
    second = cmaf.fragment(2, 15_240, samples)
    for cut in range(len(second)):
        found = cmaf_read.read_fragments(whole + second[:cut])
        assert [f.end_offset for f in found] == [len(whole)]
    found = cmaf_read.read_fragments(whole + second)
    assert [(f.start, f.duration) for f in found] == [(5_000, 10_240), (15_240, 10_240)]
    path = tmp_path / "a.mp4"
    path.write_bytes(cmaf.audio_init() + whole + second)
    assert decode(str(path)) == ""


def test_timestamps_that_wrap_around() -> None:
    unwrap = Unwrapper(16)
    numbers = [65_530, 65_535, 3, 1, 65_534, 10]
    first = unwrap(numbers[0])
    assert [unwrap(n) - first for n in numbers[1:]] == [5, 9, 7, 4, 16]


def test_clock_takes_the_quickest_arrival_and_the_median_report() -> None:
    clock = TrackClock(90_000)
    for n in range(100):
        clock.arrive(n * 3600, 1000 + n * 0.04 + (0.05 if n % 7 else 0.0))
    assert clock.floor == pytest.approx(1000 - (1 << 32) / 90_000, abs=1e-6)
    assert not clock.reported
    for jitter in (0.0, 0.001, 0.2, -0.001, -0.3):
        clock.report(int((500 + jitter) * (1 << 32)), 0)
    assert clock.skew == pytest.approx(500 - (1 << 32) / 90_000, abs=1e-6)
    clock.report(0, 0)
    assert clock.skew == pytest.approx(500 - (1 << 32) / 90_000, abs=1e-6)


def test_clock_of_a_sender_that_was_suspended() -> None:
    clock = TrackClock(90_000)
    for n in range(10):
        clock.arrive(n * 3600, 1000 + n * 0.04)
    clock.report(500 * (1 << 32), 0)
    # Its clock stood still for five seconds.
    clock.arrive(10 * 3600, 1005.4)
    assert clock.floor == pytest.approx(1005 - (1 << 32) / 90_000, abs=1e-6)
    assert not clock.reported


def test_port_ranges() -> None:
    assert parse_ports("") is None
    assert parse_ports("40000-40010") == (40_000, 40_010)
    assert parse_ports("5000") == (5000, 5000)
    for bad in ("x", "5-4", "0-9", "1-70000"):
        with pytest.raises(ValueError):
            parse_ports(bad)
