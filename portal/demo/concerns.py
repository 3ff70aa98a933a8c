"""Seeds the demonstration's concerns, through the same actions as everyone's."""

import io
from datetime import timedelta

from django.utils import timezone

from communes.models import Commune
from communes.permissions import roles_in
from consultations import photos
from consultations.actions.concern_boards import (
    BOARD,
    board_of,
    set_arrondissements,
)
from consultations.actions.concern_comments import answer, comment
from consultations.actions.concern_supports import support
from consultations.actions.concerns import StoredPhoto, progress, raise_concern
from consultations.models import Concern
from consultations.protocol import (
    AnswerConcern,
    DecideConcern,
    MoveConcern,
    RaiseConcern,
    SubmitComment,
)
from live.actions.context import Context
from live.delivery.writer import perform
from moderation.actions.concerns import approve

from .matters import ARRONDISSEMENTS, MATTERS, Matter
from .people import CROWD, EVERYONE, Character
from .snapshots import draw_snapshot

#: What is planned is planned for so many days from now.
PLANNED_IN = timedelta(days=60)


def seed_concerns() -> None:
    """The arrondissements and the concerns of every demonstration commune that has none yet."""
    for slug, matters in MATTERS.items():
        commune = Commune.objects.get(slug=slug, demo=True)
        perform(lambda commune=commune: _prepare(commune))  # type: ignore[misc]
        if not Concern.objects.filter(commune=commune, demo=True).exists():
            for number, matter in enumerate(matters):
                _seed(commune, matter, number)


def _prepare(commune: Commune) -> None:
    board_of(commune)
    if not commune.arrondissements.exists():
        set_arrondissements(commune, ARRONDISSEMENTS[commune.slug])


def _seed(commune: Commune, matter: Matter, number: int) -> None:
    stored = []
    if matter.scene:
        drawn = draw_snapshot(matter.scene, number)
        photo = photos.prepare(io.BytesIO(drawn), len(drawn))
        stored = [StoredPhoto(photos.shelf.store(photo), photo.width, photo.height)]
    perform(lambda: _write(commune, matter, number, stored))


def _write(commune: Commune, matter: Matter, number: int, stored: list[StoredPhoto]) -> None:
    part = commune.arrondissements.filter(name=matter.part).first()
    wanted = RaiseConcern(
        category=matter.category,
        text=matter.text,
        arrondissement=part.pk if part else None,
        quarter=matter.quarter,
        signed=number % 2 == 0,
    )
    crowd = [*CROWD[number:], *CROWD[:number]]
    concern = raise_concern(_context(commune, crowd[0], BOARD, str(commune.pk)), wanted, stored)
    Concern.objects.filter(pk=concern.pk).update(demo=True)
    if not matter.published:
        return
    staff = {role: _context(commune, _staff(commune, role), "concern", str(concern.pk))
             for role in ("moderator", "clerk")}  # fmt: skip
    concern = approve(staff["moderator"], DecideConcern(concern=concern.pk))
    here = [_context(commune, one, "concern", str(concern.pk)) for one in crowd]
    for one in here[: matter.supports]:
        support(one, concern.pk)
    for one, words in zip(here[2:], matter.comments, strict=False):
        comment(one, SubmitComment(concern=concern.pk, text=words, signed=True))
    office = _office(commune)
    for state, note in matter.steps:
        due = timezone.localdate() + PLANNED_IN if state == "planned" else None
        step = {"concern": concern.pk, "state": state, "office": office, "note": note}
        progress(staff["clerk"], MoveConcern.model_validate({**step, "due_on": due}))
    if matter.answer:
        answer(staff["clerk"], AnswerConcern(concern=concern.pk, text=matter.answer, office=office))


def _office(commune: Commune) -> str:
    row = commune.offices.filter(kind="deputy").order_by("-pk").first()
    return f"{row.holder}, {row.get_kind_display()}" if row else "Mairie"


def _staff(commune: Commune, role: str) -> Character:
    return next(
        one
        for one in EVERYONE
        if one.commune == commune.slug and one.role == role and one.simulated
    )


def _context(commune: Commune, who: Character, kind: str, subject: str) -> Context:
    from .seeding import person_of

    person = person_of(who)
    return Context(subject, person.pk, person.display_name, roles_in(person, commune), kind)
