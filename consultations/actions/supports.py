"""Support for published questions: once per person, taken back as easily."""

from django.db import connection
from django.db.models import F
from django.utils import timezone

from consultations.models import Question, Support
from live.actions.context import Context
from live.models import SittingState
from live.protocol.errors import ErrorCode, Refused
from live.timeline.append import By, append

from . import hooks
from .levels import counted_level
from .question_states import PUBLISHED
from .questions import ASKING, find
from .support_counts import support_tallies

SUPPORTING = ASKING


def support(context: Context, question_id: int) -> Question:
    """Support a question; doing it twice changes nothing."""
    question = _supportable(context, question_id)
    hooks.check("support", context)
    # Only the statement that really inserts raises the counter.
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {Support._meta.db_table} (question_id, person_id, level) "  # noqa: S608
            "VALUES (%s, %s, %s) ON CONFLICT DO NOTHING",
            [question.pk, context.person, counted_level(context.sitting_id, context.person)],
        )
        added = cursor.rowcount
    if added:
        Question.objects.filter(pk=question.pk).update(supports=F("supports") + 1)
    else:
        # It came through a merged question; from now on it stands by itself.
        own = Support.objects.filter(question=question, person_id=context.person)
        own.exclude(via=None).update(via=None)
    return question


def unsupport(context: Context, question_id: int) -> Question:
    """Take one's support back; doing it twice changes nothing."""
    question = _supportable(context, question_id)
    removed, _ = Support.objects.filter(question=question, person_id=context.person).delete()
    if removed:
        Question.objects.filter(pk=question.pk).update(supports=F("supports") - 1)
    return question


def _supportable(context: Context, question_id: int) -> Question:
    question = find(context, question_id)
    if question.state not in PUBLISHED:
        raise Refused(ErrorCode.NOT_FOUND, f"question {question_id} is not published")
    rehearsing = question.sitting.rehearsal and question.sitting.state == SittingState.DRAFT
    if question.sitting.state not in SUPPORTING and not rehearsing:
        raise Refused(ErrorCode.WRONG_STATE, f"the sitting is {question.sitting.state}")
    return question


def count_supports(question: Question, by: By) -> None:
    """Say the number of supports on the timeline."""
    append(
        question.sitting.timeline_id,
        "support.counted",
        f"support/{question.pk}",
        support_tallies(question.sitting_id, [question])[question.pk],
        by,
    )
    Question.objects.filter(pk=question.pk).update(
        tallied=question.supports, tallied_at=timezone.now()
    )
