"""Writes the demonstration's data. Doing it again changes nothing, except that what was announced
and has passed is announced anew."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import timezone

from communes.identity.contact import Contact
from communes.models import Commune, Office, Person
from communes.permissions import grant
from live.actions.agenda import AgendaDraft
from live.actions.context import Context, held
from live.actions.lifecycle import change
from live.actions.rehearsal import forget
from live.actions.sittings import SittingDraft, create_sitting, edit_sitting
from live.delivery.writer import perform
from live.models import Sitting, SittingKind, SittingState

from .arms import draw_arms
from .concerns import seed_concerns
from .documents import ensure_documents
from .people import EVERYONE, Character
from .places import ABOMEY_CALAVI, AKPRO_MISSERETE, COTONOU, PLACES, Place
from .scripts import COUNCIL_AGENDA, HEARING_AGENDA
from .town import file_hearing, seed_town

#: The recording of the hearing that never ends keeps its last ten minutes.
WINDOW_S = 600
#: Old hearings that are kept, the latest.
MOST_OLD = 3
#: First day of the present municipal term.
TERM = date(2026, 2, 9)

BEFORE = frozenset({SittingState.DRAFT, SittingState.SCHEDULED})
RUNNING = frozenset({SittingState.LIVE, SittingState.PAUSED, SittingState.CLOSED_DOORS})
OVER = frozenset({SittingState.ENDED, SittingState.ARCHIVED})


@dataclass(frozen=True)
class Plan:
    """One of the demonstration's sittings, to be."""

    place: Place
    kind: SittingKind
    title: str
    summary: str
    agenda: Sequence[AgendaDraft]
    window_s: int | None = None


PAST = Plan(
    ABOMEY_CALAVI,
    SittingKind.COUNCIL,
    "Session ordinaire du conseil communal",
    "Démonstration : réfection du marché central et cantines scolaires. Une courte séance à "
    "revoir, avec les questions, le vote et l’ordre du jour à leur seconde.",
    (
        AgendaDraft(COUNCIL_AGENDA[0], "Dossou Modèle", 5),
        AgendaDraft(COUNCIL_AGENDA[1], "Nadège Exemple", 20),
        AgendaDraft(COUNCIL_AGENDA[2], "Ibrahim Fictif", 20),
    ),
)
HEARING = Plan(
    COTONOU,
    SittingKind.HEARING,
    "Reddition de comptes du maire",
    "Démonstration : une séance simulée, en direct sans fin. Posez une question, soutenez celles "
    "des autres, votez ; ou connectez-vous comme modérateur pour faire le tri.",
    (
        AgendaDraft(HEARING_AGENDA[0], "Koffi Modèle", 15),
        AgendaDraft(HEARING_AGENDA[1], "Rachidath Fictive", 15),
        AgendaDraft(HEARING_AGENDA[2], "Rachidath Fictive", 15),
        AgendaDraft(HEARING_AGENDA[3], "Afi Exemple", 60),
    ),
    WINDOW_S,
)
ANNOUNCED = Plan(
    AKPRO_MISSERETE,
    SittingKind.COUNCIL,
    "Deuxième session ordinaire du conseil communal",
    "Démonstration : séance annoncée. Connectez-vous comme secrétaire de séance pour la préparer, "
    "l’ouvrir et la diffuser depuis le studio.",
    (
        AgendaDraft("Adoption du procès-verbal de la session précédente", "Houéfa Imaginaire", 10),
        AgendaDraft("Réhabilitation des pistes rurales", "Sourou Exemple", 30),
        AgendaDraft("Budget primitif : débat d’orientation", "Houéfa Imaginaire", 45),
        AgendaDraft("Appui aux groupements de femmes transformatrices", "Léontine Modèle", 20),
    ),
)


def seed(*, hearing: bool) -> None:
    """Everything; `hearing`: with the one that is live."""
    with transaction.atomic():
        for place in PLACES:
            _commune(place)
        for character in EVERYONE:
            _person(character)
    ensure_documents()
    seed_concerns()
    seed_town()
    ensure_past()
    ensure_announced()
    if hearing:
        file_hearing(ensure_hearing())


