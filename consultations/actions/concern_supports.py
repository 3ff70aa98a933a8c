"""Support for concerns: once per person, taken back as easily, counted as it moves."""

from collections import defaultdict
from collections.abc import Collection
from datetime import timedelta
from typing import Any

from django.db import connection
from django.db.models import F
from django.utils import timezone

from consultations.models import (
    Comment,
    CommentState,
    Concern,
    ConcernFollower,
    ConcernState,
    ConcernSupport,
)
from consultations.protocol import ConcernTally, MyBacking, MyComment
from live.actions.context import Context
from live.actions.subjects import hold_timelines
from live.protocol.errors import ErrorCode, Refused
from live.protocol.registry import Moving
from live.timeline.append import SYSTEM
from live.timeline.read import milliseconds

from . import hooks
from .concern_lists import tell_list
from .concern_states import OPEN, PUBLIC, board_timeline
from .concerns import find

ENTRY_EVERY = timedelta(seconds=5)
#: Concerns of boards whose counters are told at once; those that waited longest come first.
MOST_AT_ONCE = 200
_HIDDEN = frozenset(ConcernState) - PUBLIC


def support(context: Context, concern_id: int) -> Concern:
    """Support a concern; doing it twice changes nothing."""
    concern = _supportable(context, concern_id)
    hooks.check_in("support", concern.commune_id, context.person)
    # Only the statement that really inserts raises the counter.
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {ConcernSupport._meta.db_table} (concern_id, person_id, at) "  # noqa: S608
            "VALUES (%s, %s, %s) ON CONFLICT DO NOTHING",
            [concern.pk, context.person, timezone.now()],
        )
        added = cursor.rowcount
    if added:
        Concern.objects.filter(pk=concern.pk).update(supports=F("supports") + 1)
        concern.supports += 1
    return concern


def unsupport(context: Context, concern_id: int) -> Concern:
    """Take one's support back; doing it twice changes nothing."""
    concern = _supportable(context, concern_id)
    mine = ConcernSupport.objects.filter(concern=concern, person_id=context.person)
    removed, _ = mine.delete()
    if removed:
        Concern.objects.filter(pk=concern.pk).update(supports=F("supports") - 1)
        concern.supports -= 1
    return concern


def _supportable(context: Context, concern_id: int) -> Concern:
    concern = find(context, concern_id)
    if concern.state not in PUBLIC:
        raise Refused(ErrorCode.NOT_FOUND, f"concern {concern_id} is {concern.state}")
    if concern.state not in OPEN:
        raise Refused(ErrorCode.WRONG_STATE, f"the concern is {concern.state}")
    return concern


def count(concern: Concern) -> None:
    """Say the number of supports on the concern's timeline, and in the list of its commune; both
    are held."""
    tell_list(concern.pk, board_timeline(concern), SYSTEM, was_public=False)


# ── what delivery asks ────────────────────────────────────────────────────────────────────────


def moving(concerns: Collection[str]) -> dict[str, Moving]:
    """The counters of those of these concerns that differ from what their timelines said, and
    whether they should go there now."""
    before = timezone.now() - ENTRY_EVERY
    rows = Concern.objects.filter(pk__in=concerns).exclude(supports=F("tallied"))
    return {
        str(key): Moving(
            {f"backing/{key}": ConcernTally(supports=supports).model_dump()},
            [("concern", key)] if at is None or at < before else [],
        )
        for key, supports, at in rows.values_list("pk", "supports", "tallied_at")
    }


def moving_in_lists(communes: Collection[str]) -> dict[str, Moving]:
    """As `moving`, of the public concerns on the boards of these communes. An index knows those
    that move (`concerns_that_move`): where none does, that costs nothing."""
    before = timezone.now() - ENTRY_EVERY
    found: dict[str, Moving] = {}
    rows = Concern.objects.filter(commune__in=[int(one) for one in communes]).exclude(
        supports=F("tallied")
    )
    # Excluded: with states that are wanted, SQLite would take another index.
    rows = rows.exclude(state__in=_HIDDEN).order_by(F("tallied_at").asc(nulls_first=True))
    fields = rows.values_list("commune_id", "pk", "supports", "tallied_at")
    for commune, key, supports, at in fields[:MOST_AT_ONCE]:
        here = found.setdefault(str(commune), Moving())
        here.values[f"backing/{key}"] = ConcernTally(supports=supports).model_dump()
        if at is None or at < before:
            here.due.append(("concern", key))
    return found


def write(subject_id: str, what: str, key: int) -> None:
    """Put the counter of a concern on the timelines, unless another process just did."""
    concern = Concern.objects.get(pk=key)
    hold_timelines([concern.timeline_id, board_timeline(concern)])
    concern.refresh_from_db()
    at = concern.tallied_at
    if concern.supports != concern.tallied and (at is None or at < timezone.now() - ENTRY_EVERY):
        count(concern)


def backing_of(concern_id: int, people: Collection[int]) -> dict[int, dict[str, Any]]:
    """What these people do for a concern; those who do nothing are left out."""
    supporting = set(
        ConcernSupport.objects.filter(concern=concern_id, person__in=people).values_list(
            "person_id", flat=True
        )
    )
    following = set(
        ConcernFollower.objects.filter(concern=concern_id, person__in=people).values_list(
            "person_id", flat=True
        )
    )
    return {
        person: MyBacking(supported=person in supporting, followed=person in following).model_dump()
        for person in supporting | following
    }


def belongings_of(concern_id: str, people: Collection[int]) -> dict[int, dict[str, Any]]:
    """The `mine` values of these people on a concern's page."""
    values: dict[int, dict[str, Any]] = defaultdict(dict)
    for person, backing in backing_of(int(concern_id), people).items():
        values[person][f"backing/{concern_id}"] = backing
    own = Comment.objects.filter(concern=int(concern_id), author__in=people)
    for comment in own.filter(office="").exclude(state=CommentState.WITHDRAWN):
        if comment.author_id is not None:
            values[comment.author_id][f"comment/{comment.pk}"] = my_comment(comment)
    return dict(values)


def my_comment(comment: Comment) -> dict[str, Any] | None:
    """The `mine` value `comment/<id>`; None once it is taken back."""
    if comment.state == CommentState.WITHDRAWN:
        return None
    return MyComment.model_validate(
        {
            "id": comment.pk,
            "parent": comment.parent_id,
            "text": comment.text,
            "state": comment.state,
            "code": comment.code or None,
            "note": comment.note,
            "at": milliseconds(comment.submitted_at),
        }
    ).model_dump()
