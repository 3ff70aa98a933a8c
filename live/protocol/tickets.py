"""Tickets: who a WebSocket belongs to, verified without a database query."""

from typing import Literal

from .signing import Claims

TICKET_LIFE_S = 90


class TicketClaims(Claims):
    """A person and their roles in the sitting's commune, for one connection to one sitting.

    `kind` other than a sitting: `sitting` is the id of such a subject.
    """

    use: Literal["ticket"] = "ticket"
    sitting: str
    kind: str = "sitting"
    #: Primary key; never leaves the server except in the ticket itself.
    person: int
    public_id: str
    name: str
    roles: list[str]
    language: str
