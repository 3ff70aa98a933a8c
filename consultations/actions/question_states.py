"""From a question's row to the states that entries and personal values carry."""

from typing import Any

from consultations.models import Question, QuestionState
from consultations.protocol import MyQuestion, PublicQuestion, QuestionReview, WrittenAnswer
from live.actions.facts import optional
from live.timeline.read import milliseconds

from .refusals import second_opinion

#: Published and open to support.
PUBLISHED = frozenset(
    {
        QuestionState.APPROVED,
        QuestionState.HIGHLIGHTED,
        QuestionState.ON_SCREEN,
        QuestionState.ANSWERED,
    }
)

#: Its author may ask another moderator to look at it again.
APPEALABLE = frozenset({QuestionState.REJECTED, QuestionState.MERGED})


def is_published(question: Question) -> bool:
    """Whether everyone sees it; of those not reached, the ones that had been published."""
    return question.published_at is not None and (
        question.state in PUBLISHED or question.state == QuestionState.NOT_REACHED
    )


def public_question(question: Question) -> PublicQuestion | None:
    """The state of key `question/<id>`; None when it is not published."""
    if not is_published(question) or question.published_at is None:
        return None
    return PublicQuestion.model_validate(
        {
            "id": question.pk,
            "text": question.text,
            "signature": question.signature,
            "agenda_item": question.agenda_item_id,
            "state": question.state,
            "submitted_at": milliseconds(question.submitted_at),
            "published_at": milliseconds(question.published_at),
            "answered_at": optional(question.answered_at),
            "relatives": question.relatives,
            "answer": _written(question),
            "answer_due": optional(question.answer_due),
        }
    )


def review(question: Question) -> QuestionReview:
    """The state of key `review/<id>`."""
    author = question.author
    return QuestionReview.model_validate(
        {
            "id": question.pk,
            "text": question.text,
            "signature": question.signature,
            "author": (author.display_name or None) if author else None,
            "person": author.public_id if author else None,
            "agenda_item": question.agenda_item_id,
            "state": question.state,
            "reviewed": question.reviewed,
            "revision": question.revision,
            "code": question.code or None,
            "reason": question.reason,
            "submitted_at": milliseconds(question.submitted_at),
            "published_at": optional(question.published_at),
            "answered_at": optional(question.answered_at),
            "merged_into": _carrier(question),
            "relatives": question.relatives,
            "flags": question.flags,
            "risk": question.risk,
            "reports": question.reports,
            "labels": question.labels,
            "notes": question.notes,
            "forwarded": _forwarded(question),
            "second_opinion": second_opinion(question=question),
            "answer": _written(question),
            "answer_due": optional(question.answer_due),
        }
    )


def my_question(question: Question) -> dict[str, Any]:
    """The `mine` value `question/<id>`."""
    carrier = root(question)
    merged = question.state == QuestionState.MERGED and carrier is not question
    readable = merged and is_published(carrier)
    appeal = {"state": question.appeal, "reason": question.appeal_reason}
    answered = carrier if readable else question
    return MyQuestion.model_validate(
        {
            "id": question.pk,
            "text": question.text,
            "agenda_item": question.agenda_item_id,
            "signature": question.signature,
            "state": question.state,
            "code": question.code or None,
            "reason": question.reason,
            "submitted_at": milliseconds(question.submitted_at),
            "merged_into": carrier.pk if merged else None,
            # What somebody else asked is shown once it is public.
            "merged_text": carrier.text if readable else None,
            "merged_state": carrier.state if merged else None,
            "answer": _written(answered),
            "answer_due": optional(answered.answer_due),
            "may_appeal": question.state in APPEALABLE and not question.appeal,
            "appeal": appeal if question.appeal else None,
        }
    ).model_dump(mode="json")


def root(question: Question) -> Question:
    """The question that carries on for this one: itself, unless it was merged."""
    while question.state == QuestionState.MERGED and question.merged_into is not None:
        question = question.merged_into
    return question


def _carrier(question: Question) -> int | None:
    return question.merged_into_id if question.state == QuestionState.MERGED else None


def _written(question: Question) -> WrittenAnswer | None:
    if not question.answer or question.answer_at is None:
        return None
    return WrittenAnswer(
        text=question.answer,
        official=question.answer_official,
        at=milliseconds(question.answer_at),
    )


def _forwarded(question: Question) -> dict[str, Any] | None:
    if question.forwarded_at is None:
        return None
    person = question.forwarded_person
    return {
        "to": question.forwarded_to,
        "person": person.public_id if person else None,
        "at": milliseconds(question.forwarded_at),
        "due": optional(question.answer_due),
    }
