"""A commune's list of inhabitants: telephone numbers, kept by their keyed hash alone."""

from collections.abc import Iterable
from dataclasses import dataclass

from communes.identity import phone
from communes.models import Commune
from consultations.models import ListedNumber

#: Numbers of one go.
MOST = 200_000


@dataclass(frozen=True)
class Listing:
    """What came of adding numbers: new ones, ones that were there, and lines (from 1) that are no
    mobile number."""

    added: int
    known: int
    unreadable: list[int]


def add_numbers(commune: Commune, lines: Iterable[str]) -> Listing:
    """Add numbers, one a line; what follows a comma, semicolon or tab is ignored. In a
    transaction."""
    digests: set[str] = set()
    unreadable: list[int] = []
    for line, text in enumerate(lines, start=1):
        number = text.replace(";", ",").replace("\t", ",").partition(",")[0].strip(' "\ufeff')
        if not number:
            continue
        try:
            digests.add(phone.digest(phone.parse(number)))
        except (phone.NotANumber, phone.NoTextMessages):
            unreadable.append(line)
    mine = ListedNumber.objects.filter(commune=commune)
    before = mine.count()
    ListedNumber.objects.bulk_create(
        (ListedNumber(commune=commune, phone_hash=digest) for digest in sorted(digests)),
        ignore_conflicts=True,
        batch_size=1000,
    )
    added = mine.count() - before
    return Listing(added=added, known=len(digests) - added, unreadable=unreadable)


def remove_number(commune: Commune, number: str) -> bool:
    """Take a number off the list; whether it was there. Raises `phone.NotANumber` or
    `phone.NoTextMessages`."""
    digests = phone.digests(phone.parse(number))
    gone, _ = ListedNumber.objects.filter(commune=commune, phone_hash__in=digests).delete()
    return bool(gone)


def clear_list(commune: Commune) -> int:
    """Take all numbers off the list; how many there were."""
    gone, _ = ListedNumber.objects.filter(commune=commune).delete()
    return gone
