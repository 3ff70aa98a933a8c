"""HLS (RFC 8216): playlists from the catalogue, segments from disk, with path tokens.

Whoever may not see something is told that it does not exist.
"""

import asyncio
import gzip
import re
from collections import OrderedDict
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs

from live.protocol.media import MediaAccess, MediaMode, PlayClaims, PreviewClaims
from live.protocol.signing import BadSignature, read_token

from .. import playlists
from ..catalogue import Catalogue
from ..process import MediaProcess
from ..sitting import SittingMedia
from .messages import Headers, Problem, Request, Response, etag_of

_PLAYLIST = "application/vnd.apple.mpegurl"
_FILE = re.compile(r"(v|a)(?:\d{1,9}\.m4s|i\d{1,9}\.mp4)")
_TYPES = {"v": "video/mp4", "a": "audio/mp4"}
_METHODS = "GET, HEAD, OPTIONS"
_CACHE_BYTES = 32 * 1024 * 1024
_GZIP_FROM = 1024


def _absent() -> Problem:
    return Problem(404, "not-found", "There is nothing here.")


@dataclass(frozen=True)
class _Source:
    """What a request may see."""

    catalogue: Catalogue
    folder: Path
    ended: bool
    #: Nothing in between may keep it.
    private: bool


class _Cache:
    """Recent files and playlists, least recently used first out."""

    def __init__(self) -> None:
        self._kept: OrderedDict[object, bytes] = OrderedDict()
        self._size = 0

    def get(self, key: object) -> bytes | None:
        found = self._kept.get(key)
        if found is not None:
            self._kept.move_to_end(key)
        return found

    def put(self, key: object, data: bytes) -> None:
        if key in self._kept or len(data) > _CACHE_BYTES // 4:
            return
        self._kept[key] = data
        self._size += len(data)
        while self._size > _CACHE_BYTES:
            _, gone = self._kept.popitem(last=False)
            self._size -= len(gone)


