"""The conflict guard: who answers to citizens does not choose alone what they may say.

Where the rules of a sitting say so (hearings: by default), or those of a commune's board (by
default), one moderator can refuse alone only for a reason that anybody could check, and only what
does not criticise those who answer. Any other refusal waits for a second moderator, and when none
comes in time it is published.
"""

from consultations.models import ReasonCode
from moderation.protocol import ABOUT_HOST

from .matters import M, kind_of

#: Reasons that anybody could check.
OBJECTIVE = frozenset(
    {
        ReasonCode.DUPLICATE,
        ReasonCode.PERSONAL_DATA,
        ReasonCode.INSULT,
        ReasonCode.ADVERTISING,
        ReasonCode.UNREADABLE,
    }
)


def about_host(matter: M) -> bool:
    """Whether it criticises the management of those who answer: a moderator says so, or the filter
    thinks so."""
    noticed = any(flag["code"] == ABOUT_HOST for flag in matter.flags)
    return noticed or ABOUT_HOST in matter.labels


def needs_second(matter: M, code: str) -> bool:
    """Whether refusing it for this reason takes two moderators."""
    guarded, _ = kind_of(matter).guard(matter)
    return guarded and (code not in OBJECTIVE or about_host(matter))
