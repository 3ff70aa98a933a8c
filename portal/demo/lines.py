"""What the simulated citizens ask, and what is put to the vote."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any


@dataclass(frozen=True)
class Line:
    """A question; `point` is the agenda point it is about, from 1."""

    text: str
    point: int | None = None
    #: Why it is refused, when it is: in words for its author, and as a code.
    refused: str = ""
    code: str = "off_topic"


@dataclass(frozen=True)
class Ballot:
    """A poll; only the kinds `one` and `several` bring answers of their own."""

    prompt: str
    options: tuple[str, ...] = ()
    secret: bool = True
    kind: str = "one"
    results: str = "live"
    most: int | None = None

    @property
    def arguments(self) -> dict[str, Any]:
        """Of `poll.prepare`."""
        return {
            "prompt": self.prompt,
            "kind": self.kind,
            "options": list(self.options),
            "secret": self.secret,
            "results": self.results,
            "max_choices": self.most,
        }


@dataclass(frozen=True)
class Promise:
    """What is promised, by whom, within how many days, and from which budget line."""

    wording: str
    owner: str
    days: int
    budget_line: str = ""

    def arguments(self, today: date) -> dict[str, Any]:
        """Of `commitment.make`."""
        return {
            "wording": self.wording,
            "owner": self.owner,
            "due_on": (today + timedelta(days=self.days)).isoformat(),
            "budget_line": self.budget_line,
        }


NOT_A_QUESTION = "Ce message n’est pas une question."
PERSONAL = "Merci de ne pas mettre en cause une personne : posez la question autrement."
ELSEWHERE = "Cette affaire ne relève pas de la commune."

HEARING_LINES = (
    Line("Combien la commune a-t-elle reçu de l’État cette année, et combien de ses impôts ?", 1),
    Line("Où peut-on lire les comptes de la commune sans aller à la mairie ?", 1),
    Line("Pourquoi les dépenses de fonctionnement augmentent-elles plus vite que les travaux ?", 1),
    Line("Quelle part du budget va à l’entretien des écoles déjà construites ?", 1),
    Line("Les taxes payées au marché servent-elles vraiment à réparer le marché ?", 1),
    Line("Combien d’entreprises de la commune ont obtenu un marché public cette année ?", 1),
    Line("Qui contrôle que les travaux payés ont bien été faits ?", 1),
    Line("Pourquoi le centre de santé manque-t-il encore de médicaments en fin de mois ?", 1),
    Line("La commune peut-elle publier chaque trimestre ce qu’elle a dépensé ?", 1),
    Line("Combien coûtent les véhicules de la mairie, carburant compris ?", 1),
    Line("Quand la rue derrière le collège sera-t-elle pavée ?", 2),
    Line("Les lampadaires de notre quartier sont éteints depuis trois mois : qui les répare ?", 2),
    Line("Comment sont choisies les rues que l’on pave ?", 2),
    Line("Peut-on mettre un passage pour piétons devant l’école primaire ?", 2),
    Line("Le chantier du carrefour a deux mois de retard : quelle est la nouvelle date ?", 2),
    Line("Les trottoirs sont occupés et l’on marche sur la route : que comptez-vous faire ?", 2),
    Line("Qui appeler quand un caniveau est ouvert sur la voie ?", 2),
    Line("Les nouvelles rues seront-elles praticables en fauteuil roulant ?", 2),
    Line("Peut-on planter des arbres le long des rues pavées ?", 2),
    Line("Y aura-t-il de l’éclairage sur la piste qui mène au lycée ?", 2),
    Line("Pourquoi l’eau coupe-t-elle tous les soirs dans les quartiers hauts ?", 3),
    Line("Que prévoit la commune pour les maisons inondées l’an dernier ?", 3),
    Line("À quelle date les caniveaux seront-ils curés avant les prochaines pluies ?", 3),
    Line("Combien coûte un branchement à l’eau, et peut-on payer en plusieurs fois ?", 3),
    Line("Les ordures ne sont plus ramassées le samedi : est-ce définitif ?", 3),
    Line("Où sont les toilettes publiques promises au marché ?", 3),
    Line("L’eau des forages est-elle contrôlée, et où voir les résultats ?", 3),
    Line("Le bassin de retenue attire les moustiques : peut-on le traiter ?", 3),
    Line("Que faire des bouteilles en plastique qui bouchent les caniveaux ?", 3),
    Line("Y a-t-il un plan pour relever les habitants des bas-fonds avant la crue ?", 3),
    Line("Pourquoi les actes de naissance demandent-ils plusieurs voyages à la mairie ?", 4),
    Line("Les jeunes peuvent-ils proposer un projet et avoir un petit financement ?", 4),
    Line("Quand aura lieu la prochaine séance, et peut-on la suivre en fongbé ?", 4),
    Line("La commune aidera-t-elle les vendeuses pendant les travaux du marché ?", 4),
    Line("Pourquoi le terrain de sport du quartier est-il fermé ?", 4),
    Line("Que deviennent les promesses de la séance de l’an dernier ?", 4),
    Line("Les cantines seront-elles ouvertes toute l’année dans les écoles ?", 4),
    Line("Peut-on recevoir un message quand une décision touche notre quartier ?", 4),
    Line("Combien de femmes siègent dans les comités de quartier ?", 4),
    Line("La bibliothèque peut-elle rester ouverte le samedi après-midi ?", 4),
    Line("Comment une association obtient-elle une salle de la commune ?", 4),
    Line("Bonjour tout le monde, bravo pour cette séance !", None, NOT_A_QUESTION),
    Line("C’est toujours le même qui gagne les marchés, n’est-ce pas ?", 1, PERSONAL, "insult"),
    Line("Pourquoi le prix du riz importé a-t-il monté au port ?", None, ELSEWHERE),
)

HEARING_BALLOTS = (
    Ballot(
        "Quels travaux faut-il faire d’abord l’an prochain ?",
        ("Les rues", "Les caniveaux", "L’éclairage", "Les écoles"),
        secret=False,
    ),
    Ballot("Les comptes présentés sont-ils clairs ?", kind="yes_no"),
    Ballot(
        "À quel moment préférez-vous les séances ?",
        ("En semaine, le soir", "Le samedi matin", "Le dimanche après-midi"),
        secret=False,
        kind="several",
        most=2,
    ),
    Ballot("Faut-il ouvrir le marché un soir par semaine ?", ("Oui", "Non", "Je ne sais pas")),
    Ballot(
        "Comment voulez-vous être prévenu des travaux dans votre rue ?",
        ("Par message", "Par affichage", "Par le chef de quartier"),
        secret=False,
    ),
    Ballot(
        "Quelle note donnez-vous au ramassage des ordures ?",
        kind="rating",
        secret=False,
        results="at_closing",
    ),
)

HEARING_PROMISES = (
    Promise(
        "Réparer les lampadaires éteints du quartier et publier la liste des rues.",
        "Rachidath Fictive, travaux",
        45,
        "Éclairage public",
    ),
    Promise(
        "Publier chaque trimestre ce que la commune a dépensé.",
        "Koffi Modèle, finances",
        90,
    ),
    Promise(
        "Curer les caniveaux avant les prochaines pluies.",
        "Rachidath Fictive, travaux",
        60,
        "Assainissement",
    ),
)
COUNCIL_PROMISE = Promise(
    "Garder leur place aux vendeuses pendant les travaux du marché.",
    "Nadège Exemple, marchés",
    120,
)

COUNCIL_LINES = (
    Line("Les vendeuses garderont-elles leur place pendant les travaux du marché ?", 2),
    Line("Qui a été consulté sur le plan du nouveau marché ?", 2),
    Line("Combien de toilettes sont prévues, et pour combien de vendeuses ?", 2),
    Line("Les cantines achèteront-elles aux maraîchers de la commune ?", 3),
    Line("Combien coûtera le repas à une famille de trois enfants ?", 3),
    Line("Vive notre commune !", None, NOT_A_QUESTION),
)
COUNCIL_BALLOT = Ballot(
    "Approuvez-vous la réfection du marché central ?", ("Pour", "Contre", "Abstention")
)
