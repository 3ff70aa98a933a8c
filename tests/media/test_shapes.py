"""Publishers that lack something, change, or stop something; long and windowed recordings."""

import asyncio
import random

import pytest
from aiortc import MediaStreamTrack

from live.media.file_source import FileSource
from live.media.whip_client import WhipPublisher
from live.protocol.media import FactKind, MediaMode
from tests.support.waiting import eventually

from .harness import MediaServer, Room, decode, heard_claps, probe_bytes, seen_claps


class Stoppable(MediaStreamTrack):
    """A track that goes quiet when told, without ending."""

    def __init__(self, track: MediaStreamTrack) -> None:
        super().__init__()
        self.kind = track.kind
        self._track = track
        self.flowing = asyncio.Event()
        self.flowing.set()

    async def recv(self) -> object:  # type: ignore[override]
        while True:
            packet = await self._track.recv()
            if self.flowing.is_set():
                return packet


async def finish(room: Room) -> None:
    """End, and check what every recording must be."""
    await room.order(MediaMode.ENDED)
    await room.fact(FactKind.RECORDING_FINALISED)
    audio = await room.playlist("audio.m3u8")
    assert audio.ended
    assert all(s["duration"] < 2.5 for s in audio.segments)
    answer = await room.hls("video.m3u8")
    if answer.status_code == 200:
        video = await room.playlist()
        assert abs(video.duration - audio.duration) < 0.1
        assert video.discontinuities == audio.discontinuities
        assert len(video.segments) == len(audio.segments)
        assert all(s["duration"] < 2.5 for s in video.segments)


async def test_sound_alone(room: Room, films: dict[str, FileSource]) -> None:
    await room.order(MediaMode.LIVE)
    async with WhipPublisher(room.whip_url, room.token(), films["blind"]):
        await room.segments(2, "audio.m3u8")
        master = (await room.hls("index.m3u8")).text
        assert "video.m3u8" not in master and "avc1" not in master and "audio.m3u8" in master
        assert (await room.hls("video.m3u8")).status_code == 404
        status = await room.status()
        assert status.publisher is not None
        assert (status.publisher.has_video, status.publisher.has_audio) == (False, True)
    await finish(room)
    assert decode(f"{room.server.url}/hls/{room.id}/index.m3u8") == ""


async def test_picture_alone(room: Room, films: dict[str, FileSource]) -> None:
    await room.order(MediaMode.LIVE)
    async with WhipPublisher(room.whip_url, room.token(), films["silent"]):
        await room.segments(2)
        status = await room.status()
        assert status.publisher is not None
        assert (status.publisher.has_video, status.publisher.has_audio) == (True, False)
    await finish(room)
    fact = await room.fact(FactKind.RECORDING_FINALISED)
    assert fact.recording is not None and not fact.recording.has_audio
    assert decode(f"{room.server.url}/hls/{room.id}/index.m3u8") == ""


async def test_sound_first_then_picture_then_sound(
    room: Room, films: dict[str, FileSource]
) -> None:
    """The picture rendition that begins late has a slate before it, and one after."""
    await room.order(MediaMode.LIVE)
    token = room.token()
    async with WhipPublisher(room.whip_url, token, films["blind"]):
        await room.segments(2, "audio.m3u8")
    async with WhipPublisher(room.whip_url, token, films["film"]):
        count = len((await room.playlist("audio.m3u8")).segments)
        await room.segments(count + 2)
    async with WhipPublisher(room.whip_url, token, films["blind"]):
        count = len((await room.playlist("audio.m3u8")).segments)
        await room.segments(count + 2)
    await finish(room)
    video = await room.playlist()
    assert video.discontinuities == 2
    assert video.segments[0]["map"] == video.segments[-1]["map"]
    assert len({s["map"] for s in video.segments}) == 2
    master = (await room.hls("index.m3u8")).text
    assert "RESOLUTION=320x180" in master


async def stop_for_a_while(server: MediaServer, film: FileSource, kind: str) -> None:
    """One track goes quiet while the other goes on; both renditions must grow, without a break."""
    async with Room(server) as room:
        await room.order(MediaMode.LIVE)
        tracks = {t.kind: Stoppable(t) for t in film.tracks()}
        async with WhipPublisher(room.whip_url, room.token(), list(tracks.values())):
            before = await room.segments(1)
            tracks[kind].flowing.clear()
            wanted = len(before.segments) + 3
            await room.segments(wanted)
            quiet = await room.segments(wanted, "audio.m3u8")
            tracks[kind].flowing.set()
            await room.segments(len(quiet.segments) + 2)
        assert FactKind.PUBLISHER_INTERRUPTED not in room.server.web.kinds(room.id)
        await finish(room)
        assert (await room.playlist()).discontinuities == 0
        if kind == "audio":
            assert decode(f"{room.server.url}/hls/{room.id}/index.m3u8") == ""


