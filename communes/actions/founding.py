"""A new commune, ready to work: its settings, its arrondissements, its first administrator."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from communes.identity import links
from communes.identity.contact import Contact
from communes.models import Arrondissement, Commune, Person, RoleName
from communes.permissions import grant
from communes.slugs import validate_commune_slug

from . import revisions


@dataclass(frozen=True)
class Invited:
    """The first administrator. `link` signs a new person in, once, until `expires_at`; somebody who
    had an account signs in as ever, so there is none."""

    person: Person
    contact: Contact
    link: str = ""
    expires_at: datetime | None = None


def found(
    commune: Commune, arrondissements: Sequence[str] = (), by: Person | None = None
) -> Commune:
    """Save a new commune. Raises ValidationError, with the fields that are wrong."""
    validate_commune_slug(commune.slug)
    commune.full_clean()
    commune.save()
    names = dict.fromkeys(name for name in (" ".join(n.split()) for n in arrondissements) if name)
    for position, name in enumerate(names):
        Arrondissement.objects.create(commune=commune, name=name[:80], position=position)
    revisions.keep(commune, None, by)
    return commune


def invite(commune: Commune, contact: Contact, name: str = "") -> Invited:
    """Make whoever is reached there an administrator of the commune."""
    person = contact.person()
    known = person is not None
    if person is None:
        person = Person(display_name=name)
        person.set_unusable_password()
        contact.attach(person)
        person.save()
    grant(person, commune, RoleName.ADMIN)
    if known:
        return Invited(person, contact)
    address, link = links.make(person)
    return Invited(person, contact, address, link.expires_at)
