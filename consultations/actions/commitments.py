"""Promises made in public: made, followed up, confirmed or contested by citizens.

A promise has a timeline of its own, its history. What happens to it while its sitting goes on is
on the sitting's timeline too, at that second; and running hearings of the commune are told when
something changes that they began with (`promises`).
"""

from collections import defaultdict
from datetime import datetime
from typing import Any

from django.core.files import File
from django.db import connection
from django.db.models import Count, F
from django.utils import timezone

from consultations.models import (
    Commitment,
    CommitmentFollower,
    CommitmentStatus,
    CommitmentUpdate,
    CommitmentVoice,
    Question,
)
from consultations.protocol import (
    CommitmentVoices,
    EditCommitment,
    MakeCommitment,
    MyCommitment,
    UpdateCommitment,
    VoiceCounts,
)
from live.actions.context import Context, held
from live.models import Sitting, SittingState, Timeline
from live.protocol.errors import ErrorCode, Refused
from live.timeline.append import SYSTEM, By, append

from . import notices
from .commitment_states import commitment_state
from .levels import counted_level, shown_levels
from .promises import refresh_promises
from .question_states import is_published

S = CommitmentStatus

STAFF = ("host", "clerk", "moderator")
PROMISING = frozenset({SittingState.LIVE, SittingState.PAUSED})
#: Where what becomes of a promise is told on its sitting's timeline too.
TOLD = PROMISING | {SittingState.CLOSED_DOORS}
#: When there is something to confirm or to contest.
JUDGED = frozenset({S.KEPT, S.LATE})

KINDS = {
    S.OPEN: "commitment.reopened",
    S.KEPT: "commitment.kept",
    S.DROPPED: "commitment.dropped",
    S.LATE: "commitment.late",
}


def make(context: Context, wanted: MakeCommitment) -> Commitment:
    """Make a promise, at this second of the sitting."""
    sitting = context.sitting()
    if sitting.state == SittingState.CLOSED_DOORS:
        raise Refused(ErrorCode.CLOSED_DOORS)
    if sitting.state not in PROMISING:
        raise Refused(ErrorCode.WRONG_STATE, f"the sitting is {sitting.state}")
    _not_past(wanted.due_on)
    question = _question(sitting, wanted.question)
    commitment = Commitment.objects.create(
        commune_id=sitting.commune_id,
        sitting=sitting,
        timeline=Timeline.objects.create(),
        question=question,
        wording=wanted.wording,
        owner=wanted.owner,
        due_on=wanted.due_on,
        budget_line=wanted.budget_line,
        made_at=timezone.now(),
    )
    if question is not None and question.author_id is not None:
        # Whoever asked wants to know.
        CommitmentFollower.objects.create(commitment=commitment, person_id=question.author_id)
    _say(commitment, "commitment.made", context.by(*STAFF))
    return commitment


def _not_past(due_on: Any) -> None:
    if due_on < timezone.localdate():
        raise Refused(ErrorCode.INVALID, "due before today", field="due_on")


def _question(sitting: Sitting, question_id: int | None) -> Question | None:
    if question_id is None:
        return None
    question = Question.objects.filter(sitting=sitting, pk=question_id).first()
    if question is None or not is_published(question):
        raise Refused(ErrorCode.NOT_FOUND, "no such question", field="question")
    return question


def find(context: Context, commitment_id: int) -> Commitment:
    """A promise of the commune whose sitting this is, its row locked; raises `Refused`."""
    sitting = context.sitting()
    commitments = Commitment.objects.select_related("sitting", "commune")
    if connection.features.has_select_for_update:
        commitments = commitments.select_for_update(no_key=True, of=("self",))
    commitment = commitments.filter(commune_id=sitting.commune_id, pk=commitment_id).first()
    if commitment is None or (
        commitment.sitting.rehearsal and commitment.sitting_id != context.sitting_id
    ):
        raise Refused(ErrorCode.NOT_FOUND, f"commitment {commitment_id}")
    return commitment


