"""What every decision has in common: it is about what the moderator saw, it is recorded with who,
when, why and from which state, and it can be taken back for a few seconds."""

from typing import Any

from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _

from consultations.models import Concern, PendingRefusal, Question
from live.actions.context import Context
from live.protocol.errors import ErrorCode, Refused
from live.timeline.append import SYSTEM, By
from live.timeline.read import position_of
from moderation.models import Decision, Verdict

from . import claims
from .matters import M, kind_of


def as_seen(context: Context, matter: M, state: str | None, revision: int | None = None) -> None:
    """Raise `conflict` when it is no longer what the moderator saw, with what it is now and who
    decided; or when somebody else is deciding it."""
    same = (state is None or state == matter.state) and (
        revision is None or revision == getattr(matter, "revision", revision)
    )
    if not same:
        raise Refused(ErrorCode.CONFLICT, "no longer as seen", data=kind_of(matter).present(matter))
    claims.unclaimed(context, matter)


def too_late(matter: M) -> Refused:
    """Its state does not allow it; with who brought it there."""
    kind = kind_of(matter)
    return Refused(
        ErrorCode.WRONG_STATE, f"the {kind.about} is {matter.state}", data=kind.present(matter)
    )


def last_decision(matter: M) -> Decision | None:
    return (
        Decision.objects.select_related("moderator", "target", "carrier")
        .filter(**{kind_of(matter).about: matter}, undone=False)
        .exclude(verdict=Verdict.UNDO)
        .order_by("-pk")
        .first()
    )


def waiting(matter: M) -> PendingRefusal | None:
    """The refusal that waits for a second moderator."""
    return PendingRefusal.objects.filter(**{kind_of(matter).about: matter}).first()


def waits_no_longer(matter: M) -> None:
    PendingRefusal.objects.filter(**{kind_of(matter).about: matter}).delete()


def remember(matter: M) -> dict[str, Any]:
    """What it is before a decision, as JSON."""
    before = kind_of(matter).remembered(matter)
    refusal = waiting(matter)
    if refusal is not None:
        before["refusal"] = {
            "moderator_id": refusal.moderator_id,
            "code": refusal.code,
            "reason": refusal.reason,
            "asked_at": refusal.asked_at.isoformat(),
            "until": refusal.until.isoformat(),
        }
    return before


def recall_refusal(matter: M, before: dict[str, Any]) -> None:
    """Make a refusal wait again that waited before, or wait no longer."""
    waits_no_longer(matter)
    refusal = before.get("refusal")
    if refusal is not None:
        times = {name: parse_datetime(refusal[name]) for name in ("asked_at", "until")}
        about = {kind_of(matter).about: matter}
        PendingRefusal.objects.create(**about, **{**refusal, **times})


def record(
    matter: M,
    verdict: Verdict,
    before: dict[str, Any],
    by: By,
    *,
    code: str = "",
    reason: str = "",
    target: Question | Concern | None = None,
) -> Decision:
    """Keep a decision, and end the claim on what it is about. `target`: to what it was joined."""
    kind = kind_of(matter)
    decision = Decision.objects.create(
        **{kind.about: matter},
        moderator_id=by.person_id,
        role=by.role,
        verdict=verdict,
        from_state=before["state"],
        to_state=matter.state,
        code=code,
        reason=reason,
        target=target if isinstance(target, Question) else None,
        carrier=target if isinstance(target, Concern) else None,
        before=before,
        seq=position_of(kind.timeline(matter), f"{kind.review}/{matter.pk}"),
        at=timezone.now(),
    )
    if by is not SYSTEM:
        claims.done(matter, by)
    return decision


def another(context: Context, *first: int | None) -> None:
    """Raise `Refused` when this person already decided."""
    if context.person in first:
        raise Refused(
            ErrorCode.FORBIDDEN,
            "the same moderator",
            message=_("You decided this yourself; another moderator has to look at it."),
        )
