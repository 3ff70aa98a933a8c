"""What a viewer gets of a multivariant playlist, and is told about it (`budget.json`)."""

import re
from collections.abc import Mapping
from urllib.parse import parse_qs

from pydantic import Field

from live.protocol.base import Message

from ..budget import Budget, Pictures
from ..catalogue import Catalogue
from ..ladder.book import Book
from ..ladder.rungs import RUNGS, Rung
from .messages import Request, Response, json_response

#: The header that tells what a multivariant playlist was cut down to.
HEADER = "palabre-pictures"
_SESSION = re.compile(r"[A-Za-z0-9_-]{8,64}")
_RECENT = 15


class BudgetNote(Message):
    """Answer to `budget.json`: what this viewer may have, and how full the line is."""

    pictures: str = Field(pattern="^(full|low|sound)$")
    #: What somebody who comes now would get.
    newcomers: str = Field(pattern="^(full|low|sound)$")
    #: Share of the line in use; `None`: there is no limit.
    load: float | None


def session_of(request: Request) -> str | None:
    """The player's own random name for this visit (`?s=`)."""
    found = parse_qs(request.query).get("s", [""])[-1]
    return found if _SESSION.fullmatch(found) else None


def cut(listed: Mapping[Rung, Book], pictures: Pictures) -> dict[Rung, Book]:
    """The rungs that remain. `LOW` keeps what is smaller than the source."""
    return {} if pictures is Pictures.SOUND else dict(listed)


def _rate(parts: list[tuple[int, float]]) -> float:
    total = sum(duration for _, duration in parts)
    return sum(size for size, _ in parts) * 8 / total if total else 0.0


def rates_by_name(catalogue: Catalogue, listed: Mapping[Rung, Book]) -> dict[str, float]:
    """Bits per second of each rendition, with sound, lately."""
    sound = _rate([(s.size, s.duration) for s in catalogue.audio.segments[-_RECENT:]])
    recent = catalogue.video.segments[-_RECENT:]
    rates = {"audio": sound, "video": sound + _rate([(s.size, s.duration) for s in recent])}
    for rung, book in listed.items():
        made = [m for s in recent if (m := book.shows(s)) is not None]
        rates[rung.name] = sound + _rate([(m.size, m.duration) for m in made])
    return rates


def admit(
    budget: Budget,
    request: Request,
    sitting: str,
    catalogue: Catalogue,
    listed: Mapping[Rung, Book],
) -> Pictures:
    """What whoever asks gets. Without a smaller picture, less than everything is sound."""
    if not budget.uplink:
        return Pictures.FULL
    rates = rates_by_name(catalogue, listed)
    low = [rates[r.name] for r in RUNGS if r in listed]
    session = session_of(request)
    given = budget.admit(
        (sitting, session) if session else None,
        {
            Pictures.FULL: rates["video"],
            Pictures.LOW: low[0] if low else rates["audio"],
            Pictures.SOUND: rates["audio"],
        },
    )
    return Pictures.SOUND if given is Pictures.LOW and not low else given


def note(
    budget: Budget,
    request: Request,
    sitting: str,
    catalogue: Catalogue,
    listed: Mapping[Rung, Book],
) -> Response:
    """`budget.json?s=<session>&r=<rendition>`: hear what is watched, answer what may be."""
    session = session_of(request)
    newcomers = budget.look()
    given = newcomers
    if session is not None:
        given = admit(budget, request, sitting, catalogue, listed)
        watched = parse_qs(request.query).get("r", [""])[-1]
        rate = rates_by_name(catalogue, listed).get(watched)
        if rate is not None:
            budget.heard((sitting, session), rate)
    return json_response(
        BudgetNote(
            pictures=given.name.lower(),
            newcomers=newcomers.name.lower(),
            load=round(budget.load, 3) if budget.uplink else None,
        ).model_dump_json()
    )
