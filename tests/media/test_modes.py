"""What each mode keeps and shows, and what it cuts."""

import re
import time

import pytest

from live.media.file_source import FileSource
from live.media.whip_client import WhipPublisher
from live.protocol.media import FactKind, MediaAccess, MediaMode
from tests.support.waiting import eventually

from .harness import Playlist, Room, decode


async def fetchable(room: Room) -> bool:
    return (await room.hls("index.m3u8")).status_code == 200


async def wait_preview(room: Room) -> Playlist:
    async def listed() -> bool:
        found = await room.playlist(base=room.preview_path())
        return len(found.segments) >= 1

    await eventually("preview plays", listed)
    return await room.playlist(base=room.preview_path())


async def test_a_sitting_from_preview_to_end(room: Room, films: dict[str, FileSource]) -> None:
    await room.order(MediaMode.PREVIEW)
    async with WhipPublisher(room.whip_url, room.token(), films["film"]):
        # Preview: staff see it, nobody else; nothing is recorded.
        preview = await wait_preview(room)
        segment = f"{room.preview_path()}/{preview.segments[0]['uri']}"
        answer = await room.get(segment)
        assert answer.status_code == 200 and "no-store" in answer.headers["cache-control"]
        assert not await fetchable(room)
        for path in (
            f"/hls/{room.id}/preview/index.m3u8",
            f"{room.play_path()}/preview/index.m3u8",
            f"{room.preview_path(ttl=-5)}/index.m3u8",
            f"/hls/{room.id}/{preview.segments[0]['uri']}",
        ):
            assert (await room.get(path)).status_code == 404, path
        status = await room.status()
        assert status.recorded_bytes == 0 and not (room.folder / "rec").exists()
        assert status.publisher is not None and status.publisher.width == 320
        assert status.publisher.bitrate > 50_000

        # One track's first packet comes before the other's: web hears of both in the end.
        def both_told() -> bool:
            facts = [f for f in room.server.web.facts(room.id) if f.publisher is not None]
            last = facts[-1].publisher if facts else None
            return last is not None and last.has_video and last.has_audio

        await eventually("web knows of sound and picture", both_told)

        # Live: recorded and public; the preview is gone.
        went_live = time.time()
        await room.order(MediaMode.LIVE)
        assert (await room.get(segment)).status_code == 404
        playlist = await room.segments(2)
        await room.fact(FactKind.RECORDING_PLAYABLE)
        assert not (room.folder / "preview").exists() or not list(
            (room.folder / "preview").iterdir()
        )
        assert playlist.discontinuities == 0 and not playlist.ended

        # Paused: what there is stays playable and stops growing; staff see a preview again.
        await room.order(MediaMode.PAUSED)
        await wait_preview(room)
        paused = await room.playlist()
        assert await fetchable(room) and not paused.ended

        # Live again: the same recording goes on after one discontinuity.
        await room.order(MediaMode.LIVE)
        resumed = await room.segments(len(paused.segments) + 2)
        assert resumed.text.startswith(paused.text.rstrip("\n"))
        assert resumed.discontinuities == 1
        assert (await room.playlist("audio.m3u8")).discontinuities == 1
    await room.fact(FactKind.PUBLISHER_LEFT)
    await room.order(MediaMode.ENDED)
    fact = await room.fact(FactKind.RECORDING_FINALISED)

    video, audio = await room.playlist(), await room.playlist("audio.m3u8")
    assert video.ended and audio.ended
    assert video.tags["#EXT-X-PLAYLIST-TYPE"] == audio.tags["#EXT-X-PLAYLIST-TYPE"] == "VOD"
    assert abs(video.duration - audio.duration) < 0.1
    assert video.discontinuities == audio.discontinuities == 1
    assert all(s["duration"] < 2.5 for s in video.segments + audio.segments)
    assert video.tags["#EXT-X-TARGETDURATION"] == "2"
    summary = fact.recording
    assert summary is not None and summary.has_video and summary.has_audio
    assert summary.duration_s == pytest.approx(video.duration, abs=0.1)
    first, second = summary.anchors
    assert first.media_time == 0 and went_live - 2 < first.at < went_live + 6
    # The recording has no hole where the wall clock has one.
    before = sum(s["duration"] for s in video.segments[: len(paused.segments)])
    assert second.media_time == pytest.approx(before, abs=0.1)
    assert second.at - first.at > second.media_time + 0.5
    assert decode(f"{room.server.url}/hls/{room.id}/index.m3u8") == ""


