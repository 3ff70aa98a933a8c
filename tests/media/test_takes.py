"""Takes, segments and playlists with a clock of our own: no network, no waiting."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from live.media import journal, mending, playlists, store
from live.media.aac import silence
from live.media.disk import DiskWriter
from live.media.h264 import AccessUnit
from live.media.rtp_clock import PublisherClock, TrackClock
from live.media.shelf import Shelf
from live.media.slate import slate
from live.media.take import Take
from tests.support.waiting import eventually

from .harness import Playlist

NTP = 1 << 32


@pytest.fixture
async def disk() -> AsyncIterator[DiskWriter]:
    writer = DiskWriter()
    writer.start()
    yield writer
    await writer.stop()


class Studio:
    """Feeds takes as a publisher would, at 25 pictures a second; time is what it says."""

    def __init__(self, shelf: Shelf) -> None:
        self.shelf = shelf
        self.now = 1_700_000_000.0
        self.asked = 0

    async def take(
        self,
        seconds: float,
        *,
        gop: int = 50,
        picture: bool = True,
        sound_from: float = 0.0,
        sound_to: float | None = None,
        picture_to: float | None = None,
        skew: float = 0.0,
    ) -> Take:
        """`skew`: seconds by which sound arrives late though captured in step."""
        await eventually("shelf settled", lambda: self.shelf.settled)
        mending.mend(self.shelf)
        start = self.now
        clock = PublisherClock(TrackClock(90_000), TrackClock(48_000))
        clock.video.arrive(0, start)
        clock.audio.arrive(0, start + skew)
        clock.video.report(int(start * NTP), 0)
        clock.audio.report(int(start * NTP), 0)
        ticks = 1 << 32
        take = Take(
            self.shelf,
            clock,
            origin=start,
            video_ticks=ticks if picture else None,
            with_video=picture or self.shelf.has_video,
            ask_keyframe=self._ask,
        )
        for step in range(round(seconds * 50)):
            at = step / 50
            self.now = start + at
            if picture and step % 2 == 0 and (picture_to is None or at < picture_to):
                number = step // 2
                clock.video.arrive(number * 3600, self.now)
                assert take.add_video(ticks + number * 3600, unit(number % gop == 0))
            if sound_from <= at and (sound_to is None or at < sound_to):
                clock.audio.arrive(step * 960, self.now + skew)
                take.add_audio((1 << 32) + step * 960, silence(960))
            if step % 5 == 0:
                take.tick(self.now)
        return take

    def _ask(self) -> None:
        self.asked += 1


def unit(key: bool) -> AccessUnit:
    return AccessUnit(slate().data, key, slate().params)


def media(shelf: Shelf, name: str = "video.m3u8", *, ended: bool = False) -> Playlist:
    r = playlists.RENDITION_OF[name]
    return Playlist(playlists.media(shelf.catalogue, r, ended=ended))


async def settle(shelf: Shelf) -> None:
    done = asyncio.Event()
    shelf.when_settled(done.set)
    await asyncio.wait_for(done.wait(), 20)


async def test_segments_of_two_seconds_in_step(tmp_path: Path, disk: DiskWriter) -> None:
    shelf = Shelf(tmp_path / "abcde", disk, durable=True)
    studio = Studio(shelf)
    take = await studio.take(9)
    take.finish()
    await settle(shelf)
    video, audio = media(shelf), media(shelf, "audio.m3u8")
    assert [s["duration"] for s in video.segments][:4] == [2.0] * 4
    assert len(video.segments) == len(audio.segments) == 5
    assert video.duration == pytest.approx(audio.duration, abs=0.001)
    # A keyframe was asked for shortly before each segment's end.
    assert 4 <= studio.asked <= 8


async def test_no_segment_is_longer_than_announced(tmp_path: Path, disk: DiskWriter) -> None:
    shelf = Shelf(tmp_path / "abcde", disk, durable=True)
    for gop in (8, 23, 31, 57, 77, 400):
        take = await Studio(shelf).take(7, gop=gop)
        take.finish()
        await settle(shelf)
    for name in playlists.RENDITION_OF:
        playlist = media(shelf, name)
        assert max(round(s["duration"]) for s in playlist.segments) <= 2
        assert playlist.discontinuities == 5
    # Takes with a keyframe in time start every segment with one.
    assert all(s.independent for s in shelf.catalogue.video.segments if s.take <= 3)
    assert not all(s.independent for s in shelf.catalogue.video.segments if s.take == 6)


async def test_sound_late_by_arrival_is_placed_by_sender_reports(
    tmp_path: Path, disk: DiskWriter
) -> None:
    shelf = Shelf(tmp_path / "abcde", disk, durable=True)
    take = await Studio(shelf).take(4, skew=0.3)
    # The sound line holds as much as the picture: nothing was inserted for the 0.3 s.
    assert take.audio.position == pytest.approx(4.0, abs=0.04)
    take.finish()
    await settle(shelf)
    assert shelf.catalogue.duration == pytest.approx(4.0, abs=0.05)


@pytest.mark.parametrize(
    "missing", [{"sound_to": 2.0}, {"sound_from": 3.0}, {"picture_to": 2.0}, {"sound_to": 0.0}]
)
async def test_what_is_missing_is_filled(
    tmp_path: Path, disk: DiskWriter, missing: dict[str, float]
) -> None:
    shelf = Shelf(tmp_path / "abcde", disk, durable=True)
    take = await Studio(shelf).take(8, **missing)  # type: ignore[arg-type]
    take.finish()
    await settle(shelf)
    video, audio = shelf.catalogue.video, shelf.catalogue.audio
    assert video.end == pytest.approx(audio.end, abs=0.03)
    assert video.end == pytest.approx(8.0, abs=1.1)
    for track in (video, audio):
        for a, b in zip(track.segments, track.segments[1:], strict=False):
            assert b.start == pytest.approx(a.end, abs=1e-4)


async def test_abandoned_take_writes_nothing_more(tmp_path: Path, disk: DiskWriter) -> None:
    """Closed doors: what is in memory at that moment is not written, in any form but silence."""
    shelf = Shelf(tmp_path / "abcde", disk, durable=True)
    take = await Studio(shelf).take(3.3)
    assert take.video is not None
    written = take.video.flushed_end / 90_000
    assert written < 3.3
    take.abandon()
    await settle(shelf)
    assert shelf.catalogue.end <= written + 0.03
    assert shelf.catalogue.video.end == pytest.approx(shelf.catalogue.audio.end, abs=0.03)
    empty = await Studio(shelf).take(0.02)
    empty.abandon()
    await settle(shelf)
    again = await Studio(shelf).take(2.5)
    again.finish()
    await settle(shelf)
    # The take that came to nothing left no discontinuity and no number behind.
    assert media(shelf).discontinuities == media(shelf, "audio.m3u8").discontinuities == 1
    assert [s.seq for s in shelf.catalogue.video.segments] == list(
        range(1, len(shelf.catalogue.video.segments) + 1)
    )


async def test_window_slides(tmp_path: Path, disk: DiskWriter) -> None:
    shelf = Shelf(tmp_path / "abcde", disk, durable=True, window_s=6)
    studio = Studio(shelf)
    seen: dict[tuple[str, str], int] = {}
    for _ in range(5):
        take = await studio.take(4)
        take.finish()
        await settle(shelf)
        for name in playlists.RENDITION_OF:
            playlist = media(shelf, name)
            number = int(playlist.tags.get("#EXT-X-DISCONTINUITY-SEQUENCE", "0"))
            first = int(playlist.tags["#EXT-X-MEDIA-SEQUENCE"])
            for place, segment in enumerate(playlist.segments):
                # A segment's sequence and discontinuity numbers never change (RFC 8216 6.2.2).
                number += segment["discontinuity"]
                assert f"{first + place}.m4s" in segment["uri"]
                assert seen.setdefault((name, segment["uri"]), number) == number
    assert 6 <= shelf.catalogue.duration <= 8.1
    assert media(shelf).tags["#EXT-X-DISCONTINUITY-SEQUENCE"] in {"2", "3"}
    kept = {p.name for p in shelf.folder.glob("v*.m4s")}
    listed = {s["uri"].split("/")[1] for s in media(shelf).segments}
    assert listed <= kept and len(kept) <= 7
    summary = shelf.catalogue.summary()
    assert summary.anchors[0].media_time == 0
    # What the journal tells, also once it was compacted, is what is listed.
    shelf._jobs.run(shelf._files.compact)
    await settle(shelf)
    catalogue, _, lacking = store.recover(shelf.folder)
    assert lacking == []
    assert playlists.media(catalogue, "v", ended=False) == playlists.media(
        shelf.catalogue, "v", ended=False
    )
    assert catalogue.summary() == summary


async def test_delta_updates_leave_out_what_is_old(tmp_path: Path, disk: DiskWriter) -> None:
    shelf = Shelf(tmp_path / "abcde", disk, durable=True)
    take = await Studio(shelf).take(40)
    take.finish()
    await settle(shelf)
    whole = media(shelf)
    text = playlists.media(shelf.catalogue, "v", ended=False, skip=True)
    short = Playlist(text)
    skipped = int(text.split("SKIPPED-SEGMENTS=")[1].splitlines()[0])
    assert skipped + len(short.segments) == len(whole.segments)
    assert short.duration >= playlists.SKIP_AFTER_S
    assert len(text) < 0.8 * len(whole.text)


async def test_recovery_mends_sound_that_was_not_written(tmp_path: Path, disk: DiskWriter) -> None:
    shelf = Shelf(tmp_path / "abcde", disk, durable=True)
    take = await Studio(shelf).take(3.4)
    assert take.video is not None
    await settle(shelf)
    # The process dies between writing the picture and the sound of the last moment.
    catalogue, good, lacking = store.recover(shelf.folder)
    assert {line.k for line in lacking} == {"seg"}
    (shelf.folder / "a2.m4s").write_bytes((shelf.folder / "a2.m4s").read_bytes()[:60])
    catalogue, good, lacking = store.recover(shelf.folder)
    assert catalogue.video.end > catalogue.audio.end + 0.3
    again = Shelf(shelf.folder, disk, durable=True, catalogue=catalogue, journal_end=good)
    again.add_lines(lacking)
    await settle(again)
    mending.mend(again)
    await settle(again)
    assert again.catalogue.video.end == pytest.approx(again.catalogue.audio.end, abs=0.05)
    reread, _, rest = store.recover(shelf.folder)
    assert rest == [] and reread.end == again.catalogue.end


async def test_torn_journal(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    whole = journal.encode(journal.Began(name="abcde", at=1.0))
    for torn in (b"", b"{", b'{"k":"take","take":1}\n', b"\xff\xfe\n", b'{"k":"new"}\n'):
        path.write_bytes(whole + torn)
        lines, good = journal.read(path)
        assert len(lines) == 1 and good == len(whole)
