"""States and command arguments of questions. Times in milliseconds since 1970."""

from typing import Annotated, Literal

from pydantic import StringConstraints

from live.protocol.base import Message
from live.protocol.registry import registry

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=5, max_length=500)]
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


registry.add_key("question", PublicQuestion, public=True)
registry.add_key("support", QuestionTally, public=True)
registry.add_key("review", QuestionReview, public=False)
registry.add_mine("question", MyQuestion)
registry.add_mine("support", MySupport)

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