def edit(context: Context, wanted: EditCommitment) -> Commitment:
    """Put right what was written, while the sitting goes on."""
    commitment = find(context, wanted.commitment)
    if commitment.sitting.state not in TOLD:
        raise Refused(ErrorCode.WRONG_STATE, "its sitting is over")
    changes = wanted.model_dump(exclude_none=True, exclude={"commitment"})
    if wanted.due_on is not None and wanted.due_on != commitment.due_on:
        _not_past(wanted.due_on)
    if any(getattr(commitment, name) != value for name, value in changes.items()):
        for name, value in changes.items():
            setattr(commitment, name, value)
        commitment.save()
        _say(commitment, "commitment.edited", context.by(*STAFF))
    return commitment


def update(
    context: Context, wanted: UpdateCommitment, file: File[bytes] | None = None
) -> CommitmentUpdate:
    """News of a promise, with what proves it. Followers are told."""
    commitment = find(context, wanted.commitment)
    link = str(wanted.link) if wanted.link else ""
    before, target = S(commitment.state), S(wanted.state) if wanted.state else None
    if target is S.DROPPED and not wanted.note:
        raise Refused(ErrorCode.INVALID, "dropped without a reason", field="note")
    if not (wanted.note or link or file) and target is not S.OPEN:
        raise Refused(ErrorCode.INVALID, "neither a word nor a proof", field="note")
    if target is S.OPEN and commitment.due_on < timezone.localdate():
        target = S.LATE
    if target is not None:
        commitment.state = target
        commitment.reason = wanted.note if target is S.DROPPED else ""
        commitment.save()
    now = timezone.now()
    news = CommitmentUpdate.objects.create(
        commitment=commitment,
        state=commitment.state,
        note=wanted.note,
        link=link,
        file=file,
        by_id=context.person,
        at=now,
    )
    changed = S(commitment.state) is not before
    kind = KINDS[S(commitment.state)] if changed else "commitment.updated"
    _say(commitment, kind, context.by(*STAFF))
    notices.followers(commitment, news)
    return news


def mark_late(commitment_id: int) -> bool:
    """Say that a promise is late, when it is. In a transaction; for the daily task."""
    commitment = Commitment.objects.select_related("sitting", "commune").get(pk=commitment_id)
    held(commitment.sitting_id)
    commitment.refresh_from_db(fields=["state", "due_on"])
    if commitment.state != S.OPEN or commitment.due_on >= timezone.localdate():
        return False
    commitment.state = S.LATE
    commitment.save(update_fields=["state"])
    _say(commitment, "commitment.late", SYSTEM)
    notices.followers(commitment, None)
    return True


def _say(commitment: Commitment, kind: str, by: By) -> None:
    """Tell the promise's own timeline, its sitting's while that goes on, and running hearings."""
    key, state = f"commitment/{commitment.pk}", commitment_state(commitment)
    append(commitment.timeline_id, kind, key, state, by)
    if commitment.sitting.state in TOLD:
        append(commitment.sitting.timeline_id, kind, key, state, by)
    refresh_promises(commitment, by)


# ── what citizens say of it ───────────────────────────────────────────────────────────────────


def speak(context: Context, commitment_id: int, confirms: bool | None) -> Commitment:
    """Confirm, contest, or (None) take one's word back. Each person has one; saying the other
    replaces it, saying the same again changes nothing."""
    commitment = find(context, commitment_id)
    if confirms is not None and commitment.state not in JUDGED:
        raise Refused(ErrorCode.WRONG_STATE, f"the promise is {commitment.state}")
    voices = CommitmentVoice.objects.filter(commitment=commitment, person_id=context.person)
    before = voices.values_list("confirms", flat=True).first()
    if before == confirms:
        return commitment
    if confirms is None:
        voices.delete()
    else:
        level = counted_level(commitment.sitting_id, context.person)
        CommitmentVoice.objects.update_or_create(
            commitment=commitment,
            person_id=context.person,
            defaults={"confirms": confirms, "level": level},
        )
    _move_counters(commitment, before, confirms)
    return commitment


