"""Searches the index."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Self

from django.db.models import QuerySet
from django.utils import timezone
from modelsearch.backends import get_search_backend
from modelsearch.query import PlainText

from communes.models import Commune
from portal.models import SearchEntry, SearchKind
from portal.replay import second_of

from .context import Piece, excerpt
from .stems import stems

#: Words that are looked for; more say no more.
MOST_WORDS = 12
MOST_TYPED = 200


@dataclass(frozen=True)
class Wanted:
    """What somebody looks for, and where."""

    text: str
    commune: Commune | None = None
    kind: SearchKind | None = None
    year: int | None = None

    @property
    def stems(self) -> list[str]:
        return stems(self.text[:MOST_TYPED])[:MOST_WORDS]

    def of_kind(self, kind: SearchKind | None) -> Self:
        return replace(self, kind=kind)


@dataclass(frozen=True)
class Hit:
    """One result. `path` opens a recording at its second."""

    entry: SearchEntry
    path: str
    second: int | None
    heading: list[Piece]
    pieces: list[Piece]

    @property
    def at(self) -> datetime:
        return self.entry.at


def _scope(wanted: Wanted) -> QuerySet[SearchEntry]:
    rows = SearchEntry.objects.filter(public_from__lte=timezone.now())
    if wanted.commune is not None:
        rows = rows.filter(commune_id=wanted.commune.pk)
    if wanted.kind is not None:
        rows = rows.filter(kind=wanted.kind)
    if wanted.year is not None:
        rows = rows.filter(year=wanted.year)
    return rows


def count(wanted: Wanted) -> int:
    if not wanted.stems:
        return 0
    return int(_results(wanted).count())


def counts(wanted: Wanted) -> list[tuple[SearchKind, int]]:
    """How many there are of each kind that there is."""
    found = [(kind, count(wanted.of_kind(kind))) for kind in SearchKind]
    return [(kind, number) for kind, number in found if number]


def years(commune: Commune | None) -> list[int]:
    rows = _scope(Wanted("", commune))
    return sorted(rows.values_list("year", flat=True).distinct(), reverse=True)


def _results(wanted: Wanted):  # type: ignore[no-untyped-def]  # modelsearch has no types
    query = PlainText(" ".join(wanted.stems), operator="and")
    return get_search_backend().search(query, _scope(wanted))


def find(wanted: Wanted, offset: int = 0, limit: int = 20) -> list[Hit]:
    """The best hits first."""
    if not wanted.stems:
        return []
    entries: list[SearchEntry] = list(_results(wanted)[offset : offset + limit])
    related = SearchEntry.objects.select_related(
        "commune", "sitting__commune", "sitting__recording"
    )
    rows = related.in_bulk([entry.pk for entry in entries])
    return [_hit(rows[entry.pk], wanted.stems) for entry in entries if entry.pk in rows]


def _hit(entry: SearchEntry, wanted: list[str]) -> Hit:
    second = None
    if entry.sitting is not None and entry.kind in {SearchKind.QUESTION, SearchKind.ANSWER}:
        second = second_of(entry.sitting, entry.at)
    return Hit(
        entry=entry,
        path=entry.path if second is None else f"{entry.path}?t={second}",
        second=second,
        heading=excerpt(entry.heading, wanted, 300),
        pieces=excerpt(entry.body, wanted) if entry.body else [],
    )
