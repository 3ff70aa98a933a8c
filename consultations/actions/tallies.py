"""Counters that change all the time: read often, written to the timeline seldom.

Four times a second each process reads them for its own sockets (`live`); at most every five
seconds per thing one of the processes puts them on the timeline, so that a replay moves too.
"""

from datetime import datetime, timedelta
from typing import Any

from django.db.models import F, Q
from django.utils import timezone

from consultations.models import Poll, PollState, Question
from live.actions.context import hold
from live.timeline.append import SYSTEM

from . import reactions
from .commitments import moving_voices
from .exposure import exposure
from .poll_states import tally
from .polls import count
from .signs import COUNTED, signs
from .support_counts import support_tallies
from .supports import count_supports

ENTRY_EVERY = timedelta(seconds=5)
#: A secret poll's live result moves by at least so many voters at a time.
SECRET_STEP = 10


def live(sitting_id: str) -> dict[str, Any]:
    """Values of the `latest` keys of a sitting that may still move."""
    there = signs(sitting_id)
    moved = list(_moved(sitting_id)) if there.questions else []
    values: dict[str, Any] = {
        f"support/{key}": counts.model_dump()
        for key, counts in support_tallies(sitting_id, moved).items()
    }
    polls = _open_polls(sitting_id).prefetch_related("options") if there.open_polls else []
    for poll in polls:
        if not _in_steps(poll):
            values[f"tally/{poll.pk}"] = tally(poll).model_dump()
    seen = exposure(sitting_id)
    if seen is not None:
        values["exposure"] = seen.model_dump()
    reacted = reactions.live(sitting_id) if there.reactions else None
    if reacted is not None:
        values["reactions"] = reacted.model_dump()
    for key, voices in (moving_voices(sitting_id) if there.voices else {}).items():
        values[f"voices/{key}"] = voices.model_dump()
    return values


def entries_due(sitting_id: str) -> list[tuple[str, int]]:
    """Things of a sitting whose counters should go on the timeline now: (what, id)."""
    there = signs(sitting_id)
    before = timezone.now() - ENTRY_EVERY
    stale = Q(tallied_at__isnull=True) | Q(tallied_at__lt=before)
    due: list[tuple[str, int]] = []
    if there.questions:
        moved = _moved(sitting_id).filter(stale).values_list("pk", flat=True)
        due += [("question", key) for key in moved]
    if there.open_polls:
        due += [("poll", poll.pk) for poll in _open_polls(sitting_id).filter(stale) if _moves(poll)]
    if there.windows:
        due += [("reactions", window) for window in reactions.windows_due(sitting_id)]
    return due


def write_entry(sitting_id: str, what: str, key: int) -> None:
    """Put one counter on the timeline, unless another process just did (checked under lock)."""
    hold(sitting_id)
    before = timezone.now() - ENTRY_EVERY
    if what == "question":
        question = Question.objects.select_related("sitting").get(pk=key)
        if question.supports != question.tallied and not _recent(question.tallied_at, before):
            count_supports(question, SYSTEM)
    elif what == "poll":
        poll = Poll.objects.select_related("sitting").get(pk=key)
        if poll.state == PollState.OPEN and _moves(poll) and not _recent(poll.tallied_at, before):
            count(poll, SYSTEM)
    else:
        reactions.write_window(sitting_id, key)


def _moved(sitting_id: str) -> Any:
    return Question.objects.filter(sitting_id=sitting_id, state__in=COUNTED).exclude(
        supports=F("tallied")
    )


def _open_polls(sitting_id: str) -> Any:
    return Poll.objects.filter(sitting_id=sitting_id, state=PollState.OPEN)


def _recent(moment: datetime | None, before: datetime) -> bool:
    return moment is not None and moment >= before


def _in_steps(poll: Poll) -> bool:
    """Whether the public sees a count of secret ballots while they are cast."""
    return poll.secret and poll.revealed


def _moves(poll: Poll) -> bool:
    """Whether enough has changed since the timeline last said it."""
    return poll.voters - poll.tallied >= (SECRET_STEP if _in_steps(poll) else 1)
