"""Who asks, and for which sitting."""

from django.http import HttpRequest

from communes.models import Person
from communes.permissions import roles_in
from live.actions.access import visible_sitting
from live.models import Sitting
from live.protocol.errors import ErrorCode, Refused

STAFF_OF_ALL = frozenset({"clerk"})


def person_of(request: HttpRequest) -> Person:
    """Whoever is signed in; raises `Refused`."""
    if not isinstance(request.user, Person):
        raise Refused(ErrorCode.SIGN_IN)
    return request.user


def roles_at(request: HttpRequest, sitting: Sitting) -> frozenset[str]:
    """The roles of whoever asks, in the sitting's commune."""
    return roles_in(request.user, sitting.commune)


def seen_sitting(request: HttpRequest, sitting_id: str) -> Sitting:
    """The sitting, when whoever asks may see it; raises `Refused`."""
    sitting = visible_sitting(sitting_id, STAFF_OF_ALL)
    return visible_sitting(sitting_id, roles_at(request, sitting))


def address_of(request: HttpRequest) -> str:
    """Where a request comes from, for limits per address."""
    return str(request.META.get("REMOTE_ADDR", "unknown"))
