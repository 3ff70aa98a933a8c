"""What is sent from memory or disk: recent files, and byte ranges of them."""

import re
from collections import OrderedDict
from pathlib import Path

from .messages import Headers, Request, Response

_CACHE_BYTES = 32 * 1024 * 1024


class Cache:
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
