"""Blocking requests of low-latency HLS (RFC 8216bis sections 6.2.5.2 and 6.2.6).

A request for what is not there yet waits for it; however many wait for the same, they wait for one
event, and what they get was encoded and compressed once.
"""

import asyncio
import re
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import parse_qs

from ..catalogue import Catalogue
from ..config import TARGET_S
from ..edge import Edge
from ..journal import Rendition
from ..playlists import low
from .messages import Problem

#: Section 6.2.5.2: nobody waits longer.
LONGEST_WAIT_S = 3.0 * TARGET_S
#: Section 6.2.5.2: so many segments after the last one may be asked for.
_AHEAD = 2
_NUMBER = re.compile(r"[0-9]{1,9}")


@dataclass(frozen=True)
class Directives:
    """Delivery directives (section 6.2.5)."""

    msn: int | None = None
    part: int | None = None
    skip: bool = False


def read_directives(query: str) -> Directives:
    """The directives of a query; raises `Problem` 400 where they make no sense."""
    found = parse_qs(query, keep_blank_values=True)
    if any(len(values) > 1 for name, values in found.items() if name.startswith("_HLS_")):
        raise _nonsense("A delivery directive is given twice.")
    msn, part = (_number(found.get(name)) for name in ("_HLS_msn", "_HLS_part"))
    if part is not None and msn is None:
        raise _nonsense("_HLS_part needs _HLS_msn.")
    skip = found.get("_HLS_skip", [""])[0]
    if skip not in ("", "YES", "v2"):
        raise _nonsense("_HLS_skip is YES or v2.")
    return Directives(msn, part, bool(skip))


def _number(values: list[str] | None) -> int | None:
    if values is None:
        return None
    if not _NUMBER.fullmatch(values[0]):
        raise _nonsense("_HLS_msn and _HLS_part are decimal integers.")
    return int(values[0])


def _nonsense(detail: str) -> Problem:
    return Problem(400, "bad-directive", detail)


def refuse_too_far(edge: Edge, catalogue: Catalogue, r: Rendition, asked: Directives) -> None:
    """Refuse what no client that follows the playlist would ask for (section 6.2.5.2)."""
    last_seq = catalogue.tracks[r].last_seq
    msn, part = edge.tracks[r].last(last_seq)
    if asked.msn is None:
        return
    parts_ahead = (asked.part or 0) - ((part or 0) if asked.msn == msn else -1)
    if asked.msn > last_seq + _AHEAD or (asked.msn >= msn and parts_ahead > low.ADVANCE_PARTS):
        raise Problem(400, "too-far-ahead", "That is too far ahead.")


async def wait_until(
    edge: Edge, r: Rendition, there: Callable[[], bool], over: Callable[[], bool]
) -> None:
    """Wait until it is `there`, or nothing is on its way any more; `Problem` 503 after too long.

    `over`: whether what follows the last part is known to be complete.
    """
    loop = asyncio.get_running_loop()
    deadline = loop.time() + LONGEST_WAIT_S
    while not there() and not over():
        left = deadline - loop.time()
        if left <= 0 or not await edge.tracks[r].change(left):
            raise Problem(503, "late", "It did not come in time.", [("retry-after", "1")])
