"""Questions: asked, supported, withdrawn, put on screen, answered."""

from django.db import connection
from django.db.models import F
from django.utils import timezone

from communes.models import Person
from consultations.models import Question, QuestionState, Support
from consultations.protocol import QuestionTally, SubmitQuestion
from live.actions.context import Context, hold
from live.actions.screen import show, shown
from live.models import AgendaItem, Sitting, SittingState
from live.protocol.errors import ErrorCode, Refused
from live.timeline.append import By, append

from .states import PUBLISHED, public_question, review

Q = QuestionState

#: From which states a question may reach each state.
TRANSITIONS: dict[QuestionState, frozenset[QuestionState]] = {
    Q.APPROVED: frozenset({Q.PENDING, Q.REJECTED, Q.ON_SCREEN, Q.ANSWERED}),
    Q.REJECTED: frozenset({Q.PENDING, Q.APPROVED}),
    Q.ON_SCREEN: frozenset({Q.APPROVED, Q.ANSWERED}),
    Q.ANSWERED: frozenset({Q.APPROVED, Q.ON_SCREEN}),
    Q.WITHDRAWN: frozenset({Q.PENDING, Q.APPROVED}),
}

ASKING = frozenset({SittingState.SCHEDULED, SittingState.LIVE, SittingState.PAUSED})
SUPPORTING = ASKING
#: One person's questions that still wait for a moderator.
MAX_PENDING = 5


def accepts_questions(sitting: Sitting) -> None:
    """Raise `Refused` unless questions may be asked now."""
    if sitting.state == SittingState.CLOSED_DOORS:
        raise Refused(ErrorCode.CLOSED_DOORS)
    rehearsing = sitting.rehearsal and sitting.state == SittingState.DRAFT
    if sitting.state not in ASKING and not rehearsing:
        raise Refused(ErrorCode.WRONG_STATE, f"the sitting is {sitting.state}")
    if not sitting.questions_open:
        raise Refused(ErrorCode.QUESTIONS_CLOSED)


def submit(context: Context, wanted: SubmitQuestion) -> Question:
    """A new question, waiting for a moderator."""
    sitting = context.sitting()
    accepts_questions(sitting)
    pending = Question.objects.filter(
        sitting=sitting, author_id=context.person, state=Q.PENDING
    ).count()
    if pending >= MAX_PENDING:
        raise Refused(ErrorCode.TOO_OFTEN, "too many questions pending")
    if (
        wanted.agenda_item is not None
        and not AgendaItem.objects.filter(sitting=sitting, pk=wanted.agenda_item).exists()
    ):
        raise Refused(ErrorCode.NOT_FOUND, "no such agenda item", field="agenda_item")
    author = Person.objects.get(pk=context.person)
    question = Question.objects.create(
        sitting=sitting,
        author=author,
        signature=author.display_name if wanted.signed else "",
        text=wanted.text,
        agenda_item_id=wanted.agenda_item,
        submitted_at=timezone.now(),
    )
    append(
        sitting.timeline_id,
        "question.submitted",
        f"review/{question.pk}",
        review(question),
        By("citizen", author.pk),
    )
    return question


def find(context: Context, question_id: int) -> Question:
    """A question of this sitting, its timeline held; raises `Refused`."""
    hold(context.sitting_id)
    question = (
        Question.objects.select_related("sitting", "author")
        .filter(sitting_id=context.sitting_id, pk=question_id)
        .first()
    )
    if question is None:
        raise Refused(ErrorCode.NOT_FOUND, f"question {question_id}")
    return question


def move(
    question: Question, target: QuestionState, kind: str, by: By, *, review_kind: str = ""
) -> None:
    """Bring a question to `target`, with its entries: `kind` for what the public sees, and
    `review_kind` for what staff sees. Raises `Refused` when its state does not allow it."""
    if question.state not in TRANSITIONS[target]:
        raise Refused(ErrorCode.WRONG_STATE, f"the question is {question.state}")
    was_public = question.state in PUBLISHED
    question.state = target
    now = timezone.now()
    if target == Q.APPROVED:
        question.published_at = question.published_at or now
        question.answered_at = None
    if target == Q.ANSWERED:
        question.answered_at = now
    question.save()
    timeline = question.sitting.timeline_id
    append(timeline, review_kind or "review.changed", f"review/{question.pk}", review(question), by)
    key = f"question/{question.pk}"
    if was_public or question.state in PUBLISHED:
        append(timeline, kind, key, public_question(question), by)
    if target != Q.ON_SCREEN and shown(timeline) == key:
        show(timeline, None, by)


def withdraw(context: Context, question_id: int) -> Question:
    """Take back one's own question."""
    question = find(context, question_id)
    if question.author_id != context.person:
        raise Refused(ErrorCode.FORBIDDEN, "not your question")
    move(
        question,
        Q.WITHDRAWN,
        "question.unpublished",
        By("citizen", context.person),
        review_kind="question.withdrawn",
    )
    return question


def put_on_screen(context: Context, question_id: int) -> Question:
    """Show a question big; the one that was there steps back."""
    question = find(context, question_id)
    by = context.by("moderator", "host")
    for other in Question.objects.select_related("sitting", "author").filter(
        sitting_id=context.sitting_id, state=Q.ON_SCREEN
    ):
        move(other, Q.APPROVED, "question.unshown", by)
    move(question, Q.ON_SCREEN, "question.shown", by)
    show(question.sitting.timeline_id, f"question/{question.pk}", by)
    return question


def take_off_screen(context: Context, question_id: int) -> Question:
    question = find(context, question_id)
    if question.state != Q.ON_SCREEN:
        raise Refused(ErrorCode.WRONG_STATE, f"the question is {question.state}")
    move(question, Q.APPROVED, "question.unshown", context.by("moderator", "host"))
    return question


def answer(context: Context, question_id: int) -> Question:
    """Mark as answered."""
    question = find(context, question_id)
    move(question, Q.ANSWERED, "question.answered", context.by("host", "moderator"))
    return question


def reopen(context: Context, question_id: int) -> Question:
    """Undo `answer`."""
    question = find(context, question_id)
    if question.state != Q.ANSWERED:
        raise Refused(ErrorCode.WRONG_STATE, f"the question is {question.state}")
    move(question, Q.APPROVED, "question.reopened", context.by("host", "moderator"))
    return question


def support(context: Context, question_id: int) -> Question:
    """Support a question; doing it twice changes nothing."""
    question = _supportable(context, question_id)
    # Only the statement that really inserts raises the counter.
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {Support._meta.db_table} (question_id, person_id) VALUES (%s, %s) "  # noqa: S608
            "ON CONFLICT DO NOTHING",
            [question.pk, context.person],
        )
        added = cursor.rowcount
    if added:
        Question.objects.filter(pk=question.pk).update(supports=F("supports") + 1)
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
        QuestionTally(supports=question.supports),
        by,
    )
    Question.objects.filter(pk=question.pk).update(
        tallied=question.supports, tallied_at=timezone.now()
    )
