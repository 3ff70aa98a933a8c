"""Refusing, by one moderator or by two (`guard` says which); and what becomes of a refusal that
nobody confirms."""

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from consultations.models import PendingRefusal
from consultations.text import tidy
from live.actions.context import Context
from live.protocol.errors import ErrorCode, Refused
from live.timeline.append import SYSTEM, By
from moderation.models import Verdict

from .decisions import another, record, remember, too_late, waiting, waits_no_longer
from .guard import needs_second
from .matters import Kind, M, kind_of

MODERATOR = "moderator"
#: Withdrawn by its author, or joined to another, there is nothing left to refuse or to publish.
GONE = frozenset({"rejected", "withdrawn", "merged"})


def refuse(context: Context, matter: M, code: str, said: str) -> M:
    """Refuse it for a reason that its author reads, or ask a second moderator to."""
    if not kind_of(matter).refusable(matter):
        raise too_late(matter)
    reason = tidy(said)
    if code == "other" and len(reason) < 3:
        words = _("Please give a reason.")
        raise Refused(ErrorCode.INVALID, "no reason", field="reason", message=words)
    asked = waiting(matter)
    if asked is not None:
        another(context, asked.moderator_id)
    elif needs_second(matter, code):
        return _ask_second(context, matter, code, reason)
    return _refuse(matter, context.by(MODERATOR), code, reason)


def second(context: Context, matter: M, confirm: bool) -> M:
    """The second moderator's word on a refusal."""
    asked = waiting(matter)
    if asked is None:
        data = kind_of(matter).present(matter)
        raise Refused(ErrorCode.CONFLICT, "no refusal waits", data=data)
    another(context, asked.moderator_id)
    by = context.by(MODERATOR)
    if matter.state in GONE or (confirm and not kind_of(matter).refusable(matter)):
        raise too_late(matter)
    if confirm:
        return _refuse(matter, by, asked.code, asked.reason)
    return _publish_despite(matter, by, Verdict.OVERRULE)


def overruled(context: Context, before: dict[str, Any]) -> bool:
    """Whether to publish, after what was so `before`, overrules another moderator's refusal."""
    return "refusal" in before and before["refusal"]["moderator_id"] != context.person


def expire(kind: Kind[Any], key: int) -> None:
    """Publish what nobody else wanted refused in time."""
    matter = kind.again(key)
    about = {f"{kind.about}_id": key}
    over = PendingRefusal.objects.filter(**about, until__lte=timezone.now()).exists()
    if matter is None or not over:
        return
    if matter.state in GONE:
        waits_no_longer(matter)
        kind.tell(matter, "changed", SYSTEM)
    else:
        _publish_despite(matter, SYSTEM, Verdict.EXPIRE)


def _refuse(matter: M, by: By, code: str, reason: str) -> M:
    kind, before = kind_of(matter), remember(matter)
    waits_no_longer(matter)
    kind.word(matter, code, reason)
    matter.reviewed = True
    kind.refuse(matter, by)
    record(matter, Verdict.REJECT, before, by, code=code, reason=reason)
    return matter


def _ask_second(context: Context, matter: M, code: str, reason: str) -> M:
    kind, by, before = kind_of(matter), context.by(MODERATOR), remember(matter)
    now = timezone.now()
    PendingRefusal.objects.create(
        **{kind.about: matter},
        moderator_id=context.person,
        code=code,
        reason=reason,
        asked_at=now,
        until=now + kind.guard(matter)[1],
    )
    kind.tell(matter, "second_asked", by)
    record(matter, Verdict.SECOND, before, by, code=code, reason=reason)
    return matter


def _publish_despite(matter: M, by: By, verdict: Verdict) -> M:
    kind, before = kind_of(matter), remember(matter)
    waits_no_longer(matter)
    matter.reviewed = True
    what = "second_expired" if verdict == Verdict.EXPIRE else "second_overruled"
    kind.publish(matter, by, what)
    refusal = before["refusal"]
    record(matter, verdict, before, by, code=refusal["code"], reason=refusal["reason"])
    return matter
