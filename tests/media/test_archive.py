"""What is left when a sitting has ended: the same files, and downloads made from them."""

import subprocess
from itertools import pairwise
from pathlib import Path

import httpx
import pytest

from live.media.file_source import FileSource
from live.media.whip_client import WhipPublisher
from live.protocol.media import FactKind, MediaAccess, MediaMode

from .harness import Room, decode, heard_claps, probe_bytes, seen_claps
from .trouble import becomes_replay

NAME = "cotonou-2026-11-24-reddition"


async def record(room: Room, *films: FileSource, segments: int = 2) -> None:
    """A recording with a take for each film, ended."""
    await room.order(MediaMode.LIVE)
    for number, film in enumerate(films, 1):
        async with WhipPublisher(room.whip_url, room.token(), film):
            await room.segments(segments * number, "audio.m3u8")
    await room.order(MediaMode.ENDED)
    await room.fact(FactKind.RECORDING_FINALISED)


def widths(path: Path) -> set[str]:
    """The widths of the pictures in a film, decoded."""
    shown = ("-show_entries", "frame=width", "-of", "csv=p=0")
    found = subprocess.run(
        ["ffprobe", "-v", "error", "-select_streams", "v", *shown, str(path)],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    return {line.strip(",") for line in found.stdout.split()}


async def test_the_same_files_are_a_replay_within_a_second_of_the_end(
    room: Room, films: dict[str, FileSource]
) -> None:
    await room.order(MediaMode.LIVE)
    async with WhipPublisher(room.whip_url, room.token(), films["film"]):
        live = await room.segments(2)
        # 0.02 s on a quiet machine; `make soak` measures it after many minutes.
        assert await becomes_replay(room) <= 1
    replay = await room.playlist()
    names = [segment["uri"] for segment in replay.segments]
    assert names[: len(live.segments)] == [segment["uri"] for segment in live.segments]


async def test_downloads_hold_picture_and_sound_in_step_across_a_reconnect(
    room: Room, films: dict[str, FileSource], tmp_path: Path
) -> None:
    await record(room, films["claps"], films["claps"])
    duration = (await room.playlist("audio.m3u8")).duration
    answer = await room.hls(f"download/{NAME}.mp4")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "video/mp4"
    assert answer.headers["content-disposition"] == f'attachment; filename="{NAME}.mp4"'
    assert answer.content.index(b"moov") < answer.content.index(b"mdat")
    path = tmp_path / "film.mp4"
    path.write_bytes(answer.content)
    assert decode(str(path)) == ""
    streams = {s["codec_type"]: s for s in probe_bytes(answer.content)["streams"]}
    assert set(streams) == {"video", "audio"}
    for stream in streams.values():
        assert abs(float(stream["duration"]) - duration) < 0.1
    seen, heard = seen_claps(str(path)), heard_claps(str(path))
    assert len(seen) >= 5
    # Where takes meet, two claps may be nearer than `heard_claps` tells apart.
    apart = [n for n, p in zip(seen, [-1.0, *seen], strict=False) if n - p > 0.5]
    assert len(apart) >= 4
    for flash in apart[:-1]:
        assert min(abs(flash - beep) for beep in heard) < 0.1
    replay = f"{room.server.url}/hls/{room.id}/index.m3u8"
    assert seen == pytest.approx(seen_claps(replay), abs=0.011)
    assert heard == pytest.approx(heard_claps(replay), abs=0.002)

    sound = await room.hls(f"download/{NAME}.m4a")
    assert sound.headers["content-type"] == "audio/mp4"
    [only] = probe_bytes(sound.content)["streams"]
    assert only["codec_name"] == "aac" and abs(float(only["duration"]) - duration) < 0.1
    # 32 kbit/s: some 14 MB an hour.
    assert len(sound.content) < duration * 6000


async def test_a_picture_that_changes_its_size_can_be_downloaded_and_decoded(
    room: Room, films: dict[str, FileSource], tmp_path: Path
) -> None:
    await record(room, films["film"], films["wide"])
    path = tmp_path / "film.mp4"
    path.write_bytes((await room.hls(f"download/{NAME}.mp4")).content)
    assert decode(str(path)) == ""
    assert widths(path) >= {"320", "640"}


async def test_ranges_of_a_download_join_into_the_whole(
    room: Room, films: dict[str, FileSource]
) -> None:
    await record(room, films["film"])
    address = f"/hls/{room.id}/download/{NAME}.mp4"
    whole = (await room.get(address)).content
    head = await room.http.head(address)
    assert int(head.headers["content-length"]) == len(whole) and head.content == b""
    cuts = [0, 7, len(whole) // 3, len(whole) // 3 + 1, len(whole)]
    joined = b""
    for start, end in pairwise(cuts):
        part = await room.get(address, headers={"range": f"bytes={start}-{end - 1}"})
        assert part.status_code == 206
        assert part.headers["content-range"] == f"bytes {start}-{end - 1}/{len(whole)}"
        joined += part.content
    assert joined == whole
    assert (await room.get(address, headers={"range": "bytes=-9"})).content == whole[-9:]
    beyond = await room.get(address, headers={"range": f"bytes={len(whole)}-"})
    assert beyond.status_code == 416
    other = {"range": "bytes=0-3", "if-range": '"another"'}
    assert (await room.get(address, headers=other)).status_code == 200


async def test_there_is_nothing_to_download_before_the_end_nor_after_a_purge(
    room: Room, films: dict[str, FileSource]
) -> None:
    address = f"download/{NAME}.m4a"
    await room.order(MediaMode.LIVE)
    async with WhipPublisher(room.whip_url, room.token(), films["blind"]):
        await room.segments(1, "audio.m3u8")
        assert (await room.hls(address)).status_code == 404
        await room.order(MediaMode.ENDED)
        await room.fact(FactKind.RECORDING_FINALISED)
    assert (await room.hls(address)).status_code == 200
    # No picture: no film.
    assert (await room.hls(f"download/{NAME}.mp4")).status_code == 404
    for wrong in ("download/..%2Forder.mp4", "download/A.m4a", 'download/a".m4a', "download/a.exe"):
        assert (await room.hls(wrong)).status_code == 404
    await room.order(MediaMode.PURGED)
    assert (await room.hls(address)).status_code == 404


async def test_what_is_not_public_is_downloaded_with_a_token_alone(
    room: Room, films: dict[str, FileSource]
) -> None:
    await room.order(MediaMode.LIVE, access=MediaAccess.TOKEN)
    async with WhipPublisher(room.whip_url, room.token(), films["blind"]):
        await room.segments(1, f"{room.play_path().removeprefix(f'/hls/{room.id}/')}/audio.m3u8")
        await room.order(MediaMode.ENDED, access=MediaAccess.TOKEN)
        await room.fact(FactKind.RECORDING_FINALISED)
    assert (await room.hls(f"download/{NAME}.m4a")).status_code == 404
    answer = await room.get(f"{room.play_path()}/download/{NAME}.m4a")
    assert answer.status_code == 200 and "no-store" in answer.headers["cache-control"]
    assert (await room.get(f"{room.play_path(-5)}/download/{NAME}.m4a")).status_code == 404


async def test_a_reader_that_leaves_in_the_middle_harms_nobody(
    room: Room, films: dict[str, FileSource]
) -> None:
    await record(room, films["film"])
    address = f"{room.server.url}/hls/{room.id}/download/{NAME}.mp4"
    async with httpx.AsyncClient(trust_env=False) as client:
        for _ in range(3):
            async with client.stream("GET", address) as answer:
                async for _ in answer.aiter_raw(1000):
                    break
    assert (await room.hls(f"download/{NAME}.mp4")).status_code == 200
