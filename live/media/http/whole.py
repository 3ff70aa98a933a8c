"""Files that never change, whole: segments and what initialises them, from disk or the storage."""

import asyncio
from pathlib import Path

from ..away import Away, Unreachable
from ..catalogue import Catalogue
from .files import Cache, ranged
from .messages import Headers, Problem, Request, Response

TYPES = {"v": "video/mp4", "a": "audio/mp4"}
#: Shorter than the address that a viewer is sent to is good for.
_REDIRECT_AGE_S = 1800


def absent() -> Problem:
    """Whoever may not see something is told that it does not exist."""
    return Problem(404, "not-found", "There is nothing here.")


def away_now() -> Problem:
    """It is there, but not now; players try again."""
    return Problem(503, "storage-away", "The archive does not answer.", [("retry-after", "5")])


def listed(catalogue: Catalogue, name: str) -> bool:
    """Whether the file is whole: not the one being written, nor one not written yet."""
    track = catalogue.tracks["v" if name[0] == "v" else "a"]
    if name[1] == "i":
        return int(name[2:-4]) in track.inits
    return int(name[1:-4]) <= track.last_seq


async def send_whole(
    request: Request, cache: Cache, away: Away, folder: Path, name: str, *, private: bool
) -> Response:
    """A file of a recording; `name` below its folder. Raises `Problem`."""
    etag = f'"{folder.name}-{name.replace("/", "-")}"'
    path = folder / name
    headers: Headers = [
        ("content-type", TYPES["a" if name[0] == "a" else "v"]),
        ("accept-ranges", "bytes"),
        ("etag", etag),
        (
            "cache-control",
            "private, no-store" if private else "public, max-age=31536000, immutable",
        ),
    ]
    if request.headers.get("if-none-match") == etag:
        return Response(304, b"", headers)
    body = cache.get(path)
    if body is None:
        try:
            body = await asyncio.to_thread(path.read_bytes)
        except OSError as error:
            if not away.has(folder):
                raise absent() from error
            # What is private never leaves by an address that needs no token of ours.
            address = None if private else await away.url(path)
            if address is not None:
                return Response(302, b"", _sent_to(address))
            body = await _from_storage(away, path)
        cache.put(path, body)
    return ranged(request, body, headers)


async def _from_storage(away: Away, path: Path) -> bytes:
    try:
        return await away.read(path)
    except FileNotFoundError as error:
        raise absent() from error
    except Unreachable as error:
        raise away_now() from error


def _sent_to(address: str) -> Headers:
    return [("location", address), ("cache-control", f"public, max-age={_REDIRECT_AGE_S}")]