async def test_a_track_that_stops_does_not_stall_the_other(
    server: MediaServer, films: dict[str, FileSource]
) -> None:
    await asyncio.gather(
        *(stop_for_a_while(server, films["film"], kind) for kind in ("audio", "video"))
    )


async def test_picture_format_changes(room: Room, films: dict[str, FileSource]) -> None:
    """Another device with another picture size takes over: a new format, announced."""
    await room.order(MediaMode.LIVE)
    token = room.token()
    async with WhipPublisher(room.whip_url, token, films["film"]):
        await room.segments(1)
    async with WhipPublisher(room.whip_url, token, films["wide"]):
        count = len((await room.playlist()).segments)
        await room.segments(count + 2)
    await finish(room)
    video = await room.playlist()
    assert len({s["map"] for s in video.segments}) == 2
    master = (await room.hls("index.m3u8")).text
    codec = master.split('CODECS="')[1].split(",")[0]
    assert "RESOLUTION=640x360" in master
    for segment in (video.segments[0], video.segments[-1]):
        init = (await room.hls(segment["map"])).content
        body = (await room.hls(segment["uri"])).content
        stream = probe_bytes(init + body)["streams"][0]
        assert stream["profile"] == "Constrained Baseline"
        assert (stream["width"], stream["height"]) in {(320, 180), (640, 360)}
    # The codec string is that of the real parameter sets: profile, constraints, level.
    assert codec.startswith("avc1.42c0") and int(codec[-2:], 16) == stream["level"]


async def test_publisher_that_sends_few_keyframes(room: Room, films: dict[str, FileSource]) -> None:
    """It ignores requests; segments are cut all the same, and honestly not called independent."""
    await room.order(MediaMode.LIVE)
    async with WhipPublisher(room.whip_url, room.token(), films["long_gop"]):
        await room.segments(4)
    await finish(room)
    video = await room.playlist()
    assert "#EXT-X-INDEPENDENT-SEGMENTS" not in video.tags
    assert "#EXT-X-INDEPENDENT-SEGMENTS" in (await room.playlist("audio.m3u8")).tags
    assert decode(f"{room.server.url}/hls/{room.id}/index.m3u8") == ""


async def test_what_players_ask_for(room: Room, films: dict[str, FileSource]) -> None:
    await room.order(MediaMode.LIVE)
    async with WhipPublisher(room.whip_url, room.token(), films["film"]):
        playlist = await room.segments(1)
        answer = await room.hls("video.m3u8")
        assert answer.headers["content-type"] == "application/vnd.apple.mpegurl"
        assert answer.headers["cache-control"] == "public, max-age=1"
        assert answer.headers["access-control-allow-origin"] == "*"
        unchanged = await room.get(
            f"/hls/{room.id}/index.m3u8",
            headers={"if-none-match": (await room.hls("index.m3u8")).headers["etag"]},
        )
        assert unchanged.status_code in (200, 304)
        uri = f"/hls/{room.id}/{playlist.segments[0]['uri']}"
        whole = await room.get(uri)
        assert whole.headers["content-type"] == "video/mp4"
        assert "immutable" in whole.headers["cache-control"]
        head = await room.http.head(uri)
        assert head.status_code == 200 and head.content == b""
        assert int(head.headers["content-length"]) == len(whole.content)
        for given, expected in {
            "bytes=0-9": whole.content[:10],
            "bytes=100-": whole.content[100:],
            "bytes=-7": whole.content[-7:],
        }.items():
            part = await room.get(uri, headers={"range": given})
            assert part.status_code == 206 and part.content == expected
            assert part.headers["content-range"].endswith(f"/{len(whole.content)}")
        beyond = await room.get(uri, headers={"range": "bytes=99999999-"})
        assert beyond.status_code == 416
        init = await room.hls((await room.playlist("audio.m3u8")).segments[0]["map"])
        assert init.headers["content-type"] == "audio/mp4"
        name = playlist.segments[0]["uri"].split("/")[0]
        for path in (
            f"{name}/v999999.m4s",
            f"{name}/journal.jsonl",
            f"{name}/../../order.json",
            f"{name}/%2e%2e/%2e%2e/order.json",
            f"..%2f{room.id}/order.json",
            "order.json",
            "rec",
            "",
        ):
            assert (await room.hls(path)).status_code == 404, path
        assert (await room.http.post(uri)).status_code == 405
        preflight = await room.http.options(uri)
        assert "Range" in preflight.headers["access-control-allow-headers"]
    for path in ("/", "/hls", "/hls/x/index.m3u8", "/hls/222222222222/index.m3u8", "/whip"):
        assert (await room.get(path)).status_code == 404


