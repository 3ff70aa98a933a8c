"""States and command arguments of polls. Times in milliseconds since 1970."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from live.protocol.base import Message
from live.protocol.registry import registry

from .levels import Level

MAX_OPTIONS = 10

Label = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=160)]
Prompt = Annotated[str, StringConstraints(strip_whitespace=True, min_length=5, max_length=300)]
Options = Annotated[list[Label], Field(max_length=MAX_OPTIONS)]

#: `one`: one choice; `several`: between `min_choices` and `max_choices`; `rating`: 1 to 5;
#: `yes_no`: yes, no or abstain. The options of the last two are made by the server.
PollKind = Literal["one", "several", "rating", "yes_no"]
#: When the public sees the result: as it comes, when the poll closes, or when it is revealed.
Results = Literal["live", "at_closing", "on_reveal"]


class PollOptionState(Message):
    """`code` says what the options of `yes_no` (`yes`, `no`, `abstain`) and of `rating` (`1` to
    `5`) mean, so that clients say it in their own language; it is empty for written options."""

    id: int
    label: str
    code: str = ""


class PreparedPoll(Message):
    """Key `prepared/<id>` (staff): a poll that is not open yet. `level`: null for the sitting's
    own (`participation`)."""

    id: int
    prompt: str
    kind: PollKind
    options: list[PollOptionState]
    min_choices: int
    max_choices: int
    secret: bool
    results: Results
    level: Level | None
    by_level: bool


class PublicPoll(Message):
    """Key `poll/<id>`: a poll that was opened.

    `level`: who may vote. `by_level`: the tally says it by level too. `revealed`: the result is
    for everyone (at once with `live`, once closed with `at_closing`, by `poll.reveal` otherwise).
    """

    id: int
    prompt: str
    kind: PollKind
    options: list[PollOptionState]
    min_choices: int
    max_choices: int
    secret: bool
    results: Results
    level: Level
    by_level: bool
    state: Literal["open", "closed"]
    revealed: bool
    opened_at: int
    closed_at: int | None


class LevelTally(Message):
    """Voters of one level. `votes` is empty for a secret ballot, of which nothing but the total is
    kept."""

    voters: int
    votes: dict[str, int]


class PollTally(Message):
    """Key `tally/<id>`, and latest value of the same name: votes of `poll/<id>`.

    `votes` maps the id of an option to its count; with `several`, they add up to more than
    `voters`. While the result is hidden it is empty and only `voters` moves. While a secret poll
    with a live result is open it moves in steps of ten voters or more, and is empty before the
    first step. `mean`: of a rating, two decimals. `levels`: with `by_level`, once revealed; a
    level with fewer than ten voters is not named, nor one that would give such a one away.
    `final`: this is the result.
    """

    voters: int
    votes: dict[str, int]
    mean: float | None
    levels: dict[str, LevelTally]
    final: bool


class HiddenResult(Message):
    """Key `result/<id>` (staff): the result of a closed poll that is not revealed yet."""

    voters: int
    votes: dict[str, int]
    mean: float | None


class MyBallot(Message):
    """`mine` value `ballot/<id>`: I have voted in that poll. `options` is empty when the ballot is
    secret: nobody knows."""

    voted: bool
    options: list[int]


class CreatePoll(Message):
    """`options`: two to ten for `one` and `several`, none for the other kinds. `min_choices` and
    `max_choices` count for `several` alone (`max_choices` null: as many as there are)."""

    prompt: Prompt
    kind: PollKind = "one"
    options: Options = Field(default_factory=list)
    min_choices: Annotated[int, Field(ge=1, le=MAX_OPTIONS)] = 1
    max_choices: Annotated[int, Field(ge=1, le=MAX_OPTIONS)] | None = None
    secret: bool = True
    results: Results = "live"
    level: Level | None = None
    by_level: bool = False


class EditPoll(CreatePoll):
    """A prepared poll, said anew as a whole."""

    poll: int


class PollRef(Message):
    poll: int


class CastBallot(Message):
    """`options`: one, or several where the poll takes several; never the same twice."""

    poll: int
    options: Annotated[list[int], Field(min_length=1, max_length=MAX_OPTIONS)]


registry.add_key("poll", PublicPoll, public=True, in_writing=True)
registry.add_key("tally", PollTally, public=True, in_writing=True)
registry.add_key("prepared", PreparedPoll, public=False)
registry.add_key("result", HiddenResult, public=False)
registry.add_mine("ballot", MyBallot)

registry.add_kinds("poll", "poll.opened", "poll.closed", "poll.revealed")
registry.add_kinds("tally", "poll.counted")
registry.add_kinds("prepared", "poll.prepared", "poll.edited", "poll.removed")
registry.add_kinds("result", "poll.held_back", "poll.handed_over")
