"""Claims: who is deciding what, so that two moderators never work on the same."""

from collections.abc import Collection
from datetime import timedelta
from typing import Any

from django.db.models import Q as Where
from django.utils import timezone

from communes.models import Person
from live.actions.context import Context
from live.actions.subjects import find_subject, hold_timelines
from live.protocol.errors import ErrorCode, Refused
from live.timeline.append import SYSTEM, By, append
from live.timeline.read import milliseconds
from moderation.models import Claim
from moderation.protocol import CLAIM_LEASE_S, Claimable, ClaimState, ClaimThese, ReleaseThese

from .matters import KINDS, Kind, M, kind_of, kinds_on

LEASE = timedelta(seconds=CLAIM_LEASE_S)

#: One of what can be claimed.
One = tuple[Kind[Any], int]


def state(claim: Claim) -> ClaimState:
    """The state of its key."""
    return ClaimState(
        id=_about(claim)[1],
        by=claim.moderator.public_id,
        by_name=claim.moderator.display_name,
        until=milliseconds(claim.until),
    )


def key_of(kind: Kind[Any], matter: int) -> str:
    return f"{kind.claim}/{matter}"


def _about(claim: Claim) -> One:
    for kind in KINDS:
        key = getattr(claim, f"{kind.about}_id")
        if key is not None:
            return kind, key
    raise LookupError(f"claim {claim.pk} is about nothing")


def held_by_others(person_id: int, these: Collection[One]) -> dict[One, Claim]:
    """Claims of other people on these that still hold."""
    wanted = Where(pk__in=[])
    for kind in KINDS:
        if keys := [key for other, key in these if other is kind]:
            wanted |= Where(**{f"{kind.about}__in": keys})
    claims = Claim.objects.select_related("moderator").filter(wanted, until__gt=timezone.now())
    return {_about(claim): claim for claim in claims.exclude(moderator_id=person_id)}


def unclaimed(context: Context, matter: M) -> None:
    """Raise `Refused` when somebody else is deciding it."""
    this = (kind_of(matter), matter.pk)
    for claim in held_by_others(context.person, [this]).values():
        data = {"claim": state(claim).model_dump()}
        raise Refused(ErrorCode.CONFLICT, f"{key_of(*this)} is taken", data=data)


def take(context: Context, args: ClaimThese) -> dict[str, Any]:
    """Claim these for a minute, or longer those already claimed; what somebody else holds is left
    to them. Returns the keys that are `claimed` and the `held` claims of others; raises `Refused`
    when nothing could be claimed."""
    timeline = _held(context)
    wanted = _named(context, args)
    if not wanted:
        raise Refused(ErrorCode.INVALID, "nothing to claim")
    for kind in kinds_on(context.kind):
        keys = {key for other, key in wanted if other is kind}
        rows = kind.model.objects.filter(**{kind.within: context.subject_id, "pk__in": keys})
        if missing := keys - set(rows.values_list("pk", flat=True)):
            raise Refused(ErrorCode.NOT_FOUND, f"{kind.about} {sorted(missing)}")
    others = held_by_others(context.person, wanted)
    held = {key_of(*one): state(claim).model_dump() for one, claim in others.items()}
    by = context.by("moderator")
    if not args.keep:
        _end(context, timeline, by, but=wanted)
    if len(held) == len(wanted):
        raise Refused(ErrorCode.CONFLICT, "claimed by others", data={"held": held})
    moderator = Person.objects.get(pk=context.person)
    until = timezone.now() + LEASE
    claimed = [one for one in wanted if one not in others]
    for kind, key in claimed:
        about: dict[str, Any] = {f"{kind.about}_id": key}
        holds = {"moderator": moderator, "until": until}
        claim, _ = Claim.objects.update_or_create(**about, defaults=holds)
        _say(timeline, kind, key, state(claim), by)
    claimed_keys = [key_of(*one) for one in claimed]
    return {"claimed": claimed_keys, "held": held, "until": milliseconds(until)}


def release(context: Context, args: ReleaseThese) -> None:
    """End my claims on these, or on all."""
    timeline = _held(context)
    _end(context, timeline, context.by("moderator"), only=_named(context, args))


def done(matter: M, by: By) -> None:
    """It was decided: whoever claimed it no longer does."""
    kind = kind_of(matter)
    if Claim.objects.filter(**{kind.about: matter}).delete()[0]:
        _say(kind.timeline(matter), kind, matter.pk, None, by)


def expire(kind: Kind[Any], key: int) -> None:
    """End a claim whose lease is over."""
    matter = kind.again(key)
    over = Claim.objects.filter(**{f"{kind.about}_id": key}, until__lte=timezone.now())
    if matter is not None and over.delete()[0]:
        _say(kind.timeline(matter), kind, key, None, SYSTEM)


def forget(person: Person, by: By) -> None:
    """End all claims of somebody who goes."""
    for claim in Claim.objects.filter(moderator=person):
        kind, key = _about(claim)
        matter = kind.again(key)
        if matter is not None:
            done(matter, by)


def _held(context: Context) -> str:
    """The timeline on which claims of this subject stand, held."""
    subject = find_subject(context.kind, context.subject_id)
    hold_timelines([subject.timeline_id])
    return subject.timeline_id


def _named(context: Context, args: Claimable) -> list[One]:
    """What a command names, each once; raises `Refused` for what is decided elsewhere."""
    named: list[One] = []
    for kind in KINDS:
        keys: list[int] = getattr(args, f"{kind.about}s")
        if keys and kind.subject != context.kind:
            raise Refused(ErrorCode.NOT_FOUND, f"no {kind.about}s here")
        named += [(kind, key) for key in sorted(set(keys))]
    return named


def _end(
    context: Context,
    timeline: str,
    by: By,
    *,
    only: Collection[One] = (),
    but: Collection[One] = (),
) -> None:
    here = Where(pk__in=[])
    for kind in kinds_on(context.kind):
        here |= Where(**{f"{kind.about}__{kind.within}": context.subject_id})
    for claim in Claim.objects.filter(here, moderator_id=context.person):
        one = _about(claim)
        if one in but or (only and one not in only):
            continue
        claim.delete()
        _say(timeline, *one, None, by)


def _say(timeline: str, kind: Kind[Any], key: int, claim: ClaimState | None, by: By) -> None:
    what = "ended" if claim is None else "taken"
    append(timeline, f"{kind.claim}.{what}", key_of(kind, key), claim, by)
