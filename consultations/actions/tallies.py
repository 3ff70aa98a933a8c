"""Counters that change all the time: read often, written to the timeline seldom.

Four times a second each process reads them for its own sockets (`live`); at most every five
seconds per thing one of the processes puts them on the timeline, so that a replay moves too.
"""

from datetime import timedelta
from typing import Any

from django.db.models import F, Q
from django.utils import timezone

from consultations.models import Poll, PollState, Question
from consultations.protocol import PollTally, QuestionTally
from live.actions.context import hold
from live.timeline.append import SYSTEM

from .polls import count
from .questions import count_supports
from .states import PUBLISHED, tally

ENTRY_EVERY = timedelta(seconds=5)
#: A secret poll's live result moves by at least so many voters at a time.
SECRET_STEP = 10


def live(sitting_id: str) -> dict[str, Any]:
    """Values of the `latest` keys of a sitting that may still move."""
    values: dict[str, Any] = {
        f"support/{key}": QuestionTally(supports=supports).model_dump()
        for key, supports in Question.objects.filter(sitting_id=sitting_id, state__in=PUBLISHED)
        .exclude(supports=F("tallied"))
        .values_list("pk", "supports")
    }
    polls = Poll.objects.filter(sitting_id=sitting_id, state=PollState.OPEN)
    for poll in polls.prefetch_related("options"):
        counts = tally(poll)
        if poll.secret:
            # Only what the timeline has said: it moves in steps.
            continue
        values[f"tally/{poll.pk}"] = counts.model_dump()
    return values


def entries_due(sitting_id: str) -> list[tuple[str, int]]:
    """Things of a sitting whose counters should go on the timeline now: (what, id)."""
    before = timezone.now() - ENTRY_EVERY
    stale = Q(tallied_at__isnull=True) | Q(tallied_at__lt=before)
    due = [
        ("question", key)
        for key in Question.objects.filter(stale, sitting_id=sitting_id, state__in=PUBLISHED)
        .exclude(supports=F("tallied"))
        .values_list("pk", flat=True)
    ]
    polls = Poll.objects.filter(stale, sitting_id=sitting_id, state=PollState.OPEN)
    for poll in polls.prefetch_related("options"):
        if _moved_enough(poll, tally(poll)):
            due.append(("poll", poll.pk))
    return due


def write_entry(sitting_id: str, what: str, key: int) -> None:
    """Put one counter on the timeline, unless another process just did (checked under lock)."""
    hold(sitting_id)
    before = timezone.now() - ENTRY_EVERY
    if what == "question":
        question = Question.objects.select_related("sitting").get(pk=key)
        if question.supports != question.tallied and not _recent(question.tallied_at, before):
            count_supports(question, SYSTEM)
    else:
        poll = Poll.objects.select_related("sitting").get(pk=key)
        if (
            poll.state == PollState.OPEN
            and _moved_enough(poll, tally(poll))
            and not _recent(poll.tallied_at, before)
        ):
            count(poll, SYSTEM)


def _recent(moment: Any, before: Any) -> bool:
    return moment is not None and moment >= before


def _moved_enough(poll: Poll, counts: PollTally) -> bool:
    step = SECRET_STEP if poll.secret else 1
    return counts.voters - poll.tallied >= step
