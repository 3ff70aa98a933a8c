"""A hall on a bad network, for the small tests here and the full ones in `tests/soak`."""

import asyncio
import time
from dataclasses import dataclass

import httpx

from live.media.file_source import FileSource
from live.media.whip_client import WhipPublisher
from live.protocol.media import FactKind, MediaMode
from tests.support.lossy import LossyLine
from tests.support.waiting import eventually

from .harness import Room, decode
from .seen import longest_still, silence_of


@dataclass(frozen=True)
class Outcome:
    """What became of a hall on a bad network."""

    lost: float
    silent: float
    still_s: float
    apart_s: float
    #: Breaks of the recording, each with a jump of the clock.
    breaks: int
    seconds: float

    def figures(self) -> dict[str, str]:
        return {
            "packets lost": f"{self.lost:.1%}",
            "sound silent": f"{self.silent:.1%}",
            "longest time without a new picture": f"{self.still_s:.2f} s",
            "difference in length of sound and picture": f"{self.apart_s * 1000:.0f} ms",
            "breaks of the recording": str(self.breaks),
            "length": f"{self.seconds:.0f} s",
        }


async def becomes_replay(room: Room) -> float:
    """End; seconds until both playlists have their end list."""
    before = time.monotonic()
    await room.order(MediaMode.ENDED)

    async def is_replay() -> bool:
        both = [await room.playlist(name) for name in ("video.m3u8", "audio.m3u8")]
        return all(playlist.ended for playlist in both)

    await eventually("it is a replay", is_replay)
    return time.monotonic() - before


async def ended(room: Room) -> float:
    """End; what is there decodes, and how far sound and picture differ in length."""
    await room.order(MediaMode.ENDED)
    await room.fact(FactKind.RECORDING_FINALISED)
    url = f"{room.server.url}/hls/{room.id}/index.m3u8"
    said = (await asyncio.to_thread(decode, url)).splitlines()
    # ffmpeg says so at every discontinuity, where the headers come again (RFC 8216 4.3.2.5).
    again = ("Found duplicated MOOV Atom", "Last message repeated")
    assert [line for line in said if line.strip() and not any(a in line for a in again)] == []
    video, audio = await room.playlist(), await room.playlist("audio.m3u8")
    assert video.discontinuities == audio.discontinuities
    return abs(video.duration - audio.duration)


async def bad_network(
    room: Room, film: FileSource, line: LossyLine, seconds: float, *, cut: float = 0.0
) -> Outcome:
    """A sitting of so many seconds through a line that loses; one cut in its middle."""
    await room.order(MediaMode.LIVE)
    async with WhipPublisher(room.whip_url, room.token(), film) as publisher:
        assert publisher.connection is not None
        await room.segments(1)
        line.lay(publisher.connection)
        half = await room.segments(1 + int(seconds / 4))
        if cut:
            line.cut(cut)
        await room.segments(len(half.segments) + int(seconds / 4), within=seconds + 40)
        assert publisher.connections == 1
    apart = await ended(room)
    url = f"{room.server.url}/hls/{room.id}/index.m3u8"
    silent, length = await asyncio.to_thread(silence_of, url)
    still = await asyncio.to_thread(longest_still, url)
    breaks = (await room.playlist()).discontinuities
    return Outcome(line.lost / max(1, line.sent), silent / length, still, apart, breaks, length)


async def join(room: Room) -> None:
    """A newcomer plays from the live edge: what is listed last decodes without a complaint."""
    for name in ("video.m3u8", "audio.m3u8"):
        listed = (await room.playlist(name)).segments[-2:]
        first = (await room.hls(listed[0]["map"])).content
        for segment in listed:
            # After a change of the picture's size the newest has headers of its own.
            head = first if segment["map"] == listed[0]["map"] else None
            head = head or (await room.hls(segment["map"])).content
            await asyncio.to_thread(_decodes, head + (await room.hls(segment["uri"])).content)


def _decodes(data: bytes) -> None:
    import tempfile

    with tempfile.NamedTemporaryFile(suffix=".mp4") as file:
        file.write(data)
        file.flush()
        assert decode(file.name) == ""


async def goes_on(room: Room, since: float) -> float:
    """Seconds from `since` (monotonic) until something new is listed that a player can have."""
    before = await _newest(room)

    async def more() -> bool:
        return await _newest(room) not in ("", before)

    await eventually("the playlist goes on", more)
    return time.monotonic() - since


async def _newest(room: Room) -> str:
    """The last part or segment; parts leave the list, so that it does not always grow."""
    try:
        lines = (await room.hls("low-audio.m3u8")).text.splitlines()
    except httpx.HTTPError:
        return ""
    last = [line for line in lines if line.startswith("#EXT-X-PART:") or line.endswith(".m4s")]
    return last[-1] if last else ""
