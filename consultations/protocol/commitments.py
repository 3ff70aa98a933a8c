"""Promises made in public ("engagements"): states and command arguments. Times in milliseconds
since 1970, days as `YYYY-MM-DD`."""

from datetime import date
from typing import Annotated, Literal

from pydantic import Field, HttpUrl, StringConstraints

from live.protocol.base import Message
from live.protocol.registry import registry

#: `late`: open, and the day it was due has passed.
CommitmentStateName = Literal["open", "kept", "late", "dropped"]

Wording = Annotated[str, StringConstraints(strip_whitespace=True, min_length=10, max_length=500)]
Owner = Annotated[str, StringConstraints(strip_whitespace=True, min_length=2, max_length=160)]
Budget = Annotated[str, StringConstraints(strip_whitespace=True, max_length=160)]
Note = Annotated[str, StringConstraints(strip_whitespace=True, max_length=2000)]


class Evidence(Message):
    """The latest word of the commune on a promise: what was done, and where one can see it."""

    note: str
    link: str
    file: str
    at: int


class CommitmentState(Message):
    """Key `commitment/<id>`, on the sitting's timeline and on the promise's own.

    `question`: the one it answers, of the same sitting. `reason`: why it was dropped. `page`: its
    path in the public register, which has the whole history.
    """

    id: int
    wording: str
    owner: str
    due_on: date
    budget_line: str
    question: int | None
    state: CommitmentStateName
    reason: str
    made_at: int
    sitting: str
    sitting_title: str
    evidence: Evidence | None
    page: str


class PromisesState(Message):
    """Key `promises`: what the commune promised before, said when a hearing opens and again when
    it changes: all that is still open or late, and all of the last hearing."""

    items: list[CommitmentState]


class VoiceCounts(Message):
    confirmed: int
    contested: int


class CommitmentVoices(Message):
    """Latest value `voices/<id>`: citizens who confirm or contest that `commitment/<id>` was kept.
    `levels`: as in `PollTally`, never fewer than ten people."""

    confirmed: int
    contested: int
    levels: dict[str, VoiceCounts]


class MyCommitment(Message):
    """`mine` value `commitment/<id>`: what I said of it, and whether I am told of its changes."""

    voice: Literal["confirmed", "contested"] | None
    followed: bool


class MakeCommitment(Message):
    """ "Prendre un engagement": who does what by when. Not due before today."""

    wording: Wording
    owner: Owner
    due_on: date
    question: int | None = None
    budget_line: Budget = ""


class EditCommitment(Message):
    """Put the wording right, while the sitting goes on; only what is given changes."""

    commitment: int
    wording: Wording | None = None
    owner: Owner | None = None
    due_on: date | None = None
    budget_line: Budget | None = None


class UpdateCommitment(Message):
    """News of a promise. `state` null: it stays as it is. `dropped` needs a `note`, its reason;
    `kept` needs a `note` or a `link`. A file is added on the promise's page."""

    commitment: int
    state: Literal["open", "kept", "dropped"] | None = None
    note: Note = ""
    link: Annotated[HttpUrl, Field(max_length=400)] | None = None


class CommitmentRef(Message):
    commitment: int


registry.add_key("commitment", CommitmentState, public=True)
registry.add_key("promises", PromisesState, public=True)
registry.add_latest("voices", CommitmentVoices)
registry.add_mine("commitment", MyCommitment)

registry.add_kinds(
    "commitment",
    "commitment.made",
    "commitment.edited",
    "commitment.updated",
    "commitment.kept",
    "commitment.dropped",
    "commitment.reopened",
    "commitment.late",
)
registry.add_kinds("promises", "promises.recalled")
