"""Low-latency HLS over HTTP: parts, blocking reloads and hints, in every mode."""

import asyncio
import re

import httpx
import pytest

from live.media.file_source import FileSource
from live.media.whip_client import WhipPublisher
from live.protocol.media import MediaAccess, MediaMode
from tests.support.waiting import eventually

from .harness import Room

TARGET, PART_TARGET = 2, 0.52


def edge_of(text: str) -> tuple[int, int]:
    """Where the playlist's next part will be: media sequence number and part index."""
    first = int(re.findall(r"#EXT-X-MEDIA-SEQUENCE:(\d+)", text)[0])
    whole = text.count("#EXTINF:")
    if skipped := re.search(r"SKIPPED-SEGMENTS=(\d+)", text):
        whole += int(skipped[1])
    after = text.rsplit("#EXTINF:", 1)[1]
    return first + whole, after.count("#EXT-X-PART:")


def hint_of(text: str) -> str:
    (uri,) = re.findall(r'#EXT-X-PRELOAD-HINT:TYPE=PART,URI="([^"]+)"', text)
    return uri


async def reload(room: Room, name: str, msn: int, part: int | None, **more: str) -> httpx.Response:
    query = f"_HLS_msn={msn}" + ("" if part is None else f"&_HLS_part={part}")
    query += "".join(f"&{k}={v}" for k, v in more.items())
    return await room.hls(f"{name}?{query}")


async def test_parts_come_as_they_are_hinted(room: Room, films: dict[str, FileSource]) -> None:
    await room.order(MediaMode.LIVE)
    async with WhipPublisher(room.whip_url, room.token(), films["film"]):
        await room.segments(1, "audio.m3u8")
        for name in ("low-video.m3u8", "low-audio.m3u8"):
            text = (await room.hls(name)).text
            assert f"#EXT-X-PART-INF:PART-TARGET={PART_TARGET}\n" in text
            seen: dict[str, bytes] = {}
            for _ in range(3):
                msn, index = edge_of(text)
                uri = hint_of(text)
                part, listed = await asyncio.gather(room.hls(uri), reload(room, name, msn, index))
                assert (part.status_code, listed.status_code) == (200, 200), uri
                assert part.content[4:8] in (b"moof", b"styp")
                seen[uri] = part.content
                text = listed.text
                # The hint came true: it is listed, as this part or as the next segment's first.
                durations = dict(re.findall(r'DURATION=([\d.]+),URI="([^"]+)"', text))
                assert uri in durations.values()
                assert all(float(d) <= PART_TARGET for d in durations)
                assert "max-age=12" in listed.headers["cache-control"]
            # Put together, parts are the segment's bytes.
            await reload(room, name, msn + 1, 0)
            whole = await room.playlist(name)
            text = (await room.hls(name)).text
            block = text.split(whole.segments[-2]["uri"])[1].split(whole.segments[-1]["uri"])[0]
            pieces = [await room.hls(u) for u in re.findall(r'PART:.*?URI="([^"]+)"', block)]
            segment = await room.hls(whole.segments[-1]["uri"])
            assert len(pieces) >= 4
            assert b"".join(p.content for p in pieces) == segment.content


async def test_requests_that_make_no_sense_are_refused_at_once(
    room: Room, films: dict[str, FileSource]
) -> None:
    await room.order(MediaMode.LIVE)
    async with WhipPublisher(room.whip_url, room.token(), films["film"]):
        await room.segments(1)
        text = (await room.hls("low-video.m3u8")).text
        msn, _ = edge_of(text)
        for query in (
            f"_HLS_msn={msn + 3}",
            f"_HLS_msn={msn}&_HLS_part=9",
            f"_HLS_msn={msn + 1}&_HLS_part=8",
            "_HLS_part=0",
            "_HLS_msn=-1",
            "_HLS_msn=x",
            "_HLS_msn=1&_HLS_msn=2",
            "_HLS_skip=NO",
        ):
            answer = await asyncio.wait_for(room.hls(f"low-video.m3u8?{query}"), 1)
            assert answer.status_code == 400, query
            assert answer.headers["cache-control"] == "no-store"
        number = int(re.findall(r"p(\d+)\.m4s", hint_of(text))[0])
        far = hint_of(text).replace(f"p{number}", f"p{number + 50}")
        assert (await asyncio.wait_for(room.hls(far), 1)).status_code == 404
        # What is long there is answered at once, and with the newest playlist.
        old = await asyncio.wait_for(reload(room, "low-video.m3u8", 1, 0, _HLS_skip="YES"), 1)
        assert old.status_code == 200
        # The plain playlist knows nothing of parts, and ignores what it does not offer.
        plain = await asyncio.wait_for(reload(room, "video.m3u8", msn + 9, 0), 1)
        assert plain.status_code == 200
        assert "PART" not in plain.text and "BLOCK" not in plain.text


