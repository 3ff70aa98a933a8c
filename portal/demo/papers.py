"""Documents of the demonstration, written as PDFs on the machine."""

import ctypes
import io
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass, field

import pypdfium2 as pdfium
import pypdfium2.raw as raw

A4 = (595, 842)
MARGIN, TOP, BOTTOM = 56, 770, 70
PLAIN, BOLD = b"Helvetica", b"Helvetica-Bold"
MARK = "Document de démonstration : personnes et chiffres sont inventés."


@dataclass(frozen=True)
class Paper:
    """`parts`: paragraphs (text), headings (text that begins with "# ") and rows of a table."""

    kind: str
    title: str
    year: int
    department: str
    summary: str
    parts: Sequence[str | tuple[str, str]] = field(repr=False, default=())


class _Sheet:
    """Writes lines from top to bottom, on as many pages as it takes."""

    def __init__(self, foot: str) -> None:
        self.document = pdfium.PdfDocument.new()
        self._foot = foot
        self._turn()

    def _turn(self) -> None:
        self._page = self.document.new_page(*A4)
        self._y = float(TOP)
        self._put(self._foot, 8, PLAIN, MARGIN, 40)

    def line(self, text: str, size: float, font: bytes = PLAIN, right: str = "") -> None:
        if self._y < BOTTOM:
            self._page.gen_content()
            self._turn()
        self._put(text, size, font, MARGIN, self._y)
        if right:
            self._put(right, size, font, A4[0] - MARGIN, self._y, from_right=True)
        self._y -= size * 1.5

    def space(self, points: float) -> None:
        self._y -= points

    def _put(
        self, text: str, size: float, font: bytes, x: float, y: float, *, from_right: bool = False
    ) -> None:
        thing = raw.FPDFPageObj_NewTextObj(self.document.raw, font, size)
        wide = ctypes.create_string_buffer(text.encode("utf-16-le") + b"\0\0")
        raw.FPDFText_SetText(thing, ctypes.cast(wide, ctypes.POINTER(ctypes.c_ushort)))
        if from_right:
            edges = [ctypes.c_float() for _ in range(4)]
            raw.FPDFPageObj_GetBounds(thing, *(ctypes.byref(edge) for edge in edges))
            x -= edges[2].value - edges[0].value
        raw.FPDFPageObj_Transform(thing, 1, 0, 0, 1, x, y)
        raw.FPDFPage_InsertObject(self._page.raw, thing)

    def finish(self) -> bytes:
        self._page.gen_content()
        out = io.BytesIO()
        self.document.save(out)
        return out.getvalue()


def write(paper: Paper, commune: str) -> bytes:
    """The paper as a PDF."""
    sheet = _Sheet(f"{commune} · {MARK}")
    sheet.line("RÉPUBLIQUE DU BÉNIN", 9, BOLD)
    sheet.line(f"Commune de {commune}", 9)
    sheet.space(28)
    for line in textwrap.wrap(paper.title, 44):
        sheet.line(line, 20, BOLD)
    sheet.space(6)
    sheet.line(f"{paper.department} · {paper.year}", 11)
    sheet.space(18)
    for part in paper.parts:
        if isinstance(part, tuple):
            sheet.line(part[0], 11, BOLD if part[0].isupper() else PLAIN, right=part[1])
        elif part.startswith("# "):
            sheet.space(10)
            sheet.line(part[2:], 14, BOLD)
            sheet.space(4)
        else:
            for line in textwrap.wrap(part, 88):
                sheet.line(line, 11)
            sheet.space(6)
    return sheet.finish()


