"""What a person was confirmed with, as keyed hashes: to know them again, not to reach them."""

from communes.identity import phone
from communes.models import Person


def contacts_of(person: Person) -> list[str]:
    """Keyed hashes of the telephone number and the e-mail address, where there are any."""
    found = [person.phone_hash] if person.phone_hash else []
    if person.email:
        found.append(phone.digest(person.email))
    return found
