"""HLS (RFC 8216): playlists from the catalogue, segments from disk, with path tokens.

Two ways in: `index.m3u8` has whole segments; `low.m3u8` has parts as well, and blocks (`low`).

Whoever may not see something is told that it does not exist.
"""

import asyncio
import gzip
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from live.protocol.media import MediaAccess, MediaMode, PlayClaims, PreviewClaims
from live.protocol.signing import BadSignature, read_token

from .. import playlists
from ..budget import Pictures
from ..catalogue import Catalogue, segment_name
from ..config import TARGET_S
from ..edge import Edge
from ..elsewhere import Elsewhere
from ..journal import Rendition
from ..ladder import shown
from ..ladder.rungs import BY_NAME, RUNGS
from ..process import MediaProcess
from ..sitting import SittingMedia
from . import low, viewing
from .download import Downloads
from .files import Cache, ranged, read_range
from .messages import Headers, Problem, Request, Response, etag_of
from .whole import TYPES, absent, listed, send_whole

_PLAYLIST = "application/vnd.apple.mpegurl"
_FILE = re.compile(r"(v|a)(?:\d{1,9}\.m4s|i\d{1,9}\.mp4)")
_PART = re.compile(r"(v|a)p(\d{1,12})\.m4s")
#: By the address of a media playlist: its rendition, and whether it has parts.
_MEDIA: dict[str, tuple[Rendition, bool]] = {
    name: (r, parts)
    for parts, names in ((False, playlists.NAMES), (True, playlists.low.NAMES))
    for r, name in names.items()
}
_MULTIVARIANT = {"index.m3u8": "", "low.m3u8": playlists.low.PREFIX}
_RUNG_PLAYLISTS = {rung.playlist: rung for rung in RUNGS}
_METHODS = "GET, HEAD, OPTIONS"
_GZIP_FROM = 1024
_Sitting = SittingMedia | Elsewhere


@dataclass(frozen=True)
class _Source:
    """What a request may see."""

    catalogue: Catalogue
    folder: Path
    ended: bool
    #: Nothing in between may keep it.
    private: bool
    #: `None` where nothing can be on its way.
    edge: Edge | None
    preview: bool = False