class Hls:
    """Handlers of `/hls/…`."""

    def __init__(self, process: MediaProcess) -> None:
        self._process = process
        self._cache = _Cache()

    async def serve(self, request: Request, sitting_id: str, rest: list[str]) -> Response:
        """`/hls/<id>/[~<token>/][preview/]<playlist>` or `…/<name>/<file>`."""
        if request.method == "OPTIONS":
            headers = [
                ("allow", _METHODS),
                ("access-control-allow-methods", _METHODS),
                ("access-control-allow-headers", "Range, If-None-Match"),
                ("access-control-max-age", "86400"),
            ]
            return Response(204, b"", headers)
        if request.method not in ("GET", "HEAD"):
            raise Problem(405, "method-not-allowed", "Only GET.", [("allow", _METHODS)])
        sitting = self._process.sittings.get(sitting_id)
        if sitting is None:
            raise _absent()
        source, rest = self._open(sitting, rest)
        match rest:
            case ["index.m3u8" | "video.m3u8" | "audio.m3u8" as name]:
                return self._playlist(request, source, name)
            case [folder, name] if folder == source.catalogue.name and _FILE.fullmatch(name):
                return await self._file(request, source, name)
        raise _absent()

    def _open(self, sitting: SittingMedia, rest: list[str]) -> tuple[_Source, list[str]]:
        """What the path's token, or the lack of one, opens; and the path behind it."""
        token = rest[0][1:] if rest and rest[0].startswith("~") else None
        rest = rest if token is None else rest[1:]
        if rest and rest[0] == "preview":
            shelf = sitting.preview
            if token is None or shelf is None or not self._bears(token, PreviewClaims, sitting):
                raise _absent()
            return _Source(shelf.catalogue, shelf.folder, False, True), rest[1:]
        private = sitting.order.access is not MediaAccess.PUBLIC
        if private and (token is None or not self._bears(token, PlayClaims, sitting)):
            raise _absent()
        catalogue = sitting.catalogue()
        if catalogue is None or not catalogue.playable:
            raise _absent()
        folder = sitting.folder / "rec" / catalogue.name
        ended = sitting.order.mode is MediaMode.ENDED
        return _Source(catalogue, folder, ended, private), rest

    def _bears(
        self, token: str, kind: type[PreviewClaims] | type[PlayClaims], sitting: SittingMedia
    ) -> bool:
        try:
            claims = read_token(token, kind, self._process.config.key)
        except BadSignature:
            return False
        return claims.sitting == sitting.id

    def _playlist(self, request: Request, source: _Source, name: str) -> Response:
        catalogue = source.catalogue
        if not catalogue.playable or (name == "video.m3u8" and not catalogue.video.segments):
            raise _absent()
        skip = not source.ended and "YES" in parse_qs(request.query).get("_HLS_skip", [])
        key = (catalogue.name, name, catalogue.version, source.ended, skip)
        body = self._cache.get(key)
        if body is None:
            if name == "index.m3u8":
                text = playlists.master(catalogue)
            else:
                r = playlists.RENDITION_OF[name]
                text = playlists.media(catalogue, r, ended=source.ended, skip=skip)
            body = text.encode()
            self._cache.put(key, body)
        etag = etag_of(body)
        age = "public, max-age=60" if source.ended else "public, max-age=1"
        headers: Headers = [
            ("content-type", _PLAYLIST),
            ("cache-control", "private, no-store" if source.private else age),
            ("etag", etag),
            ("vary", "Accept-Encoding"),
        ]
        if request.headers.get("if-none-match") == etag:
            return Response(304, b"", headers)
        if len(body) > _GZIP_FROM and "gzip" in request.headers.get("accept-encoding", ""):
            packed = self._cache.get((key, "gzip"))
            if packed is None:
                packed = gzip.compress(body, 5, mtime=0)
                self._cache.put((key, "gzip"), packed)
            return Response(200, packed, [*headers, ("content-encoding", "gzip")])
        return Response(200, body, headers)

    async def _file(self, request: Request, source: _Source, name: str) -> Response:
        if not _listed(source.catalogue, name):
            raise _absent()
        path = source.folder / name
        body = self._cache.get(path)
        if body is None:
            try:
                body = await asyncio.to_thread(path.read_bytes)
            except OSError as error:
                raise _absent() from error
            self._cache.put(path, body)
        headers: Headers = [
            ("content-type", _TYPES[name[0]]),
            ("accept-ranges", "bytes"),
            ("etag", f'"{source.catalogue.name}-{name}"'),
            (
                "cache-control",
                "private, no-store" if source.private else "public, max-age=31536000, immutable",
            ),
        ]
        if request.headers.get("if-none-match") == f'"{source.catalogue.name}-{name}"':
            return Response(304, b"", headers)
        return _ranged(request, body, headers)


def _listed(catalogue: Catalogue, name: str) -> bool:
    """Whether the file is whole: not the one being written, nor one not written yet."""
    track = catalogue.tracks["v" if name[0] == "v" else "a"]
    if name[1] == "i":
        return int(name[2:-4]) in track.inits
    return int(name[1:-4]) <= track.last_seq


def _ranged(request: Request, body: bytes, headers: Headers) -> Response:
    """One byte range (RFC 9110 section 14); several are answered with the whole."""
    match = re.fullmatch(r"bytes=(\d*)-(\d*)", request.headers.get("range", ""))
    if match is None or match.group(0) == "bytes=-":
        return Response(200, body, headers)
    first, last = match.groups()
    size = len(body)
    if first:
        start, end = int(first), min(int(last), size - 1) if last else size - 1
    else:
        start, end = max(0, size - int(last)), size - 1
    if start > end or start >= size:
        return Response(416, b"", [*headers, ("content-range", f"bytes */{size}")])
    part = body[start : end + 1]
    return Response(206, part, [*headers, ("content-range", f"bytes {start}-{end}/{size}")])
