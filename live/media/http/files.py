"""What is sent from memory or disk: recent files, and byte ranges of them."""

import re
from collections import OrderedDict
from pathlib import Path

from .messages import Headers, Request, Response

_CACHE_BYTES = 32 * 1024 * 1024


class Cache:
    """Recent files and playlists, least recently used first out.

    What changes has a `version`, and is kept once: its last one. A playlist of a long sitting is
    written anew every second or two, and the one before is never asked for again.
    """

    def __init__(self) -> None:
        self._kept: OrderedDict[object, tuple[object, bytes]] = OrderedDict()
        self.size = 0

    def get(self, key: object, version: object = None) -> bytes | None:
        kept, data = self._kept.get(key, (None, None))
        if data is None or kept != version:
            return None
        self._kept.move_to_end(key)
        return data

    def put(self, key: object, data: bytes, version: object = None) -> None:
        if len(data) > _CACHE_BYTES // 4:
            return
        _, before = self._kept.pop(key, (None, b""))
        self._kept[key] = (version, data)
        self.size += len(data) - len(before)
        while self.size > _CACHE_BYTES:
            _, (_, gone) = self._kept.popitem(last=False)
            self.size -= len(gone)


def read_range(path: Path, offset: int, size: int) -> bytes:
    """Part of a file."""
    with path.open("rb") as file:
        file.seek(offset)
        return file.read(size)


def ranged(request: Request, body: bytes, headers: Headers) -> Response:
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
