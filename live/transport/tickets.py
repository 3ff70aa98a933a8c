"""Tickets for WebSockets: made by an HTTP view from the session, checked without the database."""

import time

from django.conf import settings

from communes.models import Person
from communes.permissions import roles_in
from live.models import Sitting
from live.protocol.errors import ErrorCode, Refused
from live.protocol.signing import BadSignature, read_token, sign_token
from live.protocol.tickets import TICKET_LIFE_S, TicketClaims


def _key() -> bytes:
    return f"ticket:{settings.SECRET_KEY}".encode()


def make_ticket(person: Person, sitting: Sitting) -> str:
    """A ticket for one person to one sitting, good for `TICKET_LIFE_S` seconds."""
    claims = TicketClaims(
        exp=int(time.time()) + TICKET_LIFE_S,
        sitting=sitting.pk,
        person=person.pk,
        public_id=person.public_id,
        name=person.display_name,
        roles=sorted(roles_in(person, sitting.commune)),
        language=person.language,
    )
    return sign_token(claims, _key())


def check_ticket(ticket: str, sitting_id: str) -> TicketClaims:
    """The claims of a ticket to this sitting; raises `Refused`."""
    try:
        claims = read_token(ticket, TicketClaims, _key())
    except BadSignature as error:
        code = ErrorCode.EXPIRED if error.expired else ErrorCode.FORBIDDEN
        raise Refused(code, str(error)) from error
    if claims.sitting != sitting_id:
        raise Refused(ErrorCode.FORBIDDEN, "ticket for another sitting")
    return claims
