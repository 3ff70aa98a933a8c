"""Where a question is approved, refused or chosen."""

from consultations.actions.present import too_late
from consultations.actions.questions import find
from consultations.actions.transitions import move, tell_staff
from consultations.models import AppealStatus, Question, QuestionState
from consultations.protocol import DecideQuestion, RejectQuestion
from live.actions.context import Context
from moderation.models import Verdict

from . import appeals, merging, opinions
from .decisions import as_seen, record, remember, waits_no_longer

Q = QuestionState
MODERATOR = "moderator"


def approve(context: Context, args: DecideQuestion) -> Question:
    """Publish a question; also one that was refused. With moderation afterwards: say that what is
    published may stay so."""
    question = find(context, args.question)
    as_seen(context, question, args.seen_state, args.seen_revision)
    by = context.by(MODERATOR)
    before = remember(question)
    looked_at = question.state == Q.APPROVED and (not question.reviewed or "refusal" in before)
    if not looked_at and question.state not in {Q.PENDING, Q.REJECTED}:
        raise too_late(question)
    waits_no_longer(question)
    question.code, question.reason, question.reviewed = "", "", True
    appeals.settle(context, question)
    if looked_at:
        question.save()
        tell_staff(question, "review.changed", by)
    else:
        move(question, Q.APPROVED, "question.approved", by)
    overruled = opinions.overruled(context, before)
    record(question, Verdict.OVERRULE if overruled else Verdict.APPROVE, before, by)
    return question


def reject(context: Context, args: RejectQuestion) -> Question:
    """Refuse a question for a reason that its author sees, or ask a second moderator to."""
    question = find(context, args.question)
    as_seen(context, question, args.seen_state, args.seen_revision)
    return opinions.refuse(context, question, args.code, args.reason)


def highlight(context: Context, args: DecideQuestion) -> Question:
    """Choose a published question as one to be answered soon."""
    return _choose(context, args, Q.HIGHLIGHTED, Verdict.HIGHLIGHT)


def unhighlight(context: Context, args: DecideQuestion) -> Question:
    return _choose(context, args, Q.APPROVED, Verdict.UNHIGHLIGHT)


def _choose(
    context: Context, args: DecideQuestion, target: QuestionState, verdict: Verdict
) -> Question:
    question = find(context, args.question)
    as_seen(context, question, args.seen_state, args.seen_revision)
    source = Q.APPROVED if target == Q.HIGHLIGHTED else Q.HIGHLIGHTED
    if question.state != source:
        raise too_late(question)
    by, before = context.by(MODERATOR, "host"), remember(question)
    move(question, target, f"question.{verdict}ed", by)
    record(question, verdict, before, by)
    return question


def split(context: Context, questions: list[int]) -> list[Question]:
    """Take merges apart; an author's appeal against one is accepted by that."""
    parted = merging.split(context, questions)
    for question in parted:
        if question.appeal == AppealStatus.PENDING:
            appeals.settle(context, question)
            question.save(update_fields=["appeal"])
            tell_staff(question, "review.changed", context.by(MODERATOR))
    return parted