async def test_closed_doors_cut_at_once(room: Room, films: dict[str, FileSource]) -> None:
    await room.order(MediaMode.LIVE)
    async with WhipPublisher(room.whip_url, room.token(), films["film"]):
        await room.segments(2)
        await room.order(MediaMode.CLOSED_DOORS)
        closed_at = time.time()
        # The order was answered: nothing that is captured from here on may ever be found.
        await eventually("the writer is done", lambda: _quiet(room))
        cut = await room.playlist()
        files = {p.name: p.stat().st_size for p in room.recording_folder().iterdir()}
        assert await fetchable(room)
        assert (await room.get(f"{room.preview_path()}/index.m3u8")).status_code == 404
        status = await room.status()
        assert status.publisher is not None and not status.publisher.interrupted

        # The publisher goes on sending meanwhile.
        async def two_seconds_later() -> bool:
            return time.time() > closed_at + 2.5

        await eventually("behind closed doors for a while", two_seconds_later)
        assert (await room.playlist()).text == cut.text
        assert {p.name: p.stat().st_size for p in room.recording_folder().iterdir()} == files
        assert not (room.folder / "preview").exists() or not list(
            (room.folder / "preview").iterdir()
        )
        reopened_at = time.time()
        await room.order(MediaMode.LIVE)
        await room.segments(len(cut.segments) + 2)
    await room.order(MediaMode.ENDED)
    fact = await room.fact(FactKind.RECORDING_FINALISED)
    assert fact.recording is not None
    video, audio = await room.playlist(), await room.playlist("audio.m3u8")
    assert abs(video.duration - audio.duration) < 0.1
    # By the wall clock, no moment behind closed doors is in the recording.
    edge = 0.0
    for number, anchor in enumerate(fact.recording.anchors):
        later = fact.recording.anchors[number + 1 :]
        length = (later[0].media_time if later else video.duration) - anchor.media_time
        for start, end in [(anchor.at, anchor.at + length)]:
            assert end <= closed_at + 0.1 or start >= reopened_at - 0.2, (start, end)
        edge = max(edge, anchor.at)
    assert edge >= reopened_at - 0.2
    assert decode(f"{room.server.url}/hls/{room.id}/index.m3u8") == ""


async def _quiet(room: Room) -> bool:
    """Whether nothing waits for the disk."""
    text = (await room.get("/metrics")).text
    match = re.search(r"^palabre_media_queued_bytes (\S+)", text, re.MULTILINE)
    return match is not None and float(match[1]) == 0


async def test_token_access_and_purge(room: Room, films: dict[str, FileSource]) -> None:
    await room.order(MediaMode.LIVE, access=MediaAccess.TOKEN)
    async with WhipPublisher(room.whip_url, room.token(), films["film"]):
        base = room.play_path()

        async def plays() -> bool:
            return len((await room.playlist(base=base)).segments) >= 1

        await eventually("plays with a token", plays)
        segment = (await room.playlist(base=base)).segments[0]["uri"]
        answer = await room.get(f"{base}/{segment}")
        assert answer.status_code == 200 and "no-store" in answer.headers["cache-control"]
        assert (await room.get(f"/hls/{room.id}/{segment}")).status_code == 404
        assert not await fetchable(room)
        assert (await room.get(f"{room.play_path(ttl=-5)}/index.m3u8")).status_code == 404
        # Opened to everyone by an order; an older order changes nothing.
        await room.order(MediaMode.LIVE)
        assert await fetchable(room)
        await room.order(MediaMode.PURGED, version=0)
        assert await fetchable(room)
        # Purged: nothing is left, the publisher is sent away.
        await room.order(MediaMode.PURGED)
        assert not await fetchable(room)
        assert (await room.get(f"/hls/{room.id}/{segment}")).status_code == 404
        await room.fact(FactKind.PUBLISHER_LEFT)
    await eventually("files deleted", lambda: not (room.folder / "rec").exists())
    assert (await room.status()).recorded_bytes == 0
    # The same sitting for real afterwards: no address comes back.
    await room.order(MediaMode.LIVE)
    async with WhipPublisher(room.whip_url, room.token(), films["film"]):
        playlist = await room.segments(1)
    assert playlist.segments[0]["uri"] != segment


async def test_end_without_any_recording(room: Room) -> None:
    await room.order(MediaMode.LIVE)
    await room.order(MediaMode.ENDED)
    fact = await room.fact(FactKind.RECORDING_FINALISED)
    assert fact.recording is not None
    assert fact.recording.duration_s == 0 and not fact.recording.has_video
    assert not await fetchable(room)


async def test_ended_sends_the_publisher_away_and_may_be_reopened(
    room: Room, films: dict[str, FileSource]
) -> None:
    await room.order(MediaMode.LIVE)
    async with WhipPublisher(room.whip_url, room.token(), films["film"]):
        await room.segments(1)
        await room.order(MediaMode.ENDED)
        await room.fact(FactKind.PUBLISHER_LEFT)
        await room.fact(FactKind.RECORDING_FINALISED)
    ended = await room.playlist()
    assert ended.ended
    await eventually("shelved", lambda: (room.folder / "done").exists())
    await room.order(MediaMode.LIVE)
    async with WhipPublisher(room.whip_url, room.token(), films["film"]):
        again = await room.segments(len(ended.segments) + 1)
    assert not again.ended and again.discontinuities == 1
    await room.order(MediaMode.ENDED)
    fact = await room.fact(FactKind.RECORDING_FINALISED, 2)
    assert fact.recording is not None and fact.recording.duration_s > ended.duration
