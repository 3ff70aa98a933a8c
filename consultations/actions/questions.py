"""Questions: asked, edited, withdrawn, put on screen, answered."""

import math

from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from communes.models import Person
from consultations.models import Question, QuestionState
from consultations.protocol import EditQuestion, RulesState, SubmitQuestion
from consultations.protocol.questions import TEXT_MIN
from consultations.text import readable
from live.actions.context import Context, hold
from live.actions.screen import show
from live.models import AgendaItem, Sitting, SittingState
from live.protocol.errors import ErrorCode, Refused
from live.timeline.append import By

from . import hooks
from .present import reaching, too_late
from .rules import rules_of
from .transitions import move, need, tell

Q = QuestionState

ASKING = frozenset({SittingState.SCHEDULED, SittingState.LIVE, SittingState.PAUSED})
#: One person's questions that still wait for a moderator.
MAX_PENDING = 5
#: With moderation afterwards, what the filters find riskier waits for a moderator all the same.
HOLD_RISK = 50


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
    """A new question. It waits for a moderator, unless the rules publish it at once."""
    sitting = context.sitting()
    accepts_questions(sitting)
    hooks.check("submit", context)
    rules = rules_of(sitting)
    text = readable(wanted.text, TEXT_MIN, rules.text_max)
    _in_time(context, sitting, rules)
    _of_this_agenda(sitting, wanted.agenda_item)
    author = Person.objects.get(pk=context.person)
    question = Question.objects.create(
        sitting=sitting,
        author=author,
        signature=_signature(author, wanted.signed, rules),
        text=text,
        agenda_item_id=wanted.agenda_item,
        submitted_at=timezone.now(),
    )
    hooks.screen(question)
    if rules.moderation == "after" and question.risk < HOLD_RISK:
        question.state, question.published_at = Q.APPROVED, question.submitted_at
    question.save()
    by = By("citizen", author.pk)
    tell(question, "question.approved", by, review_kind="question.submitted")
    return question


def edit(context: Context, wanted: EditQuestion) -> Question:
    """Change one's own question while it waits."""
    question = find_own(context, wanted.question)
    if question.state != Q.PENDING:
        raise Refused(ErrorCode.WRONG_STATE, f"the question is {question.state}")
    accepts_questions(question.sitting)
    hooks.check("submit", context)
    rules = rules_of(question.sitting)
    _of_this_agenda(question.sitting, wanted.agenda_item)
    question.text = readable(wanted.text, TEXT_MIN, rules.text_max)
    question.agenda_item_id = wanted.agenda_item
    if question.author is not None and wanted.signed is not None:
        question.signature = _signature(question.author, wanted.signed, rules)
    question.revision += 1
    hooks.screen(question)
    question.save()
    by = By("citizen", context.person)
    tell(question, "question.approved", by, review_kind="question.edited")
    return question


def _in_time(context: Context, sitting: Sitting, rules: RulesState) -> None:
    """Raise `Refused` when this person asks too much, or too soon after the last time."""
    own = Question.objects.filter(sitting=sitting, author_id=context.person)
    if own.filter(state=Q.PENDING).count() >= MAX_PENDING:
        raise Refused(
            ErrorCode.TOO_OFTEN,
            "too many questions pending",
            message=_("Several of your questions still wait for a moderator. Please wait too."),
        )
    last = own.aggregate(last=Max("submitted_at"))["last"] if rules.slow_s else None
    if last is not None:
        left = rules.slow_s - (timezone.now() - last).total_seconds()
        if left > 0:
            raise Refused(ErrorCode.TOO_OFTEN, "slow mode", retry_after=math.ceil(left))


def _of_this_agenda(sitting: Sitting, item: int | None) -> None:
    if item is not None and not AgendaItem.objects.filter(sitting=sitting, pk=item).exists():
        raise Refused(ErrorCode.NOT_FOUND, "no such agenda item", field="agenda_item")


def _signature(author: Person, signed: bool, rules: RulesState) -> str:
    """How a question is signed in public, under the rules of the sitting."""
    if rules.signing == "never" or (rules.signing == "free" and not signed):
        return ""
    if rules.signing == "always" and not author.display_name:
        raise Refused(
            ErrorCode.INVALID,
            "no name",
            field="signed",
            message=_("Questions are signed in this sitting. Choose a name in your account first."),
        )
    return author.display_name


def find(context: Context, question_id: int) -> Question:
    """A question of this sitting, its timeline held; raises `Refused`."""
    hold(context.sitting_id)
    question = (
        Question.objects.select_related("sitting", "author", "forwarded_person")
        .filter(sitting_id=context.sitting_id, pk=question_id)
        .first()
    )
    if question is None:
        raise Refused(ErrorCode.NOT_FOUND, f"question {question_id}")
    return question


def find_own(context: Context, question_id: int) -> Question:
    """One's own question; raises `Refused`."""
    question = find(context, question_id)
    if question.author_id != context.person:
        raise Refused(ErrorCode.FORBIDDEN, "not your question")
    return question


def withdraw(context: Context, question_id: int) -> Question:
    """Take back one's own question."""
    question = find_own(context, question_id)
    need(question, Q.WITHDRAWN)
    by = By("citizen", context.person)
    hooks.leave(question, by)
    question.refresh_from_db(fields=["supports", "relatives"])
    move(question, Q.WITHDRAWN, "question.unpublished", by, review_kind="question.withdrawn")
    return question


def put_on_screen(context: Context, question_id: int) -> Question:
    """Show a question big; the one that was there steps back."""
    question = find(context, question_id)
    reaching(question, Q.ON_SCREEN)
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
        raise too_late(question)
    move(question, Q.APPROVED, "question.unshown", context.by("moderator", "host"))
    return question


def answer(context: Context, question_id: int) -> Question:
    """Mark as answered."""
    question = find(context, question_id)
    reaching(question, Q.ANSWERED)
    move(question, Q.ANSWERED, "question.answered", context.by("host", "moderator"))
    return question


def reopen(context: Context, question_id: int) -> Question:
    """Undo `answer`."""
    question = find(context, question_id)
    if question.state != Q.ANSWERED:
        raise too_late(question)
    move(question, Q.APPROVED, "question.reopened", context.by("host", "moderator"))
    return question
