"""The states of a question and how it goes from one to another, with its entries."""

from collections.abc import Callable
from typing import Any

from django.utils import timezone

from consultations.models import Question, QuestionState
from live.actions.doors import in_public
from live.actions.screen import show, shown
from live.protocol.errors import ErrorCode, Refused
from live.timeline.append import By, append

from .question_states import is_published, public_question, review

Q = QuestionState

#: From which states a question may reach each state.
TRANSITIONS: dict[QuestionState, frozenset[QuestionState]] = {
    # Back to waiting only where a merge is undone.
    Q.PENDING: frozenset({Q.MERGED}),
    Q.APPROVED: frozenset(
        {Q.PENDING, Q.REJECTED, Q.HIGHLIGHTED, Q.ON_SCREEN, Q.ANSWERED, Q.MERGED}
    ),
    Q.HIGHLIGHTED: frozenset({Q.APPROVED, Q.MERGED}),
    Q.ON_SCREEN: frozenset({Q.APPROVED, Q.HIGHLIGHTED, Q.ANSWERED}),
    Q.ANSWERED: frozenset({Q.APPROVED, Q.HIGHLIGHTED, Q.ON_SCREEN, Q.NOT_REACHED}),
    Q.REJECTED: frozenset({Q.PENDING, Q.APPROVED, Q.HIGHLIGHTED}),
    Q.MERGED: frozenset({Q.PENDING, Q.APPROVED, Q.HIGHLIGHTED}),
    Q.WITHDRAWN: frozenset({Q.PENDING, Q.APPROVED, Q.HIGHLIGHTED}),
    # From refused: an appeal accepted when the sitting is over.
    Q.NOT_REACHED: frozenset({Q.PENDING, Q.APPROVED, Q.HIGHLIGHTED, Q.ON_SCREEN, Q.REJECTED}),
}


#: Told of a question that was answered, in the transaction, after its entries.
Answered = Callable[[Question, By], None]

_answered: list[Answered] = []


def on_answered(hook: Answered) -> None:
    """Have `hook` do what follows when a question is answered in its sitting."""
    _answered.append(hook)


def reachable(source: str, target: str, *, back: bool = False) -> bool:
    """Whether a question goes from `source` to `target`; `back`: or came from there."""
    forth = source in TRANSITIONS[Q(target)]
    return forth or (back and target in TRANSITIONS[Q(source)])


def need(question: Question, target: QuestionState, *, back: bool = False) -> None:
    """Raise `Refused` unless the question's state allows it."""
    if not reachable(question.state, target, back=back):
        raise Refused(
            ErrorCode.WRONG_STATE,
            f"the question is {question.state}",
            data={"state": question.state},
        )


def move(
    question: Question,
    target: QuestionState,
    kind: str,
    by: By,
    *,
    review_kind: str = "review.changed",
    restore: dict[str, Any] | None = None,
) -> None:
    """Bring a question to `target`, with its entries: `kind` for what the public sees, and
    `review_kind` for what staff sees. `restore`: go back to where it came from, with these fields
    as they were. Raises `Refused` when its state does not allow it."""
    need(question, target, back=restore is not None)
    was_public = is_published(question)
    question.state = target
    now = timezone.now()
    if restore is not None:
        for name, value in restore.items():
            setattr(question, name, value)
    elif target in {Q.APPROVED, Q.HIGHLIGHTED}:
        question.published_at = question.published_at or now
        question.answered_at = None
    elif target == Q.ANSWERED:
        question.answered_at = now
        question.published_at = question.published_at or now
    question.save()
    tell(question, kind, by, review_kind=review_kind, was_public=was_public)
    if target == Q.ANSWERED and restore is None:
        for hook in _answered:
            hook(question, by)


def tell_staff(question: Question, kind: str, by: By) -> None:
    """Write what staff alone may see of a question onto the timeline."""
    append(question.sitting.timeline_id, kind, f"review/{question.pk}", review(question), by)


def tell(
    question: Question,
    kind: str,
    by: By,
    *,
    review_kind: str = "review.changed",
    was_public: bool = False,
) -> None:
    """Write what a question has become onto the timeline, and take it off the screen when it no
    longer belongs there. Raises `Refused` behind closed doors, but for what takes a question out
    of the public's sight."""
    if is_published(question):
        in_public(question.sitting, by)
    timeline = question.sitting.timeline_id
    tell_staff(question, review_kind, by)
    key = f"question/{question.pk}"
    if was_public or is_published(question):
        append(timeline, kind, key, public_question(question), by)
    if question.state != Q.ON_SCREEN and shown(timeline) == key:
        show(timeline, None, by)
