"""What falls due by itself: claims that ran out, refusals that nobody confirmed in time, and what
the end of a sitting left. Looked for once a second while somebody is in the room, and by a task
when nobody is."""

from collections.abc import Callable

from django.utils import timezone

from consultations.models import PendingRefusal
from live.models import Sitting
from moderation.models import Claim

from . import claims, ending, review

#: Done at one look; the rest at the next.
AT_ONCE = 40

_DOING: dict[str, Callable[[str, int], None]] = {
    "claim": claims.expire,
    "refusal": review.expire,
    "unreached": ending.not_reached,
}


def due(sitting_id: str) -> list[tuple[str, int]]:
    """What is due in a sitting, as (what, question)."""
    now = timezone.now()
    claimed = Claim.objects.filter(question__sitting=sitting_id, until__lte=now)
    refused = PendingRefusal.objects.filter(question__sitting=sitting_id, until__lte=now)
    found = [("refusal", key) for key in refused.values_list("pk", flat=True)[:AT_ONCE]]
    found += [("claim", key) for key in claimed.values_list("pk", flat=True)[:AT_ONCE]]
    found += [("unreached", key) for key in ending.unreached(sitting_id, AT_ONCE)]
    return found


def do(sitting_id: str, what: str, question_id: int) -> None:
    """Do one of them; in a transaction. What was done meanwhile is not done again."""
    _DOING[what](sitting_id, question_id)


def overdue() -> list[str]:
    """Sittings in which something important is due: questions that wait to be published or
    closed. Claims are not: they hold nobody back once their time is over."""
    refused = PendingRefusal.objects.filter(until__lte=timezone.now())
    over = Sitting.objects.filter(state__in=ending.OVER, questions__state__in=ending.OPEN)
    ids = set(refused.values_list("question__sitting_id", flat=True))
    return sorted(ids | set(over.values_list("pk", flat=True)))
