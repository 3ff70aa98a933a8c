"""Answers in writing: asked of somebody, given by them, by the host or by the clerk."""

from datetime import timedelta

from django.utils import timezone

from communes.models import Person, Role
from consultations.actions.questions import find
from consultations.actions.transitions import move, tell
from consultations.models import Question, QuestionState
from consultations.protocol import AnswerInWriting, ForwardQuestion
from consultations.protocol.questions import ANSWER_MAX
from consultations.text import readable, tidy
from live.actions.access import present_roles
from live.actions.context import Context
from live.protocol.errors import ErrorCode, Refused

Q = QuestionState
ANSWERING = frozenset({"host", "clerk"})
#: What may be answered; what waits for a moderator has to be published first.
ANSWERABLE = frozenset({Q.APPROVED, Q.HIGHLIGHTED, Q.ON_SCREEN, Q.ANSWERED, Q.NOT_REACHED})
FORWARDABLE = ANSWERABLE | {Q.PENDING}


def forward(context: Context, args: ForwardQuestion) -> Question:
    """Ask somebody for an answer in writing, by a date when `days` are given."""
    question = find(context, args.question)
    if question.state not in FORWARDABLE:
        raise Refused(
            ErrorCode.WRONG_STATE,
            f"the question is {question.state}",
            data={"state": question.state},
        )
    now = timezone.now()
    question.forwarded_to, question.forwarded_at = tidy(args.to), now
    question.forwarded_person = _colleague(question, args.person)
    if args.days is not None:
        question.answer_due = now + timedelta(days=args.days)
    question.save()
    by = context.by("moderator", "clerk", "host")
    tell(question, "question.promised", by, review_kind="question.forwarded")
    return question


def _colleague(question: Question, public_id: str | None) -> Person | None:
    if public_id is None:
        return None
    role = (
        Role.objects.select_related("person")
        .filter(person__public_id=public_id, commune=question.sitting.commune_id)
        .first()
    )
    if role is None:
        raise Refused(ErrorCode.NOT_FOUND, "nobody of this commune's staff", field="person")
    return role.person


def answer_in_writing(context: Context, args: AnswerInWriting) -> Question:
    """Answer, or better an answer. For host and clerk, and for whom the question was forwarded
    to; during the sitting and ever after."""
    question = find(context, args.question)
    asked = question.forwarded_person_id == context.person
    if not asked and not ANSWERING & present_roles(context.person, context.sitting_id):
        raise Refused(ErrorCode.FORBIDDEN, "neither host, clerk nor asked to")
    if question.state not in ANSWERABLE:
        raise Refused(
            ErrorCode.WRONG_STATE,
            f"the question is {question.state}",
            data={"state": question.state},
        )
    name = Person.objects.values_list("display_name", flat=True).get(pk=context.person)
    question.answer = readable(args.text, 2, ANSWER_MAX)
    question.answer_official = tidy(args.official) or name
    question.answer_at = timezone.now()
    by = context.by("host", "clerk")
    if question.state == Q.ANSWERED:
        question.save()
        tell(question, "question.answered_in_writing", by)
    else:
        move(question, Q.ANSWERED, "question.answered_in_writing", by)
    return question