@pytest.mark.parametrize("mode", [MediaMode.PAUSED, MediaMode.CLOSED_DOORS, MediaMode.ENDED])
async def test_blocked_requests_are_released_when_nothing_more_comes(
    room: Room, films: dict[str, FileSource], mode: MediaMode
) -> None:
    await room.order(MediaMode.LIVE)
    async with WhipPublisher(room.whip_url, room.token(), films["film"]):
        await room.segments(2)
        text = (await room.hls("low-video.m3u8")).text
        msn, _ = edge_of(text)
        # Two segments ahead, so that nothing but the order releases them.
        waiting = [
            asyncio.create_task(reload(room, name, msn + 1, None))
            for name in ("low-video.m3u8", "low-audio.m3u8")
            for _ in range(20)
        ]
        await asyncio.sleep(0)
        await room.order(mode)
        answers = await asyncio.wait_for(asyncio.gather(*waiting), 1.5)
        for answer in answers:
            assert answer.status_code == 200
            assert "PRELOAD-HINT" not in answer.text
            assert "CAN-BLOCK-RELOAD" not in answer.text
            assert answer.text.endswith("#EXT-X-ENDLIST\n") is (mode is MediaMode.ENDED)
            assert "max-age=12" not in answer.headers["cache-control"]
        # What was hinted does not come: a clean end.
        assert (await asyncio.wait_for(room.hls(hint_of(text)), 1)).status_code in (200, 404)
        if mode is MediaMode.ENDED:
            return
        still = await asyncio.wait_for(reload(room, "low-video.m3u8", msn + 1, 0), 1)
        assert still.status_code == 200
        if mode is MediaMode.PAUSED:
            await room.order(MediaMode.LIVE)
            again = await room.segments(len((await room.playlist()).segments) + 1)
            assert again.discontinuities == 1
            text = (await room.hls("low-video.m3u8")).text
            assert "CAN-BLOCK-RELOAD=YES" in text
            assert (await room.hls(hint_of(text))).status_code == 200


async def test_purge_and_withdrawn_access_release_blocked_requests_with_nothing(
    room: Room, films: dict[str, FileSource]
) -> None:
    await room.order(MediaMode.LIVE)
    async with WhipPublisher(room.whip_url, room.token(), films["film"]):
        await room.segments(1)
        text = (await room.hls("low-video.m3u8")).text
        msn, _ = edge_of(text)
        waiting = asyncio.create_task(reload(room, "low-video.m3u8", msn + 1, None))
        await asyncio.sleep(0)
        await room.order(MediaMode.LIVE, access=MediaAccess.TOKEN)
        assert (await asyncio.wait_for(waiting, 5)).status_code == 404
        private = await room.get(f"{room.play_path()}/low-video.m3u8?_HLS_msn={msn}")
        assert private.headers["cache-control"] == "private, no-store"
        base = room.play_path()
        hinted = asyncio.create_task(room.get(f"{base}/{hint_of(private.text)}"))
        waiting = asyncio.create_task(room.get(f"{base}/low-audio.m3u8?_HLS_msn={msn + 2}"))
        await asyncio.sleep(0)
        await room.order(MediaMode.PURGED)
        assert (await asyncio.wait_for(waiting, 1.5)).status_code == 404
        assert (await asyncio.wait_for(hinted, 1.5)).status_code in (200, 404)


async def test_an_interrupted_publisher_leaves_nobody_waiting(
    room: Room, films: dict[str, FileSource]
) -> None:
    await room.order(MediaMode.LIVE)
    async with WhipPublisher(room.whip_url, room.token(), films["film"]):
        await room.segments(1)
        text = (await room.hls("low-video.m3u8")).text
    msn, _ = edge_of(text)
    answer = await asyncio.wait_for(reload(room, "low-video.m3u8", msn + 1, None), 5)
    assert answer.status_code == 200

    async def still() -> bool:
        return "CAN-BLOCK-RELOAD" not in (await room.hls("low-video.m3u8")).text

    await eventually("nothing blocks any more", still)
    async with WhipPublisher(room.whip_url, room.token(), films["film"]):
        await room.segments(len((await room.playlist()).segments) + 1)
        text = (await room.hls("low-video.m3u8")).text
        assert "#EXT-X-DISCONTINUITY\n" in text
        assert (await room.hls(hint_of(text))).status_code == 200
