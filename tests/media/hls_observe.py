"""Looks at a presentation as players do, and reads its media with a reader of its own."""

import asyncio
import struct
from collections.abc import Iterator

import httpx

from .harness import Room
from .hls_playlist import MediaFile, MediaPlaylist, Multivariant, Observed


def _boxes(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    place = 0
    while place + 8 <= len(data):
        size, kind = struct.unpack_from(">I4s", data, place)
        yield kind, data[place + 8 : place + size]
        place += size


def _inside(data: bytes, *path: bytes) -> bytes:
    """The contents of the first box at a path."""
    for name in path:
        data = next(body for kind, body in _boxes(data) if kind == name)
    return data


def read_init(data: bytes) -> tuple[str, str, int]:
    """Codec string (RFC 6381), picture size and timescale of an initialisation segment."""
    trak = _inside(data, b"moov", b"trak")
    (timescale,) = struct.unpack_from(">I", _inside(trak, b"mdia", b"mdhd"), 12)
    entry = _inside(trak, b"mdia", b"minf", b"stbl", b"stsd")[8:]
    kind = entry[4:8]
    if kind == b"avc1":
        width, height = struct.unpack_from(">HH", entry, 8 + 24)
        config = entry[entry.index(b"avcC") + 4 :]
        return f"avc1.{config[1:4].hex()}", f"{width}x{height}", timescale
    # AudioSpecificConfig: the object type is in its first five bits.
    config = entry[entry.index(b"\x05\x02") + 2 :]
    return f"mp4a.40.{config[0] >> 3}", "", timescale


def read_segment(data: bytes, timescale: int) -> MediaFile:
    """Start, duration and first sample of a segment."""
    start: int | None = None
    duration, independent = 0, False
    for kind, body in _boxes(data):
        if kind != b"moof":
            continue
        traf = _inside(body, b"traf")
        (at,) = struct.unpack_from(">Q", _inside(traf, b"tfdt"), 4)
        run = _inside(traf, b"trun")
        (count,) = struct.unpack_from(">I", run, 4)
        rows = list(struct.iter_unpack(">III", run[12 : 12 + 12 * count]))
        if start is None:
            start, independent = at, not rows[0][2] & 0x10000
        assert at == start + duration, "fragments follow each other"
        duration += sum(row[0] for row in rows)
    assert start is not None
    return MediaFile(start / timescale, duration / timescale, len(data), independent)


async def observe(room: Room, entry: str, *, reloads: int = 0, base: str | None = None) -> Observed:
    """Fetch a presentation; `reloads`: follow its live playlists for so many blocking reloads."""
    base = base or f"/hls/{room.id}"

    async def get(uri: str) -> httpx.Response:
        answer = await room.get(f"{base}/{uri}")
        assert answer.status_code == 200, (uri, answer.status_code, answer.text[:200])
        return answer

    multivariant = Multivariant((await get(entry)).text)

    async def follow(uri: str) -> list[MediaPlaylist]:
        versions = [MediaPlaylist((await get(uri)).text)]
        for _ in range(reloads):
            last = versions[-1].everything[-1]
            opened = versions[-1].open
            msn, part = (opened.msn, len(opened.parts)) if opened else (last.msn + 1, 0)
            versions.append(
                MediaPlaylist((await get(f"{uri}?_HLS_msn={msn}&_HLS_part={part}")).text)
            )
        return versions

    async def fetch_all() -> dict[str, list[MediaPlaylist]]:
        found = await asyncio.gather(*(follow(uri) for uri in multivariant.playlists))
        return dict(zip(multivariant.playlists, found, strict=True))

    seen = Observed(multivariant, await fetch_all())
    for uri, versions in seen.versions.items():
        scales: dict[str | None, int] = {}
        for segment in versions[-1].segments:
            assert segment.map is not None
            if segment.map not in scales:
                codec, size, scales[segment.map] = read_init((await get(segment.map)).content)
                seen.inits[segment.map] = (codec, size)
            data = (await get(segment.uri)).content
            seen.files[segment.uri] = read_segment(data, scales[segment.map])
        if "CAN-SKIP-UNTIL" in versions[-1].control:
            delta = MediaPlaylist((await get(f"{uri}?_HLS_skip=YES")).text)
            if delta.skipped:
                whole = MediaPlaylist((await get(uri)).text)
                seen.deltas[uri] = [(delta, whole)]
    return seen
