"""`/api/v1/…`: what joins moderation with what citizens contribute."""

from typing import Annotated

from django.http import HttpRequest
from ninja import Query, Router
from pydantic import Field

from consultations.api.asking import address_of, seen_sitting
from consultations.models import Question
from live.protocol.base import Message
from live.transport.limits import spend
from moderation.similarity import similar

router = Router(tags=["questions"])

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
