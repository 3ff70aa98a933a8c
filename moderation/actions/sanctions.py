"""Warnings, mutes and bans: in a whole commune, for the confirmed person, with a reason."""

import math
from collections.abc import Collection, Iterable
from datetime import timedelta
from typing import Any

from django.db import connection
from django.db.models import Q as Where
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from communes.many import these
from communes.models import Commune, Person, Role
from consultations.actions.hooks import Action
from consultations.actions.questions import find
from consultations.models import AppealStatus, ConcernBoard, Question
from consultations.text import readable
from live.actions.context import Context
from live.actions.facts import optional
from live.actions.subjects import find_subject, hold_timelines
from live.models import Sitting
from live.protocol.errors import ErrorCode, Refused
from live.timeline.append import By, append
from live.timeline.read import milliseconds
from moderation.contacts import contacts_of
from moderation.models import Appeal, Sanction, SanctionKind
from moderation.protocol import IssueSanction, MySanction, SanctionAuthor, SanctionState

#: What each kind excludes from.
EXCLUDES: dict[SanctionKind, frozenset[Action]] = {
    SanctionKind.WARNING: frozenset(),
    SanctionKind.MUTE: frozenset({"submit"}),
    SanctionKind.BAN: frozenset({"submit", "support", "vote", "react"}),
}
REASON_MAX = 500
#: A warning has no end, for it excludes from nothing. So long other sittings tell of it too.
WARNED = timedelta(days=30)


def state(sanction: Sanction) -> SanctionState:
    """The state of key `sanction/<id>`."""
    return SanctionState.model_validate(
        {
            "id": sanction.pk,
            "kind": sanction.kind,
            "person": sanction.person.public_id if sanction.person else None,
            "person_name": sanction.person.display_name if sanction.person else "",
            "question": sanction.question_id,
            "reason": sanction.reason,
            "at": milliseconds(sanction.at),
            "until": optional(sanction.until),
            "lifted": sanction.lifted_at is not None,
            "by": sanction.moderator.public_id if sanction.moderator else None,
        }
    )


def my_sanction(sanction: Sanction) -> dict[str, Any]:
    """The `mine` value `sanction/<id>`."""
    return MySanction.model_validate(
        {
            "id": sanction.pk,
            "kind": sanction.kind,
            "reason": sanction.reason,
            "at": milliseconds(sanction.at),
            "until": optional(sanction.until),
            "lifted": sanction.lifted_at is not None,
            "may_appeal": sanction.lifted_at is None and not sanction.appeal,
            "appeal": sanction.appeal or None,
            "appeal_reason": sanction.appeal_reason,
        }
    ).model_dump()


def issue(context: Context, args: IssueSanction) -> Sanction:
    """Sanction the author of a question. Those with a role in the commune cannot be: their role
    has to go first."""
    question = find(context, args.question)
    return give(
        context,
        question.author,
        question.sitting.commune,
        args,
        sitting=question.sitting,
        question=question,
    )


def give(
    context: Context,
    person: Person | None,
    commune: Commune,
    args: IssueSanction | SanctionAuthor,
    *,
    sitting: Sitting | None = None,
    question: Question | None = None,
) -> Sanction:
    """Sanction somebody in a commune, for what they wrote."""
    if person is None:
        raise Refused(ErrorCode.NOT_FOUND, "the account is gone", field="question")
    if Role.objects.filter(person=person, commune=commune).exists():
        raise Refused(ErrorCode.FORBIDDEN, "staff", message=_("This person is staff."))
    if args.kind == "mute" and args.minutes is None:
        raise Refused(ErrorCode.INVALID, "a mute needs an end", field="minutes")
    now = timezone.now()
    ends = args.minutes is not None and args.kind != "warning"
    sanction = Sanction.objects.create(
        commune=commune,
        sitting=sitting,
        person=person,
        kind=args.kind,
        reason=readable(args.reason, 3, REASON_MAX, field="reason"),
        question=question,
        moderator_id=context.person,
        at=now,
        until=now + timedelta(minutes=args.minutes or 0) if ends else None,
    )
    _say(sanction, "sanction.issued", context.by("moderator"))
    return sanction


def lift(context: Context, sanction_id: int, reason: str) -> Sanction:
    """End a sanction before its time."""
    subject = find_subject(context.kind, context.subject_id)
    hold_timelines([subject.timeline_id])
    sanction = (
        Sanction.objects.select_related("person", "moderator")
        .filter(pk=sanction_id, commune=subject.commune_id)
        .first()
    )
    if sanction is None:
        raise Refused(ErrorCode.NOT_FOUND, f"sanction {sanction_id}")
    if sanction.lifted_at is not None:
        raise Refused(ErrorCode.CONFLICT, "lifted already")
    sanction.lifted_at = timezone.now()
    sanction.save(update_fields=["lifted_at"])
    _say(sanction, "sanction.lifted", context.by("moderator"))
    return sanction


def own(context: Context, sanction_id: int) -> Sanction:
    """A sanction against this person in this commune; raises `Refused`."""
    sitting = context.sitting()
    sanction = Sanction.objects.filter(
        pk=sanction_id, person=context.person, commune=sitting.commune_id
    ).first()
    if sanction is None:
        raise Refused(ErrorCode.NOT_FOUND, f"sanction {sanction_id}")
    return sanction


def hear(sanction: Sanction, appeal: str, reason: str, by: By) -> None:
    """Keep what became of the appeal against a sanction; accepted, it is lifted."""
    sanction.appeal, sanction.appeal_reason = appeal, reason
    if appeal == AppealStatus.ACCEPTED and sanction.lifted_at is None:
        sanction.lifted_at = timezone.now()
    sanction.save(update_fields=["appeal", "appeal_reason", "lifted_at"])
    _say(sanction, "sanction.lifted" if sanction.lifted_at else "sanction.issued", by)