def _commune(place: Place) -> None:
    commune, created = Commune.objects.get_or_create(
        slug=place.slug,
        defaults={
            "name": place.name,
            "department": place.department,
            "motto": place.motto,
            "languages": list(place.languages),
            "colour": place.colour,
            "demo": True,
        },
    )
    if not (created or commune.demo):
        # A real commune took the address meanwhile: nothing invented belongs in it.
        raise ValueError(f"{place.slug} is not a demonstration")
    if not commune.arms or not commune.arms.storage.exists(commune.arms.name or ""):
        picture = ContentFile(draw_arms(place.charge, place.colour))
        commune.arms.save(f"{place.slug}.png", picture)
    for office in place.offices:
        Office.objects.get_or_create(
            commune=commune,
            kind=office.kind,
            holder=office.holder,
            demo=True,
            defaults={"remit": office.remit, "starts_on": TERM},
        )


def _person(character: Character) -> None:
    contact = Contact.phone(character.phone)
    person = contact.person()
    if person is None:
        person = Person(
            display_name=character.name,
            demo=True,
            phone_verified=True,
            consented_at=timezone.now(),
        )
        person.set_unusable_password()
        contact.attach(person)
        person.save()
    if character.role:
        grant(person, Commune.objects.get(slug=character.commune), character.role)


def person_of(character: Character) -> Person:
    """The seeded person; raises `LookupError` when there is none."""
    person = Contact.phone(character.phone).person()
    if person is None:
        raise LookupError(f"{character.name} was not seeded")
    return person


def _sittings(plan: Plan) -> list[Sitting]:
    """This plan's sittings, the latest first."""
    return list(
        Sitting.objects.filter(demo=True, commune__slug=plan.place.slug, kind=plan.kind)
        .exclude(state=SittingState.CANCELLED)
        .select_related("recording")
        .order_by("-created_at")
    )


def _draft(plan: Plan, at: datetime) -> SittingDraft:
    return SittingDraft(
        kind=plan.kind,
        title=plan.title,
        scheduled_at=at,
        place=plan.place.hall,
        summary=plan.summary,
    )


def _clerk(plan: Plan) -> Context:
    robot = next(
        character
        for character in EVERYONE
        if character.commune == plan.place.slug and character.role == "clerk"
        if character.simulated
    )
    return Context("", person_of(robot).pk, robot.name, frozenset({"clerk"}))


def _schedule(plan: Plan, at: datetime) -> Sitting:
    by = _clerk(plan).by("clerk")
    commune = Commune.objects.get(slug=plan.place.slug)

    def make() -> Sitting:
        sitting = create_sitting(
            commune, _draft(plan, at), by, plan.agenda, demo=True, window_s=plan.window_s
        )
        return change(sitting.pk, "schedule", by)

    return perform(make)


def _now() -> datetime:
    return timezone.now().replace(second=0, microsecond=0)


def ensure_past() -> Sitting:
    """The council session that can be replayed; scheduled until the driver has played it.

    One that ended without a recording is followed by another, a few times at most.
    """
    sittings = _sittings(PAST)
    for sitting in sittings:
        if sitting.state != SittingState.ARCHIVED or hasattr(sitting, "recording"):
            return sitting
    return sittings[0] if len(sittings) >= MOST_OLD else _schedule(PAST, _now())


def ensure_hearing() -> Sitting:
    """The hearing that is live or about to be.

    When the last is over, a new one; when there are several old ones, the oldest is forgotten and
    begins again, so that a demonstration that runs for months does not fill the disk.
    """
    sittings = _sittings(HEARING)
    for sitting in sittings:
        if sitting.state in RUNNING | BEFORE:
            return sitting
    if len(sittings) < MOST_OLD:
        return _schedule(HEARING, _now())
    return _begin_again(sittings[-1])


def _begin_again(old: Sitting) -> Sitting:
    by = _clerk(HEARING).by("clerk")

    def renew() -> Sitting:
        sitting = held(old.pk)
        sitting.media_version += 1
        sitting.created_at = timezone.now()
        forget(sitting)
        edit_sitting(sitting.pk, _draft(HEARING, _now()), by)
        return change(sitting.pk, "schedule", by)

    return perform(renew)


def ensure_announced() -> Sitting:
    """The session to come: in three days, at nine, and again when that has passed."""
    at = timezone.localtime(timezone.now() + timedelta(days=3))
    at = at.replace(hour=9, minute=0, second=0, microsecond=0)
    sitting = next((s for s in _sittings(ANNOUNCED) if s.state in RUNNING | BEFORE), None)
    if sitting is None:
        return _schedule(ANNOUNCED, at)
    if sitting.state in BEFORE and sitting.scheduled_at < timezone.now():
        key, by = sitting.pk, _clerk(ANNOUNCED).by("clerk")
        return perform(lambda: edit_sitting(key, _draft(ANNOUNCED, at), by))
    return sitting