def papers_of(commune: str, scale: int) -> list[Paper]:
    """What a commune has published; `scale` multiplies its figures."""

    def francs(thousands: int) -> str:
        return f"{thousands * scale * 1000:,}".replace(",", " ")

    return [
        Paper(
            "account",
            "Compte administratif 2025",
            2025,
            "Service des affaires financières",
            "Ce que la commune a reçu et dépensé en 2025, chapitre par chapitre.",
            (
                "Le présent compte retrace les recettes et les dépenses de l’exercice 2025. Il est "
                "soumis au conseil communal et rendu public.",
                "# Recettes de fonctionnement (FCFA)",
                ("Impôts locaux", francs(1240)),
                ("Droits de place des marchés", francs(410)),
                ("Transferts de l’État", francs(1890)),
                ("Prestations et services", francs(228)),
                ("TOTAL", francs(3768)),
                "# Dépenses de fonctionnement (FCFA)",
                ("Personnel", francs(1120)),
                ("Entretien des écoles et centres de santé", francs(612)),
                ("Salubrité et ramassage des ordures", francs(540)),
                ("Éclairage public", francs(275)),
                ("Autres charges", francs(391)),
                ("TOTAL", francs(2938)),
                "# Investissement (FCFA)",
                ("Pavage et assainissement", francs(1405)),
                ("Adductions d’eau", francs(380)),
                ("Équipements marchands", francs(297)),
                "L’excédent de fonctionnement est reporté à la section d’investissement.",
            ),
        ),
        Paper(
            "budget",
            "Budget primitif 2026",
            2026,
            "Service des affaires financières",
            "Ce que la commune prévoit de recevoir et de dépenser en 2026.",
            (
                "Le budget est voté en équilibre. Les crédits des écoles et de la salubrité "
                "augmentent ; les frais de réception diminuent.",
                "# Prévisions (FCFA)",
                ("Recettes de fonctionnement", francs(3990)),
                ("Dépenses de fonctionnement", francs(3120)),
                ("Dépenses d’investissement", francs(2260)),
                "# Priorités",
                "Curage des caniveaux avant la saison des pluies ; branchements sociaux à l’eau ; "
                "réfection de salles de classe ; éclairage des voies principales.",
            ),
        ),
        Paper(
            "work_plan",
            "Plan de travail annuel 2026 (PTA)",
            2026,
            "Secrétariat exécutif",
            "Les activités de l’année, qui en répond et pour quand.",
            (
                "# Activités",
                ("Curage de 12 km de caniveaux", "mars"),
                ("Réhabilitation de 8 salles de classe", "août"),
                ("Pose de 150 lampadaires solaires", "octobre"),
                ("Deux redditions de comptes publiques", "mai, novembre"),
                "Chaque activité a un responsable, un coût et un indicateur ; l’état d’avancement "
                "est présenté à chaque session du conseil.",
            ),
        ),
        Paper(
            "contract",
            "Marché attribué : pavage de la voie du collège",
            2025,
            "Personne responsable des marchés publics",
            "Attributaire, montant, délai et lieu des travaux.",
            (
                "Avis d’attribution définitive après appel d’offres ouvert.",
                ("Attributaire", "Entreprise Exemple SARL"),
                ("Montant (FCFA, toutes taxes comprises)", francs(612)),
                ("Délai d’exécution", "6 mois"),
                ("Offres reçues", "5"),
            ),
        ),
        Paper(
            "deliberation",
            "Délibération portant tarifs des droits de place",
            2025,
            "Conseil communal",
            "Les décisions du conseil sur les droits de place des marchés.",
            (
                "Le conseil communal, réuni en session ordinaire, après en avoir délibéré, "
                "décide :",
                "# Article premier",
                "Les droits de place sont fixés à cent francs par jour et par étal couvert.",
                "# Article 2",
                "Les vendeuses déplacées par des travaux sont exonérées pendant leur durée.",
                "# Article 3",
                "Le secrétaire exécutif est chargé de l’application de la présente délibération.",
            ),
        ),
        Paper(
            "minutes",
            "Procès-verbal de la première session ordinaire de 2026",
            2026,
            "Secrétariat exécutif",
            "Qui était là, ce qui a été débattu, ce qui a été décidé.",
            (
                "La session a été ouverte par le maire, le quorum étant atteint.",
                "# Points débattus",
                "Exécution du plan de travail ; curage des caniveaux ; cantines scolaires.",
                "# Décisions",
                "Le conseil adopte le plan de curage et demande un point mensuel sur son "
                "avancement.",
            ),
        ),
        Paper(
            "report",
            "Rapport d’activité du premier semestre 2026",
            2026,
            "Secrétariat exécutif",
            "Ce qui a été fait de janvier à juin, ce qui a pris du retard et pourquoi.",
            (
                "# Fait",
                ("Caniveaux curés", "7 km"),
                ("Salles de classe réhabilitées", "3"),
                ("Lampadaires posés", "64"),
                "# En retard",
                "La pose des lampadaires attend la livraison du second lot.",
            ),
        ),
    ]


#: The picture among a commune's documents: title, what `snapshots` draws, what it shows.
PICTURE = (
    "Le marché avant les travaux",
    "market",
    "Image dessinée pour la démonstration : les étals sous leurs toits abîmés.",
)