def in_force(commune_id: int, people: Iterable[Person] | Collection[int]) -> QuerySet[Sanction]:
    """Sanctions against these people that still hold."""
    return _holding().filter(commune=commune_id, person__in=people)


def _holding() -> QuerySet[Sanction]:
    open_end = Where(until=None) | Where(until__gt=timezone.now())
    return Sanction.objects.filter(open_end, lifted_at=None)


def excluded(action: Action, sitting_id: str, people: Collection[int]) -> dict[int, Refused]:
    """Those of `people` who are excluded from `action` in the sitting's commune."""
    return _excluded(action, people, Where(commune__sittings=sitting_id))


def excluded_in(action: Action, commune_id: int, people: Collection[int]) -> dict[int, Refused]:
    """Those of `people` who are excluded from `action` in a commune."""
    return _excluded(action, people, Where(commune=commune_id))


def _excluded(action: Action, people: Collection[int], where: Where) -> dict[int, Refused]:
    kinds = [kind for kind, what in EXCLUDES.items() if action in what]
    found: dict[int, Refused] = {}
    by_contact: dict[str, Sanction] = {}
    if not _any_holding():
        return found
    for sanction in _holding().filter(
        Where(person__in=these(people)) | Where(person=None),
        where,
        kind__in=kinds,
    ):
        if sanction.person_id is not None:
            found[sanction.person_id] = _refused(sanction)
        by_contact |= dict.fromkeys(sanction.contacts, sanction)
    return found | _by_contact(by_contact, people) if by_contact else found


def _by_contact(by_contact: dict[str, Sanction], people: Collection[int]) -> dict[int, Refused]:
    """Those who deleted the sanctioned account and made another."""
    found: dict[int, Refused] = {}
    for person in Person.objects.filter(pk__in=these(people)):
        for contact in contacts_of(person):
            if contact in by_contact:
                found[person.pk] = _refused(by_contact[contact])
    return found


def _any_holding() -> bool:
    """Whether any sanction holds anywhere: asked for each batch of votes, and mostly answered
    by no. Written out, because composing it costs Django more than the database its answer."""
    now = connection.ops.adapt_datetimefield_value(timezone.now())
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT EXISTS (SELECT 1 FROM {Sanction._meta.db_table} "  # noqa: S608
            "WHERE lifted_at IS NULL AND (until IS NULL OR until > %s))",
            [now],
        )
        return bool(cursor.fetchone()[0])


def _refused(sanction: Sanction) -> Refused:
    data = {"sanction": sanction.pk, "until": optional(sanction.until)}
    if sanction.until is None:
        words = format_lazy(
            _("A moderator has excluded you from taking part: {reason}"), reason=sanction.reason
        )
        return Refused(ErrorCode.SANCTIONED, sanction.kind, message=words, data=data)
    until = date_format(timezone.localtime(sanction.until), "d/m H:i")
    words = format_lazy(
        _("A moderator has excluded you from this until {until}: {reason}"),
        until=until,
        reason=sanction.reason,
    )
    left = (sanction.until - timezone.now()).total_seconds()
    return Refused(
        ErrorCode.SANCTIONED,
        sanction.kind,
        message=words,
        data=data,
        retry_after=max(1, math.ceil(left)),
    )


def _say(sanction: Sanction, kind: str, by: By) -> None:
    timeline = timeline_of(sanction)
    hold_timelines([timeline])
    append(timeline, kind, f"sanction/{sanction.pk}", state(sanction), by)


def timeline_of(sanction: Sanction) -> str:
    """Where a sanction stands: its sitting's timeline, or that of the commune's board."""
    if sanction.sitting is not None:
        return sanction.sitting.timeline_id
    board = ConcernBoard.objects.values_list("timeline_id", flat=True)
    timeline: str = board.get(commune=sanction.commune_id)
    return timeline


def of_sanction(key: str) -> list[tuple[int, dict[str, Any]]]:
    """What a change of `sanction/<id>` means to whom it concerns."""
    sanction = Sanction.objects.filter(pk=int(key.partition("/")[2])).first()
    if sanction is None or sanction.person_id is None:
        return []
    return [(sanction.person_id, {f"sanction/{sanction.pk}": my_sanction(sanction)})]


def of_appeal(key: str) -> list[tuple[int, dict[str, Any]]]:
    """What a change of `appeal/<id>` means to whoever made it against a sanction."""
    appeal = Appeal.objects.filter(pk=int(key.partition("/")[2])).first()
    return of_sanction(f"sanction/{appeal.sanction_id}") if appeal and appeal.sanction_id else []


def belongings_of(sitting_id: str, people: Collection[int]) -> dict[int, dict[str, Any]]:
    """The sanctions of these people in the sitting's commune: those that hold, and those that
    were given in this sitting."""
    commune = Sitting.objects.values_list("commune_id", flat=True).get(pk=sitting_id)
    past = Where(kind=SanctionKind.WARNING, at__lt=timezone.now() - WARNED)
    holding = set(in_force(commune, people).exclude(past).values_list("pk", flat=True))
    here = Where(pk__in=holding) | Where(sitting=sitting_id)
    values: dict[int, dict[str, Any]] = {}
    for sanction in Sanction.objects.filter(here, person__in=people):
        if sanction.person_id is not None:
            mine = values.setdefault(sanction.person_id, {})
            mine[f"sanction/{sanction.pk}"] = my_sanction(sanction)
    return values
