"""Where a question is approved, refused or chosen, and where that is taken back."""

from datetime import timedelta

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from consultations.actions.present import present, reaching, too_late
from consultations.actions.questions import find
from consultations.actions.rules import rules_of
from consultations.actions.transitions import move, tell_staff
from consultations.models import AppealStatus, PendingRefusal, Question, QuestionState
from consultations.protocol import DecideQuestion, RejectQuestion
from consultations.text import tidy
from live.actions.context import Context, hold
from live.protocol.errors import ErrorCode, Refused
from live.timeline.append import SYSTEM, By
from moderation.models import Decision, Verdict
from moderation.protocol import UNDO_S

from . import appeals, merging
from .decisions import (
    another,
    as_seen,
    last_decision,
    recall_refusal,
    recalled,
    record,
    remember,
)
from .guard import needs_second

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
    PendingRefusal.objects.filter(question=question).delete()
    question.code, question.reason, question.reviewed = "", "", True
    appeals.settle(context, question)
    if looked_at:
        question.save()
        tell_staff(question, "review.changed", by)
    else:
        move(question, Q.APPROVED, "question.approved", by)
    overruled = "refusal" in before and before["refusal"]["moderator_id"] != context.person
    record(question, Verdict.OVERRULE if overruled else Verdict.APPROVE, before, by)
    return question


def reject(context: Context, args: RejectQuestion) -> Question:
    """Refuse a question for a reason that its author sees, or ask a second moderator to."""
    question = find(context, args.question)
    as_seen(context, question, args.seen_state, args.seen_revision)
    reaching(question, Q.REJECTED)
    reason = tidy(args.reason)
    if args.code == "other" and len(reason) < 3:
        raise Refused(
            ErrorCode.INVALID, "no reason", field="reason", message=_("Please give a reason.")
        )
    waiting = PendingRefusal.objects.filter(question=question).first()
    if waiting is not None:
        another(context, waiting.moderator_id)
    elif needs_second(question, rules_of(question.sitting), args.code):
        return _ask_second(context, question, args.code, reason)
    return _refuse(question, context.by(MODERATOR), args.code, reason)


def _refuse(question: Question, by: By, code: str, reason: str) -> Question:
    before = remember(question)
    PendingRefusal.objects.filter(question=question).delete()
    question.code, question.reason, question.reviewed = code, reason, True
    move(question, Q.REJECTED, "question.unpublished", by, review_kind="question.rejected")
    record(question, Verdict.REJECT, before, by, code=code, reason=reason)
    return question


def _ask_second(context: Context, question: Question, code: str, reason: str) -> Question:
    by, before, now = context.by(MODERATOR), remember(question), timezone.now()
    minutes = rules_of(question.sitting).second_opinion_minutes
    PendingRefusal.objects.create(
        question=question,
        moderator_id=context.person,
        code=code,
        reason=reason,
        asked_at=now,
        until=now + timedelta(minutes=minutes),
    )
    tell_staff(question, "question.second_asked", by)
    record(question, Verdict.SECOND, before, by, code=code, reason=reason)
    return question


def second(context: Context, question_id: int, confirm: bool) -> Question:
    """The second moderator's word on a refusal."""
    question = find(context, question_id)
    waiting = PendingRefusal.objects.filter(question=question).first()
    if waiting is None:
        raise Refused(ErrorCode.CONFLICT, "no refusal waits", data=present(question))
    another(context, waiting.moderator_id)
    if confirm:
        return _refuse(question, context.by(MODERATOR), waiting.code, waiting.reason)
    return _publish_despite(question, context.by(MODERATOR), Verdict.OVERRULE)


def expire(sitting_id: str, question_id: int) -> None:
    """Publish a question whose refusal nobody confirmed in time."""
    hold(sitting_id)
    waiting = (
        PendingRefusal.objects.select_related("question__sitting", "question__author")
        .filter(question=question_id, until__lte=timezone.now())
        .first()
    )
    if waiting is not None:
        _publish_despite(waiting.question, SYSTEM, Verdict.EXPIRE)


def _publish_despite(question: Question, by: By, verdict: Verdict) -> Question:
    before = remember(question)
    PendingRefusal.objects.filter(question=question).delete()
    question.reviewed = True
    kind = "second_expired" if verdict == Verdict.EXPIRE else "second_overruled"
    if question.state == Q.PENDING:
        move(question, Q.APPROVED, "question.approved", by, review_kind=f"question.{kind}")
    else:
        question.save()
        tell_staff(question, f"question.{kind}", by)
    refusal = before["refusal"]
    record(question, verdict, before, by, code=refusal["code"], reason=refusal["reason"])
    return question


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


def undo(context: Context, question_id: int) -> Question:
    """Take back one's own last decision, within ten seconds of it."""
    question = find(context, question_id)
    decision = last_decision(question)
    if decision is None or decision.moderator_id != context.person:
        raise Refused(ErrorCode.CONFLICT, "not your decision", data=present(question))
    if question.state != decision.to_state:
        raise Refused(ErrorCode.CONFLICT, "changed since", data=present(question))
    if timezone.now() - decision.at > timedelta(seconds=UNDO_S):
        raise Refused(
            ErrorCode.WRONG_STATE, "too late", message=_("It is too late to take this back.")
        )
    if decision.verdict == Verdict.APPEAL:
        raise Refused(ErrorCode.WRONG_STATE, "an appeal is decided once")
    by, before = context.by(MODERATOR, "host"), remember(question)
    if decision.verdict == Verdict.MERGE:
        merging.take_apart(question, by)
    elif decision.verdict == Verdict.SPLIT and decision.target_id is not None:
        merging.put_together(decision.target_id, question, by)
    else:
        _go_back(question, decision, by)
    Decision.objects.filter(pk=decision.pk).update(undone=True)
    record(question, Verdict.UNDO, before, by, reason=decision.verdict)
    return question


def _go_back(question: Question, decision: Decision, by: By) -> None:
    recall_refusal(question, decision.before)
    fields = recalled(decision.before)
    if question.state != decision.from_state:
        move(
            question,
            QuestionState(decision.from_state),
            "question.reverted",
            by,
            review_kind="question.restored",
            restore=fields,
        )
        return
    for name, value in fields.items():
        setattr(question, name, value)
    question.save()
    tell_staff(question, "question.restored", by)