def _move_counters(commitment: Commitment, before: bool | None, after: bool | None) -> None:
    Commitment.objects.filter(pk=commitment.pk).update(
        confirmed=F("confirmed") + int(after is True) - int(before is True),
        contested=F("contested") + int(after is False) - int(before is False),
    )


def follow(context: Context, commitment_id: int, follows: bool) -> Commitment:
    """Be told of its changes, or no longer. Doing it twice changes nothing."""
    commitment = find(context, commitment_id)
    mine = {"commitment": commitment, "person_id": context.person}
    if follows:
        CommitmentFollower.objects.bulk_create([CommitmentFollower(**mine)], ignore_conflicts=True)
    else:
        CommitmentFollower.objects.filter(**mine).delete()
    return commitment


def my_commitments(people: Any, commitments: Any) -> dict[int, dict[str, Any]]:
    """By person, the `mine` values of these promises."""
    voices: dict[tuple[int, int], bool] = {
        (person, key): confirms
        for person, key, confirms in CommitmentVoice.objects.filter(
            person_id__in=people, commitment__in=commitments
        ).values_list("person_id", "commitment_id", "confirms")
    }
    followed = set(
        CommitmentFollower.objects.filter(
            person_id__in=people, commitment__in=commitments
        ).values_list("person_id", "commitment_id")
    )
    values: dict[int, dict[str, Any]] = defaultdict(dict)
    for person, key in voices.keys() | followed:
        confirms = voices.get((person, key))
        mine = MyCommitment(
            voice=None if confirms is None else "confirmed" if confirms else "contested",
            followed=(person, key) in followed,
        )
        values[person][f"commitment/{key}"] = mine.model_dump()
    return values


#: Voices by level, kept until a counter moves: (promise, confirmed, contested) -> counts.
_kept: dict[tuple[int, int, int], CommitmentVoices] = {}
KEPT_MOST = 1000


def moving_voices(sitting_id: str) -> dict[int, CommitmentVoices]:
    """The latest values `voices/<id>` of the commune's promises."""
    rows = (
        Commitment.objects.filter(commune__sittings=sitting_id)
        .exclude(confirmed=0, contested=0)
        .values_list("pk", "confirmed", "contested")
    )
    return {row[0]: voices_of(*row) for row in rows}


def voices_of(commitment_id: int, confirmed: int, contested: int) -> CommitmentVoices:
    """The counts of a promise, with levels where there are enough people."""
    row = (commitment_id, confirmed, contested)
    if row not in _kept:
        if len(_kept) >= KEPT_MOST:
            _kept.clear()
        _kept[row] = CommitmentVoices(
            confirmed=confirmed, contested=contested, levels=_by_level(commitment_id)
        )
    return _kept[row]


def _by_level(commitment_id: int) -> dict[str, VoiceCounts]:
    counts: dict[str, dict[bool, int]] = defaultdict(dict)
    rows = CommitmentVoice.objects.filter(commitment_id=commitment_id)
    for level, confirms, people in rows.values_list("level", "confirms").annotate(Count("pk")):
        counts[level][confirms] = people
    shown = shown_levels({level: sum(by.values()) for level, by in counts.items()})
    return {
        level: VoiceCounts(
            confirmed=counts[level].get(True, 0), contested=counts[level].get(False, 0)
        )
        for level in shown
    }


def late_by(moment: datetime | None = None) -> list[int]:
    """Promises that are open although their day has passed."""
    today = timezone.localdate(moment)
    return list(
        Commitment.objects.filter(state=S.OPEN, due_on__lt=today).values_list("pk", flat=True)
    )
