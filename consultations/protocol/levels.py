"""Who may take part, and how it shows in counts: states and command arguments."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from live.protocol.base import Message
from live.protocol.registry import registry

#: `confirmed`: signed in, with a telephone or an e-mail address that was confirmed; `listed`: the
#: telephone is on the commune's list; `hall`: the code shown in the hall was entered.
Level = Literal["confirmed", "listed", "hall"]
# In counts everybody counts once: under `hall`, else `listed`, else `confirmed`.

#: No count of fewer people than this is shown for a level.
LEVEL_FLOOR = 10


class ParticipationState(Message):
    """Key `participation`: who may ask, support, react and (unless a poll says otherwise) vote.
    Absent until somebody changes it; the defaults hold until then.

    `by_level`: supports are shown by level too. `reactions`: whether they can be sent.
    """

    level: Level = "confirmed"
    by_level: bool = False
    reactions: bool = True


class MyLevel(Message):
    """`mine` value `level`: how I count in this sitting. `levels`: every one I may act at."""

    level: Level
    levels: list[Level]


class SetParticipation(Message):
    """Only what is given changes."""

    level: Level | None = None
    by_level: bool | None = None
    reactions: bool | None = None


class EnterHall(Message):
    """The code shown in the hall: six digits, blanks do not matter."""

    code: Annotated[str, StringConstraints(strip_whitespace=True, min_length=6, max_length=12)]


class HallCode(Message):
    """`GET /api/v1/sittings/<id>/hall-code` (staff): what to show in the hall, `until` when the
    next one takes its place (it is accepted for as long again)."""

    code: str
    until: int
    entered: Annotated[int, Field(ge=0)]


registry.add_key("participation", ParticipationState, public=True)
registry.add_kinds("participation", "participation.changed")
registry.add_mine("level", MyLevel)
