"""Where a question is approved or refused."""

from django.utils import timezone

from consultations.actions.questions import find, move
from consultations.models import Question, QuestionState
from live.actions.context import Context
from live.protocol.errors import ErrorCode, Refused
from moderation.models import Decision, Verdict

WAITING = frozenset({QuestionState.PENDING, QuestionState.REJECTED})


def approve(context: Context, question_id: int) -> Question:
    """Publish a question; also one that was refused by mistake."""
    question = find(context, question_id)
    if question.state not in WAITING:
        raise Refused(ErrorCode.WRONG_STATE, f"the question is {question.state}")
    before, question.reason = question.state, ""
    move(
        question,
        QuestionState.APPROVED,
        "question.approved",
        context.by("moderator"),
        review_kind="review.changed",
    )
    _decide(context, question, Verdict.APPROVE, before, "")
    return question


def reject(context: Context, question_id: int, reason: str) -> Question:
    """Refuse a question for a reason that its author sees."""
    question = find(context, question_id)
    before, question.reason = question.state, reason
    move(
        question,
        QuestionState.REJECTED,
        "question.unpublished",
        context.by("moderator"),
        review_kind="question.rejected",
    )
    _decide(context, question, Verdict.REJECT, before, reason)
    return question


def _decide(
    context: Context, question: Question, verdict: Verdict, before: str, reason: str
) -> None:
    Decision.objects.create(
        question=question,
        moderator_id=context.person,
        verdict=verdict,
        from_state=before,
        reason=reason,
        at=timezone.now(),
    )
