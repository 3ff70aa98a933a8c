"""What becomes of questions when a sitting ends: the most supported that nobody answered are
promised an answer in writing; all that are still open were not reached."""

from datetime import timedelta

from django.utils import timezone

from consultations.actions.rules import rules_of
from consultations.actions.transitions import move
from consultations.models import PendingRefusal, Question, QuestionState
from live.actions.context import hold
from live.models import Sitting, SittingState
from live.timeline.append import SYSTEM, By

Q = QuestionState
OVER = frozenset({SittingState.ENDED, SittingState.ARCHIVED})
OPEN = frozenset({Q.PENDING, Q.APPROVED, Q.HIGHLIGHTED, Q.ON_SCREEN})
PUBLISHED_OPEN = OPEN - {Q.PENDING}
#: Questions that the end takes along at once; the sweep follows with the others, so that no
#: transaction is long.
AT_ONCE = 25


def close_questions(sitting: Sitting, by: By = SYSTEM) -> None:
    """Called when a sitting has just ended, in its transaction."""
    rules = rules_of(sitting)
    due = (sitting.ended_at or timezone.now()) + timedelta(days=rules.written_answer_days)
    wanted = (
        Question.objects.filter(sitting=sitting, state__in=PUBLISHED_OPEN, supports__gt=0)
        .order_by("-supports", "submitted_at")
        .values_list("pk", flat=True)[: rules.written_answers]
    )
    Question.objects.filter(pk__in=list(wanted), answer_due=None).update(answer_due=due)
    for question_id in unreached(sitting.pk, AT_ONCE):
        not_reached(sitting.pk, question_id, by)


def unreached(sitting_id: str, limit: int) -> list[int]:
    """Open questions of a sitting that is over, published ones first."""
    if not Sitting.objects.filter(pk=sitting_id, state__in=OVER).exists():
        return []
    rows = Question.objects.filter(sitting=sitting_id, state__in=OPEN)
    return list(rows.order_by("published_at", "pk").values_list("pk", flat=True)[:limit])


def not_reached(sitting_id: str, question_id: int, by: By = SYSTEM) -> None:
    """Say of one question that its turn did not come."""
    hold(sitting_id)
    question = (
        Question.objects.select_related("sitting", "author", "forwarded_person")
        .filter(pk=question_id, sitting__state__in=OVER, state__in=OPEN)
        .first()
    )
    if question is not None:
        PendingRefusal.objects.filter(question=question).delete()
        move(question, Q.NOT_REACHED, "question.not_reached", by)
