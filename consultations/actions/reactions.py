"""Reactions: counted over windows of ten seconds, never kept by person."""

import time
from collections import Counter

from django.db import connection

from consultations.models import ReactionWindow
from consultations.protocol import ReactionCounts, SendReaction
from consultations.protocol.crowd import REACTION_WINDOW_S
from live.actions.context import Context, hold
from live.models import Sitting, SittingState
from live.protocol.errors import ErrorCode, Refused
from live.protocol.registry import Done
from live.timeline.append import SYSTEM, append

from .hooks import excluded
from .levels import participation_of

REACTING = frozenset({SittingState.LIVE, SittingState.PAUSED})
NAMES = ("applaud", "agree", "unclear", "slower")
#: Windows that nobody can see any more go once they are this old.
KEPT = 12


def current_window() -> int:
    return int(time.time() // REACTION_WINDOW_S)


def send(reactions: list[tuple[Context, SendReaction]]) -> list[Done | Exception]:
    """Count reactions, many at once; an answer for each, in order. One person counts once for
    each reaction of a batch."""
    answers: list[Done | Exception] = [Done()] * len(reactions)
    by_sitting: dict[str, dict[tuple[int, str], int]] = {}
    for index, (context, args) in enumerate(reactions):
        theirs = by_sitting.setdefault(context.sitting_id, {})
        theirs.setdefault((context.person, args.reaction), index)
    for sitting_id, theirs in sorted(by_sitting.items()):
        closed = _closed(sitting_id)
        people = {person for person, _ in theirs}
        barred = excluded("react", sitting_id, people) if closed is None else {}
        for index, (context, _) in enumerate(reactions):
            if context.sitting_id == sitting_id:
                refused = closed or barred.get(context.person)
                if refused is not None:
                    answers[index] = refused
        counts = Counter(name for person, name in theirs if person not in barred)
        if closed is None and counts:
            _raise(sitting_id, counts)
    return answers


def _closed(sitting_id: str) -> Refused | None:
    state = Sitting.objects.filter(pk=sitting_id).values_list("state", flat=True).first()
    if state is None:
        return Refused(ErrorCode.NOT_FOUND, "no such sitting")
    if state == SittingState.CLOSED_DOORS:
        return Refused(ErrorCode.CLOSED_DOORS)
    if state not in REACTING or not participation_of(sitting_id).reactions:
        return Refused(ErrorCode.WRONG_STATE, "no reactions now")
    return None


def _raise(sitting_id: str, counts: Counter[str]) -> None:
    values = [counts[name] for name in NAMES]
    columns = ", ".join(NAMES)
    table = ReactionWindow._meta.db_table
    added = ", ".join(f"{name} = {table}.{name} + excluded.{name}" for name in NAMES)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} (sitting_id, window_number, said, {columns}) "  # noqa: S608
            "VALUES (%s, %s, %s, %s, %s, %s, %s) "
            f"ON CONFLICT (sitting_id, window_number) DO UPDATE SET {added}",
            [sitting_id, current_window(), False, *values],
        )


def counts(row: ReactionWindow) -> ReactionCounts:
    """The state of key `reactions`."""
    return ReactionCounts(
        window=row.window_number * REACTION_WINDOW_S * 1000,
        applaud=row.applaud,
        agree=row.agree,
        unclear=row.unclear,
        slower=row.slower,
    )


def live(sitting_id: str) -> ReactionCounts | None:
    """The window that counts now, or the last one while it can still be seen."""
    row = (
        ReactionWindow.objects.filter(
            sitting_id=sitting_id, window_number__gte=current_window() - 1
        )
        .order_by("window_number")
        .last()
    )
    return None if row is None else counts(row)


def windows_due(sitting_id: str) -> list[int]:
    """Windows that are over and not on the timeline yet."""
    return list(
        ReactionWindow.objects.filter(
            sitting_id=sitting_id, said=False, window_number__lt=current_window()
        )
        .order_by("window_number")
        .values_list("window_number", flat=True)
    )


def write_window(sitting_id: str, number: int) -> None:
    """Put the counts of a window on the timeline, unless another process just did."""
    hold(sitting_id)
    windows = ReactionWindow.objects.filter(sitting_id=sitting_id)
    row = windows.select_related("sitting").filter(window_number=number, said=False).first()
    if row is None:
        return
    append(row.sitting.timeline_id, "reactions.counted", "reactions", counts(row), SYSTEM)
    windows.filter(pk=row.pk).update(said=True)
    windows.filter(said=True, window_number__lt=number - KEPT).delete()
