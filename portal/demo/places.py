"""The demonstration's communes: real places, invented people and arms."""

from dataclasses import dataclass

from communes.models import OfficeKind


@dataclass(frozen=True)
class OfficeHolder:
    kind: OfficeKind
    holder: str
    remit: str = ""


@dataclass(frozen=True)
class Place:
    """A commune, the holders of its offices, and where its council sits."""

    slug: str
    name: str
    department: str
    motto: str
    colour: str
    #: A key of `arms.CHARGES`.
    charge: str
    hall: str
    #: Two digits in the telephone numbers of its staff.
    block: int
    offices: tuple[OfficeHolder, ...]
    #: Codes of `Language`.
    languages: tuple[str, ...]


# First names as one hears them there; family names that nobody has.
COTONOU = Place(
    slug="cotonou",
    name="Cotonou",
    department="Littoral",
    motto="Une ville qui rend compte",
    colour="#123f6d",
    charge="lagoon",
    hall="Hôtel de ville (salle fictive)",
    block=1,
    languages=("fr", "fon", "guw", "yo"),
    offices=(
        OfficeHolder(OfficeKind.MAYOR, "Afi Exemple"),
        OfficeHolder(OfficeKind.DEPUTY, "Koffi Modèle", "Finances et budget"),
        OfficeHolder(OfficeKind.DEPUTY, "Rachidath Fictive", "Voirie et assainissement"),
        OfficeHolder(OfficeKind.EXECUTIVE_SECRETARY, "Sèna Imaginaire"),
        OfficeHolder(OfficeKind.SUPERVISION, "Bio Spécimen"),
        OfficeHolder(OfficeKind.DISTRICT_HEAD, "Colette Échantillon", "1er arrondissement"),
        OfficeHolder(OfficeKind.COUNCILLOR, "Moussa Prétexte", "Jeunesse et sports"),
    ),
)
ABOMEY_CALAVI = Place(
    slug="abomey-calavi",
    name="Abomey-Calavi",
    department="Atlantique",
    motto="Apprendre et bâtir",
    colour="#1d4d2f",
    charge="book",
    hall="Salle des délibérations (fictive)",
    block=2,
    languages=("fr", "fon", "ayb"),
    offices=(
        OfficeHolder(OfficeKind.MAYOR, "Dossou Modèle"),
        OfficeHolder(OfficeKind.DEPUTY, "Nadège Exemple", "Marchés et commerce"),
        OfficeHolder(OfficeKind.DEPUTY, "Ibrahim Fictif", "Écoles et cantines"),
        OfficeHolder(OfficeKind.EXECUTIVE_SECRETARY, "Pélagie Imaginaire"),
        OfficeHolder(OfficeKind.SUPERVISION, "Gbènoukpo Spécimen"),
        OfficeHolder(OfficeKind.DISTRICT_HEAD, "Zinsou Échantillon", "Arrondissement de Godomey"),
        OfficeHolder(OfficeKind.COUNCILLOR, "Ganiath Prétexte", "Santé"),
    ),
)
AKPRO_MISSERETE = Place(
    slug="akpro-misserete",
    name="Akpro-Missérété",
    department="Ouémé",
    motto="La terre et la parole",
    colour="#6b2a12",
    charge="palm",
    hall="Mairie, salle du conseil (fictive)",
    block=3,
    languages=("fr", "guw", "yo"),
    offices=(
        OfficeHolder(OfficeKind.MAYOR, "Houéfa Imaginaire"),
        OfficeHolder(OfficeKind.DEPUTY, "Sourou Exemple", "Agriculture et pistes rurales"),
        OfficeHolder(OfficeKind.DEPUTY, "Léontine Modèle", "Affaires sociales"),
        OfficeHolder(OfficeKind.EXECUTIVE_SECRETARY, "Taofik Fictif"),
        OfficeHolder(OfficeKind.SUPERVISION, "Edwige Spécimen"),
        OfficeHolder(OfficeKind.DISTRICT_HEAD, "Fidèle Échantillon", "Arrondissement de Vakon"),
        OfficeHolder(OfficeKind.COUNCILLOR, "Assiba Prétexte", "Femmes et familles"),
    ),
)
PLACES = (COTONOU, ABOMEY_CALAVI, AKPRO_MISSERETE)
