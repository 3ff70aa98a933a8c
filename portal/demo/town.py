"""The demonstration's offices of before, practices, agendas and the hearing's file: all invented,
all marked."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils import timezone

from communes.actions import practices
from communes.models import (
    Commune,
    Document,
    Engagement,
    GoodPractice,
    Office,
    OfficeKind,
    Person,
    PracticeTrial,
    TrialState,
)
from communes.pictures import sized
from live.actions import papers
from live.actions.papers import FileDraft, TableDraft
from live.delivery.writer import perform
from live.models import FiguresTable, HearingFile, Sitting, SittingKind

from .people import EVERYONE
from .snapshots import draw_snapshot

SIZES = {"cotonou": "city", "abomey-calavi": "city", "akpro-misserete": "large"}
#: Who held the mayor's office in the term before.
BEFORE = {
    "cotonou": "Rosine Exemple",
    "abomey-calavi": "Prosper Modèle",
    "akpro-misserete": "Hervé Imaginaire",
}
LAST_TERM = date(2020, 6, 1), date(2026, 2, 8)


@dataclass(frozen=True)
class Told:
    """A practice to be seeded, and what others say of it: commune, state, report."""

    commune: str
    title: str
    theme: str
    problem: str
    done: str
    results: str
    cost: int | None
    duration: str
    tags: str
    trials: tuple[tuple[str, TrialState, str], ...] = ()


PRACTICES = (
    Told(
        "akpro-misserete",
        "Un carnet d’entretien pour chaque pompe",
        "water",
        "Une pompe sur trois était en panne, et personne ne savait depuis quand.",
        "Chaque pompe a reçu un carnet et une personne qui la suit. Les pannes sont dites par "
        "message à la mairie, qui envoie l’artisan sous trois jours.",
        "En un an (chiffres fictifs), les pannes durent quatre jours au lieu de six semaines.",
        1_850_000,
        "quatre mois",
        "pompes, entretien, villages",
        (
            ("abomey-calavi", TrialState.ADOPTED, "Repris dans deux arrondissements ; les carnets "
             "sont relevés chaque mois."),
            ("cotonou", TrialState.TRYING, ""),
        ),
    ),
    Told(
        "cotonou",
        "Les tickets du marché payés par téléphone",
        "markets",
        "La moitié des droits de place se perdait entre l’étal et la caisse.",
        "Les vendeuses paient par mobile money ; un affichage public dit chaque semaine ce que le "
        "marché a rapporté et ce qui y a été réparé.",
        "Recettes doublées en six mois (chiffres fictifs), latrines et éclairage refaits avec.",
        6_400_000,
        "six mois",
        "taxes, marché, mobile money",
        (("abomey-calavi", TrialState.DROPPED, "Réseau trop faible au marché ; à revoir."),),
    ),
    Told(
        "abomey-calavi",
        "L’acte de naissance le jour de l’accouchement",
        "civil",
        "Beaucoup d’enfants arrivaient à l’école sans acte de naissance.",
        "Un agent d’état civil passe chaque jour à la maternité, avec le registre.",
        "Neuf naissances sur dix déclarées dans la semaine (chiffres fictifs).",
        450_000,
        "deux mois",
        "état civil, maternité",
    ),
)  # fmt: skip

#: Days from Monday of this week, hour, minutes it lasts, title, place, public.
AGENDA = (
    (1, 10, 90, "Visite du chantier du caniveau", "Quartier des artisans (fictif)", True),
    (3, 9, 120, "Audience publique du jeudi", "Mairie", True),
    (4, 15, 60, "Réunion de service", "Mairie", False),
    (8, 11, 60, "Remise de kits scolaires", "École primaire publique (fictive)", True),
    (10, 9, 120, "Audience publique du jeudi", "Mairie", True),
    (16, 8, 180, "Rencontre avec les chefs de quartier", "Maison du peuple (fictive)", True),
    (24, 9, 120, "Audience publique du jeudi", "Mairie", True),
)

FILE = FileDraft(
    theme="Routes, eau et marchés : ce qui a été promis, dépensé et fait",
    presenters="Koffi Modèle, finances et budget\nRachidath Fictive, voirie et assainissement",
)
#: What the pictures of the hearing show; they are drawn.
SCENES = (
    ("hall", "La salle pendant la présentation du bilan (image dessinée pour la démonstration)."),
    ("road", "La voie du collège avant les travaux (image dessinée pour la démonstration)."),
)
TABLE = TableDraft(
    "Dépenses par domaine (chiffres fictifs)",
    "millions de francs CFA",
    "Compte administratif de démonstration",
    ("Domaine", "Prévu", "Réalisé"),
    (
        ("Voirie", (820, 640)),
        ("Eau et assainissement", (450, 472.5)),
        ("Marchés", (310, 188)),
        ("Écoles", (275, 260)),
        ("Santé", (190, None)),
    ),
)


def seed_town() -> None:
    """Write what is not there yet."""
    for slug in SIZES:
        commune = Commune.objects.get(slug=slug, demo=True)
        perform(lambda commune=commune: _commune(commune))  # type: ignore[misc]
    for told in PRACTICES:
        perform(lambda told=told: _practice(told))  # type: ignore[misc]


def _commune(commune: Commune) -> None:
    if not commune.population:
        commune.population = SIZES[commune.slug]
        commune.save(update_fields=["population"])
    begun, ended = LAST_TERM
    Office.objects.get_or_create(
        commune=commune,
        kind=OfficeKind.MAYOR,
        holder=BEFORE[commune.slug],
        demo=True,
        defaults={"starts_on": begun, "ends_on": ended},
    )
    ahead = Engagement.objects.filter(commune=commune, demo=True, ends_at__gte=timezone.now())
    if ahead.exists():
        return
    today = timezone.localdate()
    monday = today - timedelta(days=today.weekday())
    for days, hour, minutes, title, place, public in AGENDA:
        day = monday + timedelta(days=days)
        start = timezone.make_aware(datetime(day.year, day.month, day.day, hour))
        Engagement.objects.get_or_create(
            commune=commune,
            title=title,
            starts_at=start,
            demo=True,
            defaults={
                "ends_at": start + timedelta(minutes=minutes),
                "place": place,
                "public": public,
            },
        )


def _practice(told: Told) -> None:
    commune = Commune.objects.get(slug=told.commune)
    if GoodPractice.objects.filter(commune=commune, title=told.title, demo=True).exists():
        return
    names = ("title", "theme", "problem", "done", "results", "cost", "duration", "tags")
    practice = GoodPractice(
        commune=commune,
        demo=True,
        contact="Secrétariat exécutif de la mairie (fictif)",
        **{name: getattr(told, name) for name in names},
    )
    documents = Document.objects.filter(commune=commune, kind="report", demo=True)[:1]
    clerk = _clerk(told.commune)
    practices.save(practice, [document.pk for document in documents], clerk)
    practices.publish(practice, True, clerk)
    for slug, state, report in told.trials:
        elsewhere = Commune.objects.get(slug=slug)
        practices.try_it(practice, elsewhere, _clerk(slug), state, report)
        PracticeTrial.objects.filter(practice=practice, commune=elsewhere).update(
            since=timezone.now() - timedelta(days=60)
        )


def _clerk(slug: str) -> Person:
    from .seeding import person_of

    return person_of(next(one for one in EVERYONE if one.commune == slug and one.role == "clerk"))


def file_hearing(sitting: Sitting) -> None:
    """Give the demonstration's hearing its file, once."""
    if sitting.kind != SittingKind.HEARING or HearingFile.objects.filter(sitting=sitting).exists():
        return
    today = timezone.localdate()
    draft = FileDraft(FILE.theme, date(today.year, 1, 1), today.replace(day=1), FILE.presenters)
    chosen = Document.objects.filter(
        commune=sitting.commune_id, demo=True, kind__in=("account", "budget", "work_plan")
    )

    def write() -> None:
        papers.write_file(sitting.pk, draft, clerk)
        papers.set_documents(sitting.pk, list(chosen.values_list("pk", flat=True)[:4]), clerk)
        if not FiguresTable.objects.filter(sitting=sitting).exists():
            papers.add_figures(sitting.pk, TABLE, clerk)
        for name, picture, alt in pictures:
            papers.add_picture(sitting.pk, name, picture.width, picture.height, alt, clerk)

    clerk = _clerk(sitting.commune.slug)
    pictures = []
    for number, (scene, alt) in enumerate(SCENES):
        picture = sized(draw_snapshot(scene, number))
        pictures.append((papers.shelf.store(picture), picture, alt))
    perform(write)
