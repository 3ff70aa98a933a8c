"""What every decision has in common: it is about what the moderator saw, it is recorded with who,
when, why and from which state, and it can be taken back for a few seconds."""

from typing import Any

from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _

from consultations.actions.present import present
from consultations.models import PendingRefusal, Question
from live.actions.context import Context
from live.protocol.errors import ErrorCode, Refused
from live.timeline.append import SYSTEM, By
from live.timeline.read import position_of
from moderation.models import Decision, Verdict

from . import claims

#: What a decision changes of a question, and so what taking it back restores.
FIELDS = ("state", "reviewed", "code", "reason")
TIMES = ("published_at", "answered_at")


def as_seen(
    context: Context, question: Question, state: str | None, revision: int | None = None
) -> None:
    """Raise `conflict` when the question is no longer what the moderator saw, with what it is
    now and who decided; or when somebody else is deciding it."""
    same = (state is None or state == question.state) and (
        revision is None or revision == question.revision
    )
    if not same:
        raise Refused(ErrorCode.CONFLICT, "no longer as seen", data=present(question))
    claims.unclaimed(context, question.pk)


def last_decision(question: Question) -> Decision | None:
    return (
        Decision.objects.select_related("moderator", "target")
        .filter(question=question, undone=False)
        .exclude(verdict=Verdict.UNDO)
        .order_by("-pk")
        .first()
    )


def remember(question: Question) -> dict[str, Any]:
    """What a question is before a decision, as JSON."""
    before: dict[str, Any] = {name: getattr(question, name) for name in FIELDS}
    for name in TIMES:
        moment = getattr(question, name)
        before[name] = None if moment is None else moment.isoformat()
    waiting = PendingRefusal.objects.filter(question=question).first()
    if waiting is not None:
        before["refusal"] = {
            "moderator_id": waiting.moderator_id,
            "code": waiting.code,
            "reason": waiting.reason,
            "asked_at": waiting.asked_at.isoformat(),
            "until": waiting.until.isoformat(),
        }
    return before


def recalled(before: dict[str, Any]) -> dict[str, Any]:
    """The fields of a question as `remember` wrote them, but its state."""
    fields = {name: before[name] for name in FIELDS if name != "state"}
    for name in TIMES:
        fields[name] = parse_datetime(before[name]) if before[name] else None
    return fields


def recall_refusal(question: Question, before: dict[str, Any]) -> None:
    """Make a refusal wait again that waited before, or wait no longer."""
    PendingRefusal.objects.filter(question=question).delete()
    refusal = before.get("refusal")
    if refusal is not None:
        times = {name: parse_datetime(refusal[name]) for name in ("asked_at", "until")}
        PendingRefusal.objects.create(question=question, **{**refusal, **times})


def record(
    question: Question,
    verdict: Verdict,
    before: dict[str, Any],
    by: By,
    *,
    code: str = "",
    reason: str = "",
    target: Question | None = None,
) -> Decision:
    """Keep a decision, and end the claim on the question."""
    decision = Decision.objects.create(
        question=question,
        moderator_id=by.person_id,
        role=by.role,
        verdict=verdict,
        from_state=before["state"],
        to_state=question.state,
        code=code,
        reason=reason,
        target=target,
        before=before,
        seq=position_of(question.sitting.timeline_id, f"review/{question.pk}"),
        at=timezone.now(),
    )
    if by is not SYSTEM:
        claims.done(question, by)
    return decision


def another(context: Context, *first: int | None) -> None:
    """Raise `Refused` when this person already decided."""
    if context.person in first:
        raise Refused(
            ErrorCode.FORBIDDEN,
            "the same moderator",
            message=_("You decided this yourself; another moderator has to look at it."),
        )
