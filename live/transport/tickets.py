"""Tickets for WebSockets: made by an HTTP view from the session, checked without the database."""

import time

from django.conf import settings

from communes.models import Commune, Person
from communes.permissions import roles_in
from live.actions.access import sitting_subject
from live.actions.subjects import SITTING, Subject
from live.models import Sitting
from live.protocol.errors import ErrorCode, Refused
from live.protocol.signing import BadSignature, read_token, sign_token
from live.protocol.tickets import TICKET_LIFE_S, TicketClaims


def _key() -> bytes:
    return f"ticket:{settings.SECRET_KEY}".encode()


def make_ticket(person: Person, sitting: Sitting) -> str:
    """A ticket for one person to one sitting, good for `TICKET_LIFE_S` seconds."""
    return ticket_to(sitting_subject(sitting), person)


def ticket_to(subject: Subject, person: Person) -> str:
    """As `make_ticket`, to any subject."""
    claims = TicketClaims(
        exp=int(time.time()) + TICKET_LIFE_S,
        sitting=subject.id,
        kind=subject.kind,
        person=person.pk,
        public_id=person.public_id,
        name=person.display_name,
        roles=sorted(roles_in(person, Commune(pk=subject.commune_id))),
        language=person.language,
    )
    return sign_token(claims, _key())


def check_ticket(ticket: str, subject_id: str, kind: str = SITTING) -> TicketClaims:
    """The claims of a ticket to this sitting (or other subject); raises `Refused`."""
    try:
        claims = read_token(ticket, TicketClaims, _key())
    except BadSignature as error:
        code = ErrorCode.EXPIRED if error.expired else ErrorCode.FORBIDDEN
        raise Refused(code, str(error)) from error
    if (claims.kind, claims.sitting) != (kind, subject_id):
        raise Refused(ErrorCode.FORBIDDEN, f"ticket for another {claims.kind}")
    return claims
