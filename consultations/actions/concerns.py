"""Concerns: raised, followed, moved from state to state by the commune, withdrawn."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from communes.models import Arrondissement, Commune, Person
from consultations.models import (
    Concern,
    ConcernCategory,
    ConcernFollower,
    ConcernPhoto,
    ConcernState,
)
from consultations.protocol import MoveConcern, RaiseConcern
from consultations.protocol.concerns import CONCERN_MAX, CONCERN_MIN, MOST_PHOTOS
from consultations.text import readable, tidy
from live.actions.context import Context
from live.actions.subjects import hold_timelines
from live.models import Timeline
from live.protocol.errors import ErrorCode, Refused
from live.timeline.append import By

from . import hooks, notices
from .concern_boards import BOARD, board_of
from .concern_states import PUBLIC, board_timeline, is_public, move, need, tell, tell_board

C = ConcernState

#: The role that an entry names when the commune speaks.
SPEAKING = ("clerk", "host", "moderator")
#: One person's concerns that wait for a moderator, and those of one day.
MOST_PENDING, MOST_A_DAY = 3, 8
#: With moderation afterwards, what the filters find riskier waits for a moderator all the same.
HOLD_RISK = 50
CONCERN = "concern"


@dataclass(frozen=True)
class StoredPhoto:
    """A picture that is in the storage already (`consultations.photos.store`)."""

    name: str
    width: int
    height: int


def commune_of(context: Context) -> Commune:
    """The commune on whose board somebody acts; raises `Refused`."""
    found = None
    if context.kind == BOARD:
        found = Commune.objects.filter(pk=int(context.subject_id)).first()
    if found is None:
        raise Refused(ErrorCode.NOT_FOUND, "no such commune")
    return found


def find(context: Context, concern_id: int) -> Concern:
    """The concern, its timeline held: the one whose page this is, or one of the board's commune.
    Raises `Refused`."""
    concern = _read(concern_id)
    here = concern is not None and (
        (context.kind == CONCERN and context.subject_id == str(concern_id))
        or (context.kind == BOARD and context.subject_id == str(concern.commune_id))
    )
    if concern is None or not here:
        raise Refused(ErrorCode.NOT_FOUND, f"concern {concern_id}")
    hold_timelines([concern.timeline_id])
    concern = _read(concern_id)
    if concern is None:
        raise Refused(ErrorCode.NOT_FOUND, f"concern {concern_id}")
    return concern


def _read(concern_id: int) -> Concern | None:
    return (
        Concern.objects.select_related(
            "commune", "author", "category", "arrondissement", "merged_into__commune"
        )
        .filter(pk=concern_id)
        .first()
    )


def signature_of(person: Person, signed: bool) -> str:
    """How something is signed in public."""
    if not signed:
        return ""
    if not person.display_name:
        words = _("Choose a name in your account first, or send it without one.")
        raise Refused(ErrorCode.INVALID, "no name", field="signed", message=words)
    return person.display_name


def raise_concern(
    context: Context, wanted: RaiseConcern, photos: Sequence[StoredPhoto] = ()
) -> Concern:
    """A new concern. It waits for a moderator, unless the commune publishes at once."""
    commune = commune_of(context)
    board = board_of(commune)
    hold_timelines([board.timeline_id])
    if wanted.client_id:
        again = Concern.objects.filter(author=context.person, client_id=wanted.client_id).first()
        if again is not None:
            return again
    hooks.check_in("submit", commune.pk, context.person)
    text = readable(wanted.text, CONCERN_MIN, CONCERN_MAX)
    if len(photos) > MOST_PHOTOS:
        raise Refused(ErrorCode.INVALID, "too many pictures", field="photos")
    _not_too_many(context.person)
    author = Person.objects.get(pk=context.person)
    now = timezone.now()
    concern = Concern.objects.create(
        commune=commune,
        timeline=Timeline.objects.create(),
        author=author,
        signature=signature_of(author, wanted.signed),
        category=_category(commune, wanted.category),
        text=text,
        arrondissement=_arrondissement(commune, wanted.arrondissement),
        quarter=tidy(wanted.quarter),
        submitted_at=now,
        changed_at=now,
        client_id=wanted.client_id,
    )
    ConcernPhoto.objects.bulk_create(
        ConcernPhoto(concern=concern, position=n, name=one.name, width=one.width, height=one.height)
        for n, one in enumerate(photos)
    )
    ConcernFollower.objects.create(concern=concern, person=author)
    hooks.screen_concern(concern)
    concern.save()
    by = By("citizen", author.pk)
    if board.moderation == "after" and concern.risk < HOLD_RISK:
        tell_board(concern, by, "concern_review.submitted")
        move(concern, C.RECEIVED, by)
    else:
        tell_board(concern, by, "concern_review.submitted")
    return concern


def _not_too_many(person: int) -> None:
    own = Concern.objects.filter(author=person)
    if own.filter(state=C.PENDING).count() >= MOST_PENDING:
        words = _("Several of your concerns still wait for a moderator. Please wait too.")
        raise Refused(ErrorCode.TOO_OFTEN, "too many pending", message=words)
    if own.filter(submitted_at__gte=timezone.now() - timedelta(days=1)).count() >= MOST_A_DAY:
        words = _("You have raised many concerns today. Please come back tomorrow.")
        raise Refused(ErrorCode.TOO_OFTEN, "too many today", message=words)


def _category(commune: Commune, slug: str) -> ConcernCategory:
    found = ConcernCategory.objects.filter(commune=commune, slug=slug, retired=False).first()
    if found is None:
        words = _("Say what it is about.")
        raise Refused(ErrorCode.INVALID, "no such category", field="category", message=words)
    return found


def _arrondissement(commune: Commune, key: int | None) -> Arrondissement | None:
    if key is None:
        return None
    found = Arrondissement.objects.filter(commune=commune, pk=key).first()
    if found is None:
        words = _("This arrondissement is not one of the commune's.")
        raise Refused(ErrorCode.INVALID, "elsewhere", field="arrondissement", message=words)
    return found


def withdraw(context: Context, concern_id: int) -> Concern:
    """Take back one's own concern, while the commune has not taken it up."""
    concern = find(context, concern_id)
    if concern.author_id != context.person:
        raise Refused(ErrorCode.FORBIDDEN, "not your concern")
    need(concern, C.WITHDRAWN)
    if Concern.objects.filter(merged_into=concern, state=C.MERGED).exists():
        words = _("Others were joined to it: it is no longer yours alone.")
        raise Refused(ErrorCode.CONFLICT, "carries on for others", message=words)
    move(concern, C.WITHDRAWN, By("citizen", context.person))
    return concern


