"""Who one may sign in as in the demonstration, and the citizens who are simulated.

The telephone numbers are of a block (01 80 00 …) that no operator of Benin uses; no message is
ever sent to them: in a demonstration the code is shown on screen.
"""

from dataclasses import dataclass

from communes.models import RoleName

from .places import PLACES, Place


@dataclass(frozen=True)
class Character:
    """An invented person; `role` is empty for citizens."""

    name: str
    phone: str
    role: str = ""
    commune: str = ""
    #: Played by the driver; the others wait for a human being.
    simulated: bool = False


def _number(block: int, n: int) -> str:
    return f"+229018000{block:02d}{n:02d}"


_STAFF: dict[str, tuple[str, str, str]] = {
    RoleName.ADMIN: ("Ablavi Démo", "Charles Démo", "Firmine Démo"),
    RoleName.CLERK: ("Sylvain Démo", "Thérèse Démo", "Noël Démo"),
    RoleName.MODERATOR: ("Mariam Démo", "Ulrich Démo", "Chimène Démo"),
    RoleName.HOST: ("Rodrigue Démo", "Bérénice Démo", "Lazare Démo"),
}
#: The staff that the driver plays, so that a human who signs in as one of the others is alone.
_ROBOTS: dict[str, str] = {
    RoleName.CLERK: "Secrétaire simulé",
    RoleName.MODERATOR: "Modératrice simulée",
    RoleName.HOST: "Présidente simulée",
}
_CITIZENS = (
    "Adjoa Test", "Bachirou Test", "Célestine Test", "Damien Test", "Estelle Test", "Félix Test",
    "Gloria Test", "Hounsou Test", "Inès Test", "Justin Test", "Kafui Test", "Ludovic Test",
)  # fmt: skip


def _staff_of(place: Place, column: int) -> list[Character]:
    people = [
        Character(names[column], _number(place.block, n), role, place.slug)
        for n, (role, names) in enumerate(_STAFF.items(), start=1)
    ]
    robots = [
        Character(name, _number(place.block, n), role, place.slug, simulated=True)
        for n, (role, name) in enumerate(_ROBOTS.items(), start=51)
    ]
    return people + robots


STAFF = [person for column, place in enumerate(PLACES) for person in _staff_of(place, column)]
#: For a human being who wants to ask and to vote.
CITIZENS = [Character("Yasmine Démo", _number(0, 1)), Character("Olivier Démo", _number(0, 2))]
CROWD = [
    Character(name, _number(0, n), simulated=True) for n, name in enumerate(_CITIZENS, start=51)
]
EVERYONE = [*STAFF, *CITIZENS, *CROWD]
