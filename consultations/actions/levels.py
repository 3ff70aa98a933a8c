"""Who may take part in a sitting, how they prove it, and how it shows in counts."""

import hashlib
import hmac
import time
from collections.abc import Collection, Mapping

from django.conf import settings
from django.db import connection

from communes.many import numbers
from communes.models import Person
from consultations.models import HallEntry, LevelName, ListedNumber, Participation
from consultations.protocol import LEVEL_FLOOR, HallCode, ParticipationState, SetParticipation
from live.actions.context import Context
from live.models import Sitting, SittingState
from live.protocol.errors import ErrorCode, Refused
from live.timeline.append import append

from .hooks import Action
from .rules import OVER

#: Seconds for which one code is shown in the hall; it is accepted for as long again.
HALL_CODE_S = 600
#: Everybody counts once: under the first of these that they have.
PRECEDENCE = (LevelName.HALL, LevelName.LISTED, LevelName.CONFIRMED)
#: Where somebody may enter the hall.
ENTERING = frozenset(
    {SittingState.SCHEDULED, SittingState.LIVE, SittingState.PAUSED, SittingState.CLOSED_DOORS}
)

Levels = frozenset[str]


def held_levels(sitting_id: str, people: Collection[int]) -> dict[int, Levels]:
    """The levels at which each of these people may act in a sitting, by one query.

    Whoever has an account has confirmed a telephone or an address, or the town hall made it.
    """
    held = dict.fromkeys(people, frozenset({LevelName.CONFIRMED.value}))
    person, listed, entry, sitting = (
        model._meta.db_table for model in (Person, ListedNumber, HallEntry, Sitting)
    )
    asked, values = numbers(people)
    # Asked for each batch of votes, and written out, because composing it costs Django more than
    # answering it costs the database.
    statement = f"""
        SELECT id,
            phone_verified AND EXISTS (SELECT 1 FROM {listed}
                WHERE {listed}.phone_hash = {person}.phone_hash
                AND commune_id = (SELECT commune_id FROM {sitting} WHERE id = %s)),
            EXISTS (SELECT 1 FROM {entry} WHERE sitting_id = %s AND person_id = {person}.id)
        FROM {person} WHERE id IN ({asked})
    """  # noqa: S608 - names of ours alone
    with connection.cursor() as cursor:
        cursor.execute(statement, [sitting_id, sitting_id, *values])
        for one, is_listed, in_hall in cursor.fetchall():
            if is_listed:
                held[one] |= {LevelName.LISTED.value}
            if in_hall:
                held[one] |= {LevelName.HALL.value}
    return held


def counted(levels: Levels) -> LevelName:
    """The one level that somebody with these counts under."""
    return next(level for level in PRECEDENCE if level in levels)


def counted_level(sitting_id: str, person: int) -> LevelName:
    """The level that one person counts under."""
    return counted(held_levels(sitting_id, [person])[person])


def shown_levels(people: Mapping[str, int]) -> dict[str, int]:
    """What may be shown of counts by level: none of fewer than `LEVEL_FLOOR` people, nor one
    from which, with the total, such a one could be worked out."""
    shown = {level: count for level, count in people.items() if count >= LEVEL_FLOOR}
    hidden = sum(count for level, count in people.items() if level not in shown)
    if 0 < hidden < LEVEL_FLOOR and shown:
        del shown[min(shown, key=lambda level: shown[level])]
    return {level.value: shown[level] for level in PRECEDENCE if level in shown}


def refusal(level: str) -> Refused:
    """What somebody without `level` is told."""
    code = ErrorCode.NOT_IN_HALL if level == LevelName.HALL else ErrorCode.NOT_LISTED
    return Refused(code, f"needs level {level}")


def lacks_level(action: Action, sitting_id: str, people: Collection[int]) -> dict[int, Refused]:
    """The guard (`hooks.on_acting`): a sitting's level is asked of everybody who asks, supports
    or reacts. Polls have one of their own, which `ballots` asks for."""
    if action == "vote":
        return {}
    level = participation_of(sitting_id).level
    if level == LevelName.CONFIRMED:
        return {}
    held = held_levels(sitting_id, people)
    return {person: refusal(level) for person in people if level not in held[person]}


# ── the setting of a sitting ──────────────────────────────────────────────────────────────────


def participation_of(sitting_id: str) -> Participation:
    """The setting of a sitting; not in the database while the defaults hold."""
    row = Participation.objects.filter(sitting_id=sitting_id).first()
    return row or Participation(sitting_id=sitting_id)


def participation_state(row: Participation) -> ParticipationState:
    """The state of key `participation`."""
    return ParticipationState.model_validate(
        {"level": row.level, "by_level": row.by_level, "reactions": row.reactions}
    )


def set_participation(context: Context, wanted: SetParticipation) -> ParticipationState:
    """Change what `wanted` says; saying what is so already changes nothing."""
    sitting = context.sitting()
    if sitting.state in OVER:
        raise Refused(ErrorCode.WRONG_STATE, f"the sitting is {sitting.state}")
    row = participation_of(sitting.pk)
    before = participation_state(row)
    for name, value in wanted.model_dump(exclude_none=True).items():
        setattr(row, name, value)
    after = participation_state(row)
    if after != before:
        row.save()
        by = context.by("clerk", "moderator")
        append(sitting.timeline_id, "participation.changed", "participation", after, by)
    return after


# ── the hall ──────────────────────────────────────────────────────────────────────────────────


def _code(sitting_id: str, hall_round: int, window: int) -> str:
    """Six digits that nobody without the server's key can work out, not even from the database."""
    message = f"hall:{sitting_id}:{hall_round}:{window}".encode()
    digest = hmac.new(settings.SECRET_KEY.encode(), message, hashlib.sha256).digest()
    return f"{int.from_bytes(digest[:8]) % 1_000_000:06d}"


def hall_code(sitting_id: str, now: float | None = None) -> HallCode:
    """What to show in the hall at `now` (Unix seconds)."""
    window = int((time.time() if now is None else now) // HALL_CODE_S)
    return HallCode(
        code=_code(sitting_id, participation_of(sitting_id).hall_round, window),
        until=(window + 1) * HALL_CODE_S * 1000,
        entered=HallEntry.objects.filter(sitting_id=sitting_id).count(),
    )


def enter_hall(context: Context, code: str, now: float | None = None) -> None:
    """Note that somebody read the code in the hall. Doing it again changes nothing."""
    sitting = context.sitting()
    rehearsing = sitting.rehearsal and sitting.state == SittingState.DRAFT
    if sitting.state not in ENTERING and not rehearsing:
        raise Refused(ErrorCode.WRONG_STATE, f"the sitting is {sitting.state}")
    window = int((time.time() if now is None else now) // HALL_CODE_S)
    hall_round = participation_of(sitting.pk).hall_round
    typed = "".join(char for char in code if char.isdecimal())
    valid = [_code(sitting.pk, hall_round, window - age) for age in (0, 1)]
    if not any(hmac.compare_digest(typed.encode(), one.encode()) for one in valid):
        raise Refused(ErrorCode.WRONG_CODE, field="code")
    HallEntry.objects.bulk_create(
        [HallEntry(sitting=sitting, person_id=context.person)], ignore_conflicts=True
    )


def rotate_hall_code(context: Context) -> None:
    """End the code that is shown and the one before it, at once. Who has entered stays."""
    row = participation_of(context.sitting().pk)
    row.hall_round += 1
    row.save()
