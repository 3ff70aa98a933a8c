"""Downloads: `/hls/<id>/[~<token>/]download/<any name>.mp4` (or `.m4a`: sound alone).

The name is the page's, so that the file is called what it is; only its ending counts.
"""

import asyncio
import re
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path

from ..away import Away
from ..catalogue import Catalogue
from ..progressive import INDEXES, Film, Unreadable, film
from .messages import Headers, Request, Response, Scope, Send
from .pacing import EXTENSION, Pace
from .whole import absent

_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,99}\.(mp4|m4a)")
_TYPES = {"mp4": "video/mp4", "m4a": "audio/mp4"}
#: Indexes kept; that of four hours has some 10 MB.
_KEPT = 3


class Downloads:
    """Makes indexes one at a time, and keeps the latest."""

    def __init__(self, away: Away) -> None:
        self._away = away
        self._films: OrderedDict[tuple[Path, str], Film] = OrderedDict()
        self._making = asyncio.Lock()

    async def serve(
        self, request: Request, catalogue: Catalogue, folder: Path, name: str, *, private: bool
    ) -> Response:
        """A whole recording, or a range of it. It must be complete."""
        match = _NAME.fullmatch(name)
        if match is None or catalogue.final is None:
            raise absent()
        kind = match[1]
        if kind == "mp4" and not catalogue.video.real:
            raise absent()
        made = await self._film(catalogue, folder, kind)
        # Nothing changes in a recording that is complete, but it may be reopened.
        etag = f'"{catalogue.name}-{kind}-{made.size}-{catalogue.video.last_seq}"'
        headers: Headers = [
            ("content-type", _TYPES[kind]),
            ("content-disposition", f'attachment; filename="{name}"'),
            ("accept-ranges", "bytes"),
            ("etag", etag),
            # Too large for caches in between.
            ("cache-control", "private, no-store" if private else "private, max-age=3600"),
        ]
        if request.headers.get("if-none-match") == etag:
            return Response(304, b"", headers)
        start, end = 0, made.size
        asked = request.headers.get("range", "")
        if asked and request.headers.get("if-range", etag) == etag:
            found = _range(asked, made.size)
            if found is not None:
                start, end = found
                if start >= end:
                    headers.append(("content-range", f"bytes */{made.size}"))
                    return Response(416, b"", headers)
                headers.append(("content-range", f"bytes {start}-{end - 1}/{made.size}"))
                return self._pieces(206, headers, made, folder, start, end)
        return self._pieces(200, headers, made, folder, start, end)

    def _pieces(
        self, status: int, headers: Headers, made: Film, folder: Path, start: int, end: int
    ) -> Response:
        """From the disk, and where the segments are no longer there, from the storage."""
        if not self._away.has(folder):
            return Response(status, b"", headers, made.read(start, end), end - start)
        pieces = made.read(start, end, self._away.read_blocking)
        return Response(status, b"", headers, pieces, end - start, self._away.executor)

    async def _film(self, catalogue: Catalogue, folder: Path, kind: str) -> Film:
        key = (folder, kind)
        async with self._making:
            made = self._films.get(key)
            if made is None or len(made.pieces) == 0 or not self._there(made, folder):
                try:
                    made = await asyncio.to_thread(self._make, catalogue, folder, kind)
                except (OSError, Unreadable) as error:
                    raise absent() from error
                self._films[key] = made
                while len(self._films) > _KEPT:
                    self._films.popitem(last=False)
            self._films.move_to_end(key)
        return made

    def _there(self, made: Film, folder: Path) -> bool:
        """Whether it was not purged meanwhile."""
        return made.pieces[0].path.exists() or self._away.has(folder)

    def _make(self, catalogue: Catalogue, folder: Path, kind: str) -> Film:
        """The index: kept since the recording was archived, else from the fragments."""
        try:
            return Film.load(folder, kind)
        except FileNotFoundError:
            return film(catalogue, folder, INDEXES[kind])


def _range(text: str, size: int) -> tuple[int, int] | None:
    """Start and end of one byte range (RFC 9110 section 14); None: answer with the whole."""
    match = re.fullmatch(r"bytes=(\d*)-(\d*)", text)
    if match is None or not (match[1] or match[2]):
        return None
    if not match[1]:
        return max(0, size - int(match[2])), size
    start = int(match[1])
    end = min(int(match[2]) + 1, size) if match[2] else size
    if match[2] and int(match[2]) < start:
        return None
    return start, end


async def stream_response(
    scope: Scope, send: Send, response: Response, sent: Callable[[int], None], *, head: bool
) -> None:
    """Send a response piece by piece, as fast as it is read; `sent` hears how many bytes."""
    pieces = response.pieces
    assert pieces is not None
    headers = [*response.headers, ("content-length", str(response.size))]
    raw = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers]
    await send({"type": "http.response.start", "status": response.status, "headers": raw})
    if not head:
        loop = asyncio.get_running_loop()
        pace: Pace = scope["extensions"][EXTENSION]
        with pace:
            while await pace.room():
                piece = await loop.run_in_executor(response.executor, next, pieces, b"")
                if not piece:
                    break
                await send({"type": "http.response.body", "body": piece, "more_body": True})
                sent(len(piece))
    await send({"type": "http.response.body", "body": b""})