class Hls:
    """Handlers of `/hls/…`."""

    def __init__(self, process: MediaProcess) -> None:
        self._process = process
        self._cache = Cache()
        self._downloads = Downloads(process.away)

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
        sitting = self._process.find(sitting_id)
        if sitting is None:
            raise absent()
        source, inner = self._open(sitting, rest)
        match inner:
            case [name] if name in _MULTIVARIANT or name == "budget.json":
                return await self._multivariant(request, sitting_id, source, name)
            case [name] if name in _RUNG_PLAYLISTS:
                asked = low.read_directives(request.query)
                return await self._rung_playlist(request, source, name, skip=asked.skip)
            case [folder, rung, name] if folder == source.catalogue.name and rung in BY_NAME:
                return await self._rung_file(request, source, rung, name)
            case [name] if name in _MEDIA:
                asked = low.read_directives(request.query)
                source, there = await self._reached(sitting, rest, source, name, asked)
                return self._playlist(request, source, name, asked, there=there)
            case ["download", name] if source.ended:
                return await self._downloads.serve(
                    request, source.catalogue, source.folder, name, private=source.private
                )
            case [folder, name] if folder == source.catalogue.name:
                if _FILE.fullmatch(name):
                    return await self._file(request, source, name)
                if part := _PART.fullmatch(name):
                    r: Rendition = "v" if part[1] == "v" else "a"
                    return await self._part(request, sitting, rest, source, r, int(part[2]))
        raise absent()

    async def _reached(
        self,
        sitting: _Sitting,
        rest: list[str],
        source: _Source,
        name: str,
        asked: low.Directives,
    ) -> tuple[_Source, bool]:
        """Wait for what a blocking reload asks for; whether it came, and what may be seen then."""
        r, parts = _MEDIA[name]
        edge, catalogue = source.edge, source.catalogue
        if asked.msn is None or not parts or edge is None or self._is_still(sitting, edge):
            return source, False
        msn, part = asked.msn, asked.part
        low.refuse_too_far(edge, catalogue, r, asked)
        track = edge.tracks[r]

        def there() -> bool:
            return track.reached(catalogue.tracks[r].last_seq, msn, part)

        if there():
            return source, True
        await low.wait_until(edge, r, there, lambda: self._is_still(sitting, edge))
        # What was allowed when it began to wait may not be now.
        return self._open(sitting, rest)[0], there()

    async def _part(
        self,
        request: Request,
        sitting: _Sitting,
        rest: list[str],
        source: _Source,
        r: Rendition,
        number: int,
    ) -> Response:
        """A part; the next one, which is hinted, is waited for (RFC 8216bis section 6.2.6)."""
        edge = source.edge
        if edge is None:
            raise absent()
        track = edge.tracks[r]
        if number == track.next_number and edge.going:
            await low.wait_until(
                edge,
                r,
                lambda: track.next_number > number,
                lambda: self._is_still(sitting, edge),
            )
            source, _ = self._open(sitting, rest)
        found = track.find(number)
        if found is None:
            raise absent()
        seq, part = found
        path = source.folder / segment_name(r, seq)
        key = (path, part.offset)
        body = self._cache.get(key)
        if body is None:
            try:
                body = await asyncio.to_thread(read_range, path, part.offset, part.size)
            except OSError as error:
                raise absent() from error
            self._cache.put(key, body)
        headers: Headers = [
            ("content-type", TYPES[r]),
            ("accept-ranges", "bytes"),
            # Its segment is what is kept: nobody asks for a part after some seconds.
            ("cache-control", "private, no-store" if source.private else "public, max-age=60"),
        ]
        return ranged(request, body, headers)

    def _is_still(self, sitting: _Sitting, edge: Edge) -> bool:
        """Whether nothing is on its way to this edge any more."""
        shelf = next(
            (s for s in (sitting.recording, sitting.preview) if s and s.edge is edge), None
        )
        if shelf is None:
            return True
        ending = sitting.order.mode is MediaMode.ENDED and shelf is sitting.recording
        return not edge.going and (not ending or shelf.catalogue.final is not None)

    def allowed(self, sitting_id: str, rest: list[str]) -> Response:
        """For a proxy that sends files from disk (`auth_request` of deploy/nginx.conf): whether
        this address may be, that is, 204 or 403. A segment that is being written may not yet."""
        sitting = self._process.find(sitting_id)
        try:
            if sitting is None or "preview" in rest:
                raise absent()
            source, inner = self._open(sitting, rest)
            match inner:
                case [folder, name] if folder == source.catalogue.name and _FILE.fullmatch(name):
                    if listed(source.catalogue, name):
                        # Purged files are gone from the disk as well, whatever the proxy keeps.
                        keep = "60" if source.ended else "2"
                        return Response(204, b"", [("x-accel-expires", keep)])
        except Problem:
            pass
        return Response(403, b"", [("x-accel-expires", "0"), ("cache-control", "no-store")])

    def _open(self, sitting: _Sitting, rest: list[str]) -> tuple[_Source, list[str]]:
        """What the path's token, or the lack of one, opens; and the path behind it."""
        token = rest[0][1:] if rest and rest[0].startswith("~") else None
        rest = rest if token is None else rest[1:]
        if rest and rest[0] == "preview":
            shelf = sitting.preview
            if token is None or shelf is None or not self._bears(token, PreviewClaims, sitting):
                raise absent()
            return _Source(shelf.catalogue, shelf.folder, False, True, shelf.edge, True), rest[1:]
        private = sitting.order.access is not MediaAccess.PUBLIC
        if private and (token is None or not self._bears(token, PlayClaims, sitting)):
            raise absent()
        catalogue = sitting.catalogue()
        if catalogue is None or not catalogue.playable:
            raise absent()
        folder = sitting.folder / "rec" / catalogue.name
        ending = sitting.order.mode is MediaMode.ENDED
        # A playlist with an end list never changes (RFC 8216 section 6.2.1).
        ended = ending and catalogue.final is not None
        edge = None if sitting.recording is None else sitting.recording.edge
        return _Source(catalogue, folder, ended, private, edge), rest

    def _bears(
        self, token: str, kind: type[PreviewClaims] | type[PlayClaims], sitting: _Sitting
    ) -> bool:
        try:
            claims = read_token(token, kind, self._process.config.key)
        except BadSignature:
            return False
        return claims.sitting == sitting.id

    def _playlist(
        self,
        request: Request,
        source: _Source,
        name: str,
        asked: low.Directives | None = None,
        *,
        there: bool = False,
    ) -> Response:
        """A playlist as it is now. `there`: it has what a blocking reload waited for."""
        catalogue, edge = source.catalogue, source.edge
        r, parts = _MEDIA[name]
        if not catalogue.playable or not catalogue.tracks[r].segments:
            raise absent()
        skip = asked is not None and asked.skip and not source.ended
        at_edge = edge.version if edge is not None and parts else 0
        return self._text(
            request,
            (catalogue.name, name, skip),
            (catalogue.version, at_edge, source.ended),
            lambda: playlists.media(
                catalogue, r, ended=source.ended, skip=skip, edge=edge if parts else None
            ),
            _age(source, there=there),
        )

    async def _multivariant(
        self, request: Request, sitting_id: str, source: _Source, name: str
    ) -> Response:
        catalogue = source.catalogue
        if not catalogue.playable:
            raise absent()
        made = (await self._shown(source)).listed(catalogue, ended=source.ended)
        budget = self._process.budget
        if name == "budget.json":
            return viewing.note(budget, request, sitting_id, catalogue, made)
        given = viewing.admit(budget, request, sitting_id, catalogue, made)
        listed, full = viewing.cut(made, given), given is Pictures.FULL
        # What has parts has the source alone: all playlists that are listed together must offer the
        # same (RFC 8216bis section 6.2.4). Without the source there is nothing with parts.
        prefix = _MULTIVARIANT[name] if full else ""
        if prefix:
            listed = {}
        names = tuple(rung.name for rung in listed)
        versions = tuple(book.version for book in listed.values())
        response = self._text(
            request,
            (catalogue.name, prefix, full, names),
            (catalogue.version, source.ended, versions),
            lambda: playlists.master(catalogue, prefix, listed, source=full),
            "private, no-store" if budget.uplink else _age(source, there=False),
        )
        response.headers.append((viewing.HEADER, given.name.lower()))
        return response

    async def _rung_playlist(
        self, request: Request, source: _Source, name: str, *, skip: bool
    ) -> Response:
        """There only while the rung is made, so that players leave it and do not wait for it."""
        catalogue, rung = source.catalogue, _RUNG_PLAYLISTS[name]
        book = (await self._shown(source)).books[rung]
        if not shown.playable(catalogue, book):
            raise absent()
        ended = source.ended and shown.complete(catalogue, book)
        return self._text(
            request,
            (catalogue.name, name, skip),
            (catalogue.version, book.version, ended),
            lambda: playlists.rung(catalogue, book, rung, ended=ended, skip=skip),
            _age(source if ended else replace(source, ended=False), there=False),
        )

    async def _rung_file(self, request: Request, source: _Source, rung: str, name: str) -> Response:
        book = (await self._shown(source)).books[BY_NAME[rung]]
        if (
            not _FILE.fullmatch(name)
            or name[0] != "v"
            or not shown.has_file(source.catalogue, book, name)
        ):
            raise absent()
        return await self._whole(request, source, f"{rung}/{name}")

    async def _shown(self, source: _Source) -> shown.Shown:
        """The smaller pictures; a preview has none."""
        if source.preview:
            return shown.Shown()
        return await self._process.rungs.look(source.folder)

    def _text(
        self,
        request: Request,
        key: tuple[object, ...],
        version: tuple[object, ...],
        write: Callable[[], str],
        age: str,
    ) -> Response:
        """A playlist, written unless this version of it is known."""
        body = self._cache.get(key, version)
        if body is None:
            body = write().encode()
            self._cache.put(key, body, version)
        etag = etag_of(body)
        headers: Headers = [
            ("content-type", _PLAYLIST),
            ("cache-control", age),
            ("etag", etag),
            ("vary", "Accept-Encoding"),
        ]
        if request.headers.get("if-none-match") == etag:
            return Response(304, b"", headers)
        if len(body) > _GZIP_FROM and "gzip" in request.headers.get("accept-encoding", ""):
            packed = self._cache.get((key, "gzip"), version)
            if packed is None:
                packed = gzip.compress(body, 5, mtime=0)
                self._cache.put((key, "gzip"), packed, version)
            return Response(200, packed, [*headers, ("content-encoding", "gzip")])
        return Response(200, body, headers)

    async def _file(self, request: Request, source: _Source, name: str) -> Response:
        if not listed(source.catalogue, name):
            raise absent()
        return await self._whole(request, source, name)

    async def _whole(self, request: Request, source: _Source, name: str) -> Response:
        """A file that never changes; `name` below the recording's folder."""
        away = self._process.away
        return await send_whole(
            request, self._cache, away, source.folder, name, private=source.private
        )


def _age(source: _Source, *, there: bool) -> str:
    """How long a playlist may be kept. One that was waited for stays right for whoever asks for
    the same (RFC 8216bis appendix B.1: six target durations)."""
    if source.private:
        return "private, no-store"
    if source.ended:
        return "public, max-age=60"
    return f"public, max-age={6 * TARGET_S if there else 1}"
