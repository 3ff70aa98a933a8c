"""Downloads: `/hls/<id>/[~<token>/]download/<any name>.mp4` (or `.m4a`: sound alone).

The name is the page's, so that the file is called what it is; only its ending counts.
"""

import asyncio
import re
from collections import OrderedDict
from pathlib import Path

from ..catalogue import Catalogue
from ..journal import Rendition
from ..progressive import Film, Unreadable, film
from .messages import Headers, Problem, Request, Response, Scope, Send
from .pacing import EXTENSION, Pace

_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,99}\.(mp4|m4a)")
_KINDS: dict[str, tuple[tuple[Rendition, ...], str]] = {
    "mp4": (("v", "a"), "video/mp4"),
    "m4a": (("a",), "audio/mp4"),
}
#: Indexes kept; that of four hours has some 10 MB.
_KEPT = 3


def _absent() -> Problem:
    return Problem(404, "not-found", "There is nothing here.")


class Downloads:
    """Makes indexes one at a time, and keeps the latest."""

    def __init__(self) -> None:
        self._films: OrderedDict[tuple[Path, str], Film] = OrderedDict()
        self._making = asyncio.Lock()

    async def serve(
        self, request: Request, catalogue: Catalogue, folder: Path, name: str, *, private: bool
    ) -> Response:
        """A whole recording, or a range of it. It must be complete."""
        match = _NAME.fullmatch(name)
        if match is None or catalogue.final is None:
            raise _absent()
        kind = match[1]
        if kind == "mp4" and not catalogue.video.real:
            raise _absent()
        made = await self._film(catalogue, folder, kind)
        # Nothing changes in a recording that is complete, but it may be reopened.
        etag = f'"{catalogue.name}-{kind}-{made.size}-{catalogue.video.last_seq}"'
        headers: Headers = [
            ("content-type", _KINDS[kind][1]),
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
                return Response(206, b"", headers, made.read(start, end), end - start)
        return Response(200, b"", headers, made.read(start, end), made.size)

    async def _film(self, catalogue: Catalogue, folder: Path, kind: str) -> Film:
        key = (folder, kind)
        async with self._making:
            made = self._films.get(key)
            if made is None or len(made.pieces) == 0 or not made.pieces[0].path.exists():
                try:
                    made = await asyncio.to_thread(film, catalogue, folder, _KINDS[kind][0])
                except (OSError, Unreadable) as error:
                    raise _absent() from error
                self._films[key] = made
                while len(self._films) > _KEPT:
                    self._films.popitem(last=False)
            self._films.move_to_end(key)
        return made


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


async def stream_response(scope: Scope, send: Send, response: Response, *, head: bool) -> None:
    """Send a response piece by piece, as fast as it is read."""
    pieces = response.pieces
    assert pieces is not None
    headers = [*response.headers, ("content-length", str(response.size))]
    raw = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers]
    await send({"type": "http.response.start", "status": response.status, "headers": raw})
    if not head:
        pace: Pace = scope["extensions"][EXTENSION]
        with pace:
            while await pace.room():
                piece = await asyncio.to_thread(next, pieces, b"")
                if not piece:
                    break
                await send({"type": "http.response.body", "body": piece, "more_body": True})
    await send({"type": "http.response.body", "body": b""})
