"""Claims: who is deciding what, so that two moderators never work on the same question."""

from collections.abc import Collection
from datetime import timedelta
from typing import Any

from django.utils import timezone

from communes.models import Person
from consultations.models import Question
from live.actions.context import Context, hold
from live.models import Sitting
from live.protocol.errors import ErrorCode, Refused
from live.timeline.append import SYSTEM, By, append
from live.timeline.read import milliseconds
from moderation.models import Claim
from moderation.protocol import CLAIM_LEASE_S, ClaimState

LEASE = timedelta(seconds=CLAIM_LEASE_S)


def state(claim: Claim) -> ClaimState:
    """The state of key `claim/<question>`."""
    return ClaimState(
        question=claim.question_id,
        by=claim.moderator.public_id,
        by_name=claim.moderator.display_name,
        until=milliseconds(claim.until),
    )


def held_by_others(person_id: int, questions: Collection[int]) -> dict[int, Claim]:
    """Claims of other people on these questions that still hold."""
    claims = Claim.objects.select_related("moderator").filter(
        question__in=questions, until__gt=timezone.now()
    )
    return {claim.question_id: claim for claim in claims.exclude(moderator_id=person_id)}


def unclaimed(context: Context, *questions: int) -> None:
    """Raise `Refused` when somebody else is deciding one of these."""
    for claim in held_by_others(context.person, questions).values():
        data = {"claim": state(claim).model_dump()}
        raise Refused(ErrorCode.CONFLICT, f"question {claim.question_id} is claimed", data=data)


def take(context: Context, questions: Collection[int], *, keep: bool = False) -> dict[str, Any]:
    """Claim questions for a minute, or longer those already claimed; what somebody else holds is
    left to them. Returns `claimed` ids and the `held` claims of others; raises `Refused` when
    nothing could be claimed."""
    sitting = context.sitting()
    known = set(
        Question.objects.filter(sitting=sitting, pk__in=questions).values_list("pk", flat=True)
    )
    if missing := set(questions) - known:
        raise Refused(ErrorCode.NOT_FOUND, f"questions {sorted(missing)}")
    others = held_by_others(context.person, known)
    held = {str(key): state(claim).model_dump() for key, claim in others.items()}
    if not keep:
        _end(sitting, context.person, exclude=known, by=context.by("moderator"))
    if len(held) == len(known):
        raise Refused(ErrorCode.CONFLICT, "claimed by others", data={"held": held})
    moderator = Person.objects.get(pk=context.person)
    until = timezone.now() + LEASE
    claimed = sorted(known - set(others))
    for key in claimed:
        claim, _ = Claim.objects.update_or_create(
            question_id=key, defaults={"moderator": moderator, "until": until}
        )
        _say(sitting, key, state(claim), context.by("moderator"))
    return {"claimed": claimed, "held": held, "until": milliseconds(until)}


def release(context: Context, questions: Collection[int]) -> None:
    """End my claims on these, or on all."""
    sitting = context.sitting()
    _end(sitting, context.person, only=questions, by=context.by("moderator"))


def done(question: Question, by: By) -> None:
    """A question was decided: whoever claimed it no longer does."""
    if Claim.objects.filter(question=question).delete()[0]:
        _say(question.sitting, question.pk, None, by)


def expire(sitting_id: str, question_id: int) -> None:
    """End a claim whose lease is over."""
    hold(sitting_id)
    over = Claim.objects.filter(question_id=question_id, until__lte=timezone.now())
    if over.delete()[0]:
        _say(Sitting.objects.get(pk=sitting_id), question_id, None, SYSTEM)


def _end(
    sitting: Sitting,
    person_id: int,
    by: By,
    *,
    only: Collection[int] = (),
    exclude: Collection[int] = (),
) -> None:
    mine = Claim.objects.filter(question__sitting=sitting, moderator_id=person_id)
    if only:
        mine = mine.filter(question__in=only)
    ended = list(mine.exclude(question__in=exclude).values_list("question_id", flat=True))
    Claim.objects.filter(question__in=ended).delete()
    for key in ended:
        _say(sitting, key, None, by)


def _say(sitting: Sitting, question_id: int, claim: ClaimState | None, by: By) -> None:
    kind = "claim.ended" if claim is None else "claim.taken"
    append(sitting.timeline_id, kind, f"claim/{question_id}", claim, by)
