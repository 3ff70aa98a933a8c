"""How the work on the desk goes, for those who do it."""

from collections import defaultdict
from datetime import timedelta
from statistics import quantiles
from typing import Any

from django.db.models import Count, Min
from django.db.models import Q as Where
from django.utils import timezone

from consultations.actions.question_states import PUBLISHED
from consultations.models import Question, QuestionState
from moderation.models import Decision, Verdict
from moderation.protocol import DeskState, ThemeCoverage

Q = QuestionState
PACE_OVER = timedelta(minutes=5)
#: Decisions whose waits are looked at.
RECENT = 200
#: From this risk on a pending question counts as risky.
RISKY = 30
FIRST_DECISIONS = (Verdict.APPROVE, Verdict.REJECT, Verdict.MERGE, Verdict.SECOND)


def desk(sitting_id: str) -> dict[str, Any]:
    """The staff's `latest` values of a sitting."""
    return {"desk": state(sitting_id).model_dump()}


def state(sitting_id: str) -> DeskState:
    """The value of `desk`."""
    now = timezone.now()
    questions = Question.objects.filter(sitting=sitting_id)
    counts = questions.aggregate(
        backlog=Count("pk", filter=Where(state=Q.PENDING)),
        risky=Count("pk", filter=Where(state=Q.PENDING, risk__gte=RISKY)),
        arrived=Count("pk", filter=Where(submitted_at__gte=now - PACE_OVER)),
        oldest=Min("submitted_at", filter=Where(state=Q.PENDING)),
    )
    decisions = Decision.objects.filter(question__sitting=sitting_id)
    pace = decisions.filter(at__gte=now - PACE_OVER).exclude(verdict=Verdict.UNDO).count()
    minutes = PACE_OVER.total_seconds() / 60
    median, p95 = _waits(sitting_id)
    oldest = counts["oldest"]
    return DeskState(
        backlog=counts["backlog"],
        risky=counts["risky"],
        arriving=round(counts["arrived"] / minutes, 1),
        decided=round(pace / minutes, 1),
        wait_median_s=median,
        wait_p95_s=p95,
        oldest_s=round((now - oldest).total_seconds()) if oldest else 0,
        coverage=coverage(sitting_id),
    )


def coverage(sitting_id: str) -> list[ThemeCoverage]:
    """How many questions of each agenda item wait, are published, are answered."""
    rows = Question.objects.filter(sitting=sitting_id, state__in=[Q.PENDING, *PUBLISHED])
    counts: dict[int | None, dict[str, int]] = defaultdict(
        lambda: {"pending": 0, "published": 0, "answered": 0}
    )
    for item, name, n in rows.values_list("agenda_item", "state").annotate(n=Count("pk")):
        theme = counts[item]
        if name == Q.PENDING:
            theme["pending"] += n
            continue
        theme["published"] += n
        theme["answered"] += n if name == Q.ANSWERED else 0
    return [
        ThemeCoverage(agenda_item=item, **theme)
        for item, theme in sorted(counts.items(), key=lambda pair: (pair[0] is None, pair[0] or 0))
    ]


def _waits(sitting_id: str) -> tuple[int, int]:
    """Median and 95th percentile, in seconds, of the waits for the latest first decisions."""
    rows = (
        Decision.objects.filter(
            question__sitting=sitting_id, from_state=Q.PENDING, verdict__in=FIRST_DECISIONS
        )
        .order_by("-pk")
        .values_list("at", "question__submitted_at")[:RECENT]
    )
    waits = [max(0.0, (at - submitted).total_seconds()) for at, submitted in rows]
    if not waits:
        return 0, 0
    if len(waits) == 1:
        return round(waits[0]), round(waits[0])
    cuts = quantiles(waits, n=20, method="inclusive")
    return round(cuts[9]), round(cuts[18])
