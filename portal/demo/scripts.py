"""What is shown and said: two films. Everything in them is invented, and says so."""

from dataclasses import dataclass

from .slides import Bars, Cover, Slide

#: Voices of eSpeak NG: the person who chairs, and two who present.
CHAIR, PRESENTER, ENGINEER = "fr", "fr+f3", "fr+m3"


@dataclass(frozen=True)
class Scene:
    """One slide, and what is said meanwhile."""

    slide: Slide
    speech: str
    voice: str = CHAIR


@dataclass(frozen=True)
class Script:
    """A film to be: `name` is that of its file."""

    name: str
    #: In the header of each slide.
    commune: str
    scenes: tuple[Scene, ...]
    #: Exact length; a multiple of the two seconds between keyframes.
    seconds: int
    #: Silence at the start, while the sitting is being opened.
    lead_s: float = 0.0


HEARING_AGENDA = ("Les comptes de l’année", "Rues et éclairage", "Eau et assainissement",
                  "Questions du public")  # fmt: skip

HEARING = Script(
    name="audience",
    commune="Commune de Cotonou",
    seconds=80,
    scenes=(
        Scene(
            Cover("Reddition de comptes", "Ce que la commune a reçu, dépensé et réalisé"),
            "Bonjour à toutes et à tous, et bienvenue à la reddition de comptes de la commune de "
            "Cotonou. Ceci est une démonstration : les voix, les personnes et les chiffres sont "
            "inventés. La séance est enregistrée, et chacun pourra la revoir, avec ce qui aura été "
            "demandé et promis.",
        ),
        Scene(
            Slide("Ordre du jour", points=HEARING_AGENDA),
            "L’ordre du jour compte quatre points : les comptes de l’année, les rues et "
            "l’éclairage, l’eau et l’assainissement, puis vos questions.",
        ),
        Scene(
            Bars(
                "Où va l’argent",
                "Dépenses de l’année, en millions de francs CFA",
                bars=(("Voirie", 4120), ("Écoles", 2860), ("Santé", 1940), ("Propreté", 1480)),
            ),
            "Voici où va l’argent. La voirie vient d’abord, avec un peu plus de quatre milliards "
            "de francs. Viennent ensuite les écoles, la santé et la propreté. Chaque dépense "
            "peut être consultée en mairie, avec son marché et son reçu.",
            PRESENTER,
        ),
        Scene(
            Slide(
                "Rues et éclairage",
                points=("18 rues pavées", "320 lampadaires solaires", "9 carrefours refaits"),
            ),
            "Dix-huit rues ont été pavées, et trois cent vingt lampadaires solaires ont été posés. "
            "Neuf carrefours ont été refaits pour la sécurité des piétons. Trois chantiers ont du "
            "retard : ils seront finis avant la prochaine saison des pluies.",
            ENGINEER,
        ),
        Scene(
            Slide(
                "Eau et assainissement",
                points=("42 km de caniveaux curés", "6 bassins de retenue", "Avant les pluies"),
            ),
            "Avant les pluies, quarante-deux kilomètres de caniveaux ont été curés, et six "
            "bassins de retenue sont en service. Deux quartiers restent inondables : les travaux "
            "y commencent au prochain trimestre.",
            PRESENTER,
        ),
        Scene(
            Cover("Vos questions", "Posez, soutenez, votez : depuis votre téléphone"),
            "C’est maintenant à vous. Posez votre question depuis votre téléphone, soutenez "
            "celles des autres, et votez quand un vote est ouvert. Chaque question est lue par un "
            "modérateur, et les plus soutenues sont posées en premier.",
        ),
    ),
)

COUNCIL_AGENDA = ("Ouverture et procès-verbal", "Réfection du marché central",
                  "Cantines scolaires")  # fmt: skip

COUNCIL = Script(
    name="conseil",
    commune="Commune d’Abomey-Calavi",
    seconds=58,
    lead_s=3.0,
    scenes=(
        Scene(
            Cover("Session ordinaire du conseil", "Réfection du marché, cantines scolaires"),
            "La séance est ouverte. Ceci est une démonstration : les voix, les personnes et les "
            "chiffres sont inventés. Le procès-verbal de la dernière session est adopté.",
        ),
        Scene(
            Slide("Ordre du jour", points=COUNCIL_AGENDA, current=1),
            "Nous passons au deuxième point : la réfection du marché central. Le dossier a été "
            "présenté à la commission des travaux, qui donne un avis favorable.",
        ),
        Scene(
            Bars(
                "Le marché central",
                "Coût des travaux, en millions de francs CFA",
                bars=(("Toitures", 310), ("Hangars", 240), ("Sanitaires", 95), ("Drainage", 80)),
            ),
            "Les travaux coûtent sept cent vingt-cinq millions de francs, dont trois cent dix "
            "pour les toitures. Ils dureront huit mois, et les vendeuses gardent leur place.",
            PRESENTER,
        ),
        Scene(
            Slide("Cantines scolaires", points=("24 écoles", "9 600 repas par jour")),
            "Vingt-quatre écoles auront une cantine à la rentrée, soit neuf mille six cents repas "
            "par jour, préparés avec les produits des maraîchers de la commune. Les comités de "
            "parents d’élèves suivront les achats.",
            ENGINEER,
        ),
        Scene(
            Cover("Merci de votre participation", "La séance peut être revue à cette adresse"),
            "Les deux délibérations sont adoptées. La prochaine session sera annoncée sur cette "
            "page. La séance est levée. Merci de votre participation.",
        ),
    ),
)
