"""States and command arguments of polls. Times in milliseconds since 1970."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from live.protocol.base import Message
from live.protocol.registry import registry

Label = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=160)]
Prompt = Annotated[str, StringConstraints(strip_whitespace=True, min_length=5, max_length=300)]


class MyBallot(Message):
    """`mine` value `ballot/<id>`: I have voted in that poll. Never for what, when it is secret."""

    voted: bool
    option: int | None


class PollOptionState(Message):
    id: int
    label: str


class PublicPoll(Message):
    """Key `poll/<id>`: a poll that was opened."""

    id: int
    prompt: str
    options: list[PollOptionState]
    secret: bool
    state: Literal["open", "closed"]
    opened_at: int
    closed_at: int | None


class PollTally(Message):
    """Key `tally/<id>`, and latest value of the same name: votes of `poll/<id>`.

    `votes` maps the id of an option to its count. While a secret poll is open it moves in steps
    of ten voters or more, and is empty before the first step.
    """

    voters: int
    votes: dict[str, int]
    final: bool


class PreparedPoll(Message):
    """Key `prepared/<id>` (staff): a poll that is not open yet."""

    id: int
    prompt: str
    options: list[PollOptionState]
    secret: bool


class CreatePoll(Message):
    prompt: Prompt
    options: Annotated[list[Label], Field(min_length=2, max_length=10)]
    secret: bool = True


class PollRef(Message):
    poll: int


class CastBallot(Message):
    poll: int
    option: int


registry.add_key("poll", PublicPoll, public=True)
registry.add_key("tally", PollTally, public=True)
registry.add_key("prepared", PreparedPoll, public=False)
registry.add_mine("ballot", MyBallot)

registry.add_kinds("poll", "poll.opened", "poll.closed")
registry.add_kinds("tally", "poll.counted")
registry.add_kinds("prepared", "poll.prepared", "poll.removed")
