"""States and command arguments of questions and polls. Times in milliseconds since 1970."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from live.protocol.base import Message
from live.protocol.registry import registry

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=5, max_length=500)]
Label = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=160)]
Prompt = Annotated[str, StringConstraints(strip_whitespace=True, min_length=5, max_length=300)]
Reason = Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=300)]


class PublicQuestion(Message):
    """Key `question/<id>`: a published question. `signature` is empty for one without a name."""

    id: int
    text: str
    signature: str
    agenda_item: int | None
    state: Literal["approved", "on_screen", "answered"]
    submitted_at: int
    published_at: int
    answered_at: int | None


class QuestionTally(Message):
    """Key `support/<id>`, and latest value of the same name: how many support `question/<id>`."""

    supports: int


class QuestionReview(Message):
    """Key `review/<id>` (staff): a question as moderators see it."""

    id: int
    text: str
    signature: str
    author: str | None
    agenda_item: int | None
    state: Literal["pending", "approved", "on_screen", "answered", "rejected", "withdrawn"]
    reason: str
    submitted_at: int


class MyQuestion(Message):
    """`mine` value `question/<id>`: one's own question, whatever its state."""

    id: int
    text: str
    state: Literal["pending", "approved", "on_screen", "answered", "rejected", "withdrawn"]
    reason: str
    submitted_at: int


class MySupport(Message):
    """`mine` value `support/<id>`: I support that question."""

    supported: bool


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


class SubmitQuestion(Message):
    text: Text
    agenda_item: int | None = None
    #: Show my name with it.
    signed: bool = False


class QuestionRef(Message):
    question: int


class RejectQuestion(Message):
    question: int
    reason: Reason


class CreatePoll(Message):
    prompt: Prompt
    options: Annotated[list[Label], Field(min_length=2, max_length=10)]
    secret: bool = True


class PollRef(Message):
    poll: int


class CastBallot(Message):
    poll: int
    option: int


registry.add_key("question", PublicQuestion, public=True)
registry.add_key("support", QuestionTally, public=True)
registry.add_key("review", QuestionReview, public=False)
registry.add_key("poll", PublicPoll, public=True)
registry.add_key("tally", PollTally, public=True)
registry.add_key("prepared", PreparedPoll, public=False)
registry.add_mine("question", MyQuestion)
registry.add_mine("support", MySupport)
registry.add_mine("ballot", MyBallot)

registry.add_kinds(
    "question",
    "question.approved",
    "question.shown",
    "question.unshown",
    "question.answered",
    "question.reopened",
    "question.unpublished",
    "question.redacted",
)
registry.add_kinds("support", "support.counted", "support.removed")
registry.add_kinds("review", "question.submitted", "review.changed", "question.withdrawn",
                   "question.rejected", "review.redacted")  # fmt: skip
registry.add_kinds("poll", "poll.opened", "poll.closed")
registry.add_kinds("tally", "poll.counted")
registry.add_kinds("prepared", "poll.prepared", "poll.removed")
