"""`/api/v1/…`: what joins moderation with what citizens contribute."""

from typing import Annotated

from django.http import HttpRequest
from ninja import Query, Router
from pydantic import Field

from communes.models import Commune
from consultations.api.asking import address_of, seen_sitting
from consultations.models import Concern, Question
from live.protocol.base import Message
from live.protocol.errors import ErrorCode, Refused
from live.transport.limits import spend
from moderation.concern_index import alike
from moderation.similarity import similar

router = Router(tags=["questions"])
concerns = Router(tags=["concerns"])

SHOWN = 5
#: One asks while typing, so often; a whole hall may share an address.
PER_PERSON, PER_ADDRESS = "30/minute", "1200/minute"


class SimilarQuestion(Message):
    """A published question that asks about the same; `score` from 0 to 1."""

    question: int
    text: str
    state: str
    supports: int
    score: float


class SimilarQuestions(Message):
    items: list[SimilarQuestion]
    total: Annotated[int, Field(ge=0)]


@router.get("/{sitting_id}/similar", response=SimilarQuestions)
def similar_questions(
    request: HttpRequest,
    sitting_id: str,
    text: Annotated[str, Query(min_length=3, max_length=500)],
) -> SimilarQuestions:
    """Published questions that ask what somebody is typing, the most alike first: they may
    support one instead."""
    sitting = seen_sitting(request, sitting_id)
    spend(PER_ADDRESS, "similar", address_of(request))
    if request.user.is_authenticated:
        spend(PER_PERSON, "similar", str(request.user.pk))
    matches = similar(sitting.pk, text, SHOWN)
    rows = Question.objects.in_bulk([match.question for match in matches])
    found = [
        SimilarQuestion(
            question=match.question,
            text=rows[match.question].text,
            state=rows[match.question].state,
            supports=rows[match.question].supports,
            score=round(match.score, 3),
        )
        for match in matches
        if match.question in rows
    ]
    return SimilarQuestions(items=found, total=len(found))


class SimilarConcern(Message):
    """A public concern that says about the same; `score` from 0 to 1."""

    concern: int
    text: str
    state: str
    supports: int
    page: str
    score: float


class SimilarConcerns(Message):
    items: list[SimilarConcern]
    total: Annotated[int, Field(ge=0)]


def concerns_like(commune: Commune, text: str) -> list[SimilarConcern]:
    """Public concerns of a commune that say about the same, the most alike first."""
    matches = alike(commune.pk, text, SHOWN)
    rows = Concern.objects.in_bulk([match.concern for match in matches])
    return [
        SimilarConcern(
            concern=match.concern,
            text=rows[match.concern].text,
            state=rows[match.concern].state,
            supports=rows[match.concern].supports,
            page=f"/{commune.slug}/preoccupations/{match.concern}/",
            score=round(match.score, 3),
        )
        for match in matches
        if match.concern in rows
    ]


@concerns.get("/similar", response=SimilarConcerns)
def similar_concerns(
    request: HttpRequest,
    commune: Annotated[str, Query(max_length=60)],
    text: Annotated[str, Query(min_length=3, max_length=500)],
) -> SimilarConcerns:
    """Public concerns like what somebody is about to raise: they may support one instead."""
    place = Commune.objects.filter(slug=commune).first()
    if place is None:
        raise Refused(ErrorCode.NOT_FOUND, "no such commune")
    spend(PER_ADDRESS, "similar", address_of(request))
    if request.user.is_authenticated:
        spend(PER_PERSON, "similar", str(request.user.pk))
    found = concerns_like(place, text)
    return SimilarConcerns(items=found, total=len(found))
