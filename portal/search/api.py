"""`/api/v1/search`: what the site's search finds."""

from typing import Annotated, Literal

from django.http import HttpRequest
from ninja import Query, Router
from pydantic import Field

from communes.models import Commune
from live.protocol.base import Message
from live.timeline.read import milliseconds
from portal.islands import absolute
from portal.models import SearchKind

from .find import MOST_TYPED, Wanted, count, find

router = Router(tags=["search"])

MOST = 50
FURTHEST = 1000
SearchKindName = Literal[
    "document", "sitting", "question", "answer", "commitment", "concern", "practice"
]


class SearchHit(Message):
    """`excerpt`: the words around the hit; `second`: of the recording, already in `url`."""

    kind: SearchKindName
    key: str
    commune: str
    year: int
    at: int
    heading: str
    excerpt: str
    url: str
    second: int | None


class SearchHits(Message):
    items: list[SearchHit]
    total: int = Field(ge=0)


@router.get("", response=SearchHits)
def search(
    request: HttpRequest,
    q: Annotated[str, Query(min_length=1, max_length=MOST_TYPED)],
    commune: str | None = None,
    kind: SearchKindName | None = None,
    year: Annotated[int | None, Query(ge=1900, le=2100)] = None,
    offset: int = 0,
    limit: int = 20,
) -> SearchHits:
    """The best hits first: all words are wanted, in any of their French forms."""
    place = None
    if commune is not None:
        place = Commune.objects.filter(slug=commune).first()
        if place is None:
            return SearchHits(items=[], total=0)
    wanted = Wanted(q, place, SearchKind(kind) if kind else None, year)
    offset, limit = min(max(offset, 0), FURTHEST), min(max(limit, 1), MOST)
    hits = [
        SearchHit.model_validate(
            {
                "kind": hit.entry.kind,
                "key": hit.entry.key,
                "commune": hit.entry.commune.slug,
                "year": hit.entry.year,
                "at": milliseconds(hit.at),
                "heading": hit.entry.heading,
                "excerpt": "".join(piece.text for piece in hit.pieces),
                "url": absolute(hit.path),
                "second": hit.second,
            }
        )
        for hit in find(wanted, offset, limit)
    ]
    return SearchHits(items=hits, total=count(wanted))