async def test_orders_are_signed(room: Room) -> None:
    path = f"/control/sittings/{room.id}"
    for method in ("GET", "PUT"):
        assert (await room.http.request(method, path, content=b"{}")).status_code == 401
    assert (await room.get("/control/status")).status_code == 401
    with pytest.raises(AssertionError, match="404"):
        await room.status()
    await room.order(MediaMode.PREVIEW)
    assert (await room.status()).mode is MediaMode.PREVIEW


async def test_health(room: Room) -> None:
    assert (await room.get("/healthz")).text == "ok\n"
    assert (await room.get("/readyz")).status_code == 200
    text = (await room.get("/metrics")).text
    for name in ("publishers", "written_bytes_total", "segments", "loop_lag", "facts_waiting"):
        assert f"palabre_media_{name}" in text
    await eventually("facts heard", lambda: _heard(room))


async def _heard(room: Room) -> bool:
    return "palabre_media_facts_waiting 0.0" in (await room.get("/metrics")).text


async def test_lips_and_voice(room: Room, films: dict[str, FileSource]) -> None:
    """A clap each second, seen and heard: they must stay within 40 ms of each other."""
    await room.order(MediaMode.LIVE)
    async with WhipPublisher(room.whip_url, room.token(), films["claps"]):
        await room.segments(4)
    await finish(room)
    url = f"{room.server.url}/hls/{room.id}/index.m3u8"
    seen, heard = seen_claps(url), heard_claps(url)
    pairs = [(s, min(heard, key=lambda h: abs(h - s))) for s in seen[1:-1]]
    assert len(pairs) >= 4
    errors = [h - s for s, h in pairs]
    assert max(map(abs, errors)) < 0.04, errors


async def test_network_gone_for_a_while(room: Room, films: dict[str, FileSource]) -> None:
    """The same connection goes quiet and comes back: a new take, no second connection."""
    await room.order(MediaMode.LIVE)
    tracks = [Stoppable(t) for t in films["film"].tracks()]
    async with WhipPublisher(room.whip_url, room.token(), tracks) as publisher:
        before = await room.segments(1)
        for track in tracks:
            track.flowing.clear()
        await room.fact(FactKind.PUBLISHER_INTERRUPTED, within=20)
        for track in tracks:
            track.flowing.set()
        fact = await room.fact(FactKind.PUBLISHER_RESUMED)
        assert fact.publisher is not None and not fact.publisher.interrupted
        resumed = await room.segments(len(before.segments) + 3)
        assert resumed.discontinuities == 1
        assert publisher.connections == 1
    told = room.server.web.kinds(room.id)
    after = told[told.index(FactKind.PUBLISHER_INTERRUPTED) :]
    assert FactKind.PUBLISHER_CONNECTED not in after
    await finish(room)
    assert decode(f"{room.server.url}/hls/{room.id}/index.m3u8") == ""


async def test_lossy_network(room: Room, films: dict[str, FileSource]) -> None:
    """Three packets in a hundred never arrive, nor do as many retransmissions."""
    await room.order(MediaMode.LIVE)
    chance = random.Random(7)
    publisher = WhipPublisher(room.whip_url, room.token(), films["claps"])
    async with publisher:
        assert publisher.connection is not None
        transport = publisher.connection.getTransceivers()[0].receiver.transport.transport
        send = transport._send

        async def lossy(data: bytes) -> None:
            if data[0] < 128 or chance.random() > 0.03:
                await send(data)

        transport._send = lossy
        await room.segments(5)
    await finish(room)
    url = f"{room.server.url}/hls/{room.id}/index.m3u8"
    assert decode(url) == ""
    seen, heard = seen_claps(url), heard_claps(url)
    errors = [min((h - s for h in heard), key=abs) for s in seen[1:-1]]
    near = [e for e in errors if abs(e) < 0.2]
    # A clap may be lost itself; those that are there are in step.
    assert len(near) >= 5 and max(map(abs, near)) < 0.04, errors