def progress(context: Context, wanted: MoveConcern) -> Concern:
    """What becomes of a concern, said by the commune for an office. Those who follow are told."""
    concern = find(context, wanted.concern)
    if wanted.seen is not None and wanted.seen != concern.state:
        raise Refused(ErrorCode.CONFLICT, "no longer as seen", data={"state": concern.state})
    target = C(wanted.state)
    if target == C.RECEIVED or not is_public(concern):
        # Publishing is for moderators.
        raise Refused(ErrorCode.WRONG_STATE, f"the concern is {concern.state}")
    note = tidy(wanted.note)
    if target == C.REFUSED and len(note) < 3:
        words = _("Say why: everyone who supports it reads the reason.")
        raise Refused(ErrorCode.INVALID, "no reason", field="note", message=words)
    if wanted.due_on is not None and wanted.due_on < timezone.localdate():
        words = _("This day has passed.")
        raise Refused(ErrorCode.INVALID, "due before today", field="due_on", message=words)
    need(concern, target)
    concern.note, concern.office = note, tidy(wanted.office)
    concern.due_on = wanted.due_on if target == C.PLANNED else None
    move(concern, target, context.by(*SPEAKING))
    notices.concern_followers(concern, "state")
    return concern


def follow(context: Context, concern_id: int, follows: bool) -> Concern:
    """Be told what becomes of a concern, or no longer. Doing it twice changes nothing."""
    concern = find(context, concern_id)
    mine = {"concern": concern, "person_id": context.person}
    if not follows:
        ConcernFollower.objects.filter(**mine).delete()
    elif concern.state not in PUBLIC:
        raise Refused(ErrorCode.NOT_FOUND, f"concern {concern_id} is not public")
    else:
        ConcernFollower.objects.bulk_create([ConcernFollower(**mine)], ignore_conflicts=True)
    return concern


def hold_all(concerns: Sequence[Concern]) -> None:
    """Hold several concerns, then their boards, in the order that all do."""
    hold_timelines([concern.timeline_id for concern in concerns])
    hold_timelines(sorted({board_timeline(concern) for concern in concerns}))


__all__ = ["commune_of", "find", "follow", "progress", "raise_concern", "tell", "withdraw"]
