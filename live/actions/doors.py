"""Closed doors: what is deliberated behind them says nothing outside."""

from live.models import Sitting, SittingState
from live.protocol.errors import ErrorCode, Refused
from live.timeline.append import By

#: Who sits behind the doors. What falls due by itself, and a citizen's right to leave, wait for
#: nobody.
INSIDE = frozenset({"admin", "clerk", "host", "interpreter", "moderator"})


def in_public(sitting: Sitting, by: By) -> None:
    """Raise `closed_doors` when somebody inside would say something to everyone."""
    if sitting.state == SittingState.CLOSED_DOORS and by.role in INSIDE:
        raise Refused(ErrorCode.CLOSED_DOORS, "nothing is made public behind closed doors")
