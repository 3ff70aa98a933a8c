"""What falls due by itself: claims that ran out, refusals that nobody confirmed in time, and what
the end of a sitting left. Looked for once a second while somebody is in the room, and by a task
when nobody is."""

from collections import defaultdict
from collections.abc import Callable, Collection
from functools import partial
from typing import Any

from django.db.models import F, QuerySet
from django.utils import timezone

from consultations.models import PendingRefusal
from live.models import Sitting
from live.protocol.registry import Moving
from moderation.models import Claim

from . import claims, ending, opinions
from .matters import COMMENTS, CONCERNS, KINDS, QUESTIONS, Kind

#: Done at one look; the rest at the next.
AT_ONCE = 40

Due = list[tuple[str, int]]

_DOING: dict[str, Callable[[int], None]] = {
    **{kind.claim: partial(claims.expire, kind) for kind in KINDS},
    **{f"{kind.about}.refusal": partial(opinions.expire, kind) for kind in KINDS},
}
UNREACHED = "unreached"


def due(sitting_id: str) -> Due:
    """What is due in a sitting, as (what, question)."""
    found = [
        (what, key)
        for what, rows in _over(QUESTIONS, question__sitting=sitting_id)
        for key in rows.values_list("question_id", flat=True)[:AT_ONCE]
    ]
    return found + [(UNREACHED, key) for key in ending.unreached(sitting_id, AT_ONCE)]


def due_on_boards(boards: Collection[str]) -> dict[str, Moving]:
    """What is due on each of these boards."""
    found: dict[str, Moving] = defaultdict(Moving)
    for kind in (CONCERNS, COMMENTS):
        commune = f"{kind.about}__{kind.within}"
        for what, rows in _over(kind, **{f"{commune}__in": boards}):
            pairs = rows.values_list(F(commune), f"{kind.about}_id")
            for board, key in pairs[:AT_ONCE]:
                found[str(board)].due.append((what, key))
    return dict(found)


def _over(kind: Kind[Any], **where: Any) -> list[tuple[str, QuerySet[Any]]]:
    """Refusals and claims whose time is over, refusals first."""
    now = timezone.now()
    refusals = PendingRefusal.objects.filter(**where, until__lte=now)
    taken = Claim.objects.filter(**where, until__lte=now)
    return [(f"{kind.about}.refusal", refusals), (kind.claim, taken)]


def do(subject_id: str, what: str, key: int) -> None:
    """Do one of them; in a transaction. What was done meanwhile is not done again."""
    if what == UNREACHED:
        ending.not_reached(subject_id, key)
    else:
        _DOING[what](key)


def matters(what: str) -> bool:
    """Whether it must be done although nobody is in the room. Claims need not: they hold nobody
    back once their time is over."""
    return what not in {kind.claim for kind in KINDS}


def overdue() -> list[str]:
    """Sittings in which something is due that must be done: questions that wait to be published or
    closed."""
    refused = PendingRefusal.objects.filter(until__lte=timezone.now()).exclude(question=None)
    over = Sitting.objects.filter(state__in=ending.OVER, questions__state__in=ending.OPEN)
    ids = set(refused.values_list("question__sitting_id", flat=True))
    return sorted(ids | set(over.values_list("pk", flat=True)))


def overdue_boards() -> list[str]:
    """The same of boards."""
    refused = PendingRefusal.objects.filter(until__lte=timezone.now(), question=None)
    communes = refused.values_list("concern__commune", "comment__concern__commune")
    return sorted({str(one or other) for one, other in communes})
