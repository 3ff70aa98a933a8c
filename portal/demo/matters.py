"""What the demonstration's citizens are concerned about: invented, as one hears it there."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Matter:
    """A concern to be seeded. `steps`: states it goes through, with what the commune says."""

    category: str
    text: str
    part: str = ""
    quarter: str = ""
    scene: str = ""
    supports: int = 0
    comments: tuple[str, ...] = ()
    answer: str = ""
    steps: tuple[tuple[str, str], ...] = ()
    published: bool = True


#: Public lists, in the official order.
ARRONDISSEMENTS: dict[str, tuple[str, ...]] = {
    "cotonou": ("1er arrondissement", *(f"{n}e arrondissement" for n in range(2, 14))),
    "abomey-calavi": (
        "Abomey-Calavi", "Akassato", "Godomey", "Glo-Djigbé", "Hêvié", "Kpanroun", "Ouèdo",
        "Togba", "Zinvié",
    ),
    "akpro-misserete": ("Akpro-Missérété", "Gomè-Sota", "Katagon", "Vakon", "Zoungbomè"),
}  # fmt: skip

MATTERS: dict[str, tuple[Matter, ...]] = {
    "cotonou": (
        Matter(
            "roads",
            "La rue derrière l’école est coupée par des trous pleins d’eau depuis la dernière "
            "pluie. Les enfants font le tour par la grande voie, c’est dangereux.",
            "11e arrondissement", "Gbégamey (fictif)", "road", 12,
            ("Même les zémidjans refusent d’y passer.", "Une ambulance est restée bloquée lundi."),
            "Une équipe est passée ce matin. Le rechargement est au programme du trimestre.",
            (("taken_up", "Visite des services techniques faite."),
             ("planned", "Rechargement en latérite et caniveau provisoire.")),
        ),
        Matter(
            "waste",
            "Le dépotoir près du marché n’a pas été vidé depuis trois semaines. L’odeur entre dans "
            "les classes et les mouches sont partout.",
            "6e arrondissement", "Quartier du marché (fictif)", "waste", 9,
            ("Il faudrait un deuxième bac.",),
            "", (("taken_up", "Le prestataire est mis en demeure."),),
        ),
        Matter(
            "light",
            "Le lampadaire au carrefour est éteint depuis la rentrée. Les élèves rentrent dans le "
            "noir et on a volé deux sacs.",
            "4e arrondissement", "Carrefour des trois palmiers (fictif)", "lamp", 6, (), "",
            (("done", "Lampe remplacée, éclairage vérifié de nuit."),),
        ),
        Matter(
            "land",
            "Une clôture a été construite sur le passage commun entre les deux concessions. La "
            "mairie peut-elle la faire reculer ?",
            "2e arrondissement", "", "", 2, (), "",
            (("refused", "Litige entre particuliers : il relève du tribunal, non de la commune."),),
        ),
        Matter(
            "health",
            "Le centre de santé ferme à 17 heures. Les femmes qui travaillent au marché ne peuvent "
            "pas y emmener leurs enfants.",
            "3e arrondissement", "", "", 4,
        ),
        Matter(
            "water", "La borne fontaine du quartier coule rouge depuis dimanche.",
            "9e arrondissement", "", "tap", 0, published=False,
        ),
    ),
    "abomey-calavi": (
        Matter(
            "markets",
            "Les hangars du marché sont percés : quand il pleut, les vendeuses perdent leur farine "
            "et leur gari.",
            "Godomey", "Marché central (fictif)", "market", 10,
            ("Nous payons pourtant la taxe chaque jour.",),
            "La réfection est à l’ordre du jour du conseil communal.",
            (("planned", "Trois hangars par trimestre, en commençant par l’entrée nord."),),
        ),
        Matter(
            "schools",
            "À l’école primaire il y a 92 élèves dans une classe de CP. Peut-on ouvrir une "
            "deuxième salle, même provisoire ?",
            "Togba", "", "", 7, ("Des parents sont prêts à aider à construire.",),
        ),
        Matter(
            "water",
            "La pompe du village est en panne. On marche quarante minutes pour remplir un bidon.",
            "Zinvié", "Dokomey (fictif)", "tap", 8, (), "",
            (("taken_up", "La pièce est commandée."),),
        ),
    ),
    "akpro-misserete": (
        Matter(
            "roads",
            "La piste entre le village et le marché n’est plus praticable. Les palmistes "
            "pourrissent parce que les camions ne viennent plus.",
            "Vakon", "", "road", 11, ("Le ponceau est cassé aussi.",),
            "", (("taken_up", "La piste est dans le programme proposé au conseil."),),
        ),
        Matter(
            "security",
            "Le soir, il n’y a aucune lumière devant le dispensaire. Les sages-femmes ont peur de "
            "rentrer seules.",
            "Katagon", "", "lamp", 5,
        ),
    ),
}  # fmt: skip
