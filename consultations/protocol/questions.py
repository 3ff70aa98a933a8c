"""States and command arguments of questions. Times in milliseconds since 1970."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from live.protocol.base import Message
from live.protocol.registry import registry

#: Characters of a question, and of a written answer. `consultations.text` says what else a text
#: must be; these bounds only keep out what nobody would read.
TEXT_MIN, TEXT_MAX = 5, 500
ANSWER_MAX = 3000

Text = Annotated[str, StringConstraints(max_length=4 * TEXT_MAX)]
Reason = Annotated[str, StringConstraints(strip_whitespace=True, max_length=300)]

#: The transition table is `consultations.actions.transitions.TRANSITIONS`.
QuestionStateName = Literal[
    "pending",
    "approved",
    "highlighted",
    "on_screen",
    "answered",
    "rejected",
    "merged",
    "withdrawn",
    "not_reached",
]

#: Why a question is refused or reported. Their words: `consultations.models.ReasonCode`.
ReasonCodeName = Literal[
    "duplicate",
    "personal_data",
    "insult",
    "advertising",
    "unreadable",
    "off_topic",
    "answered_already",
    "private_matter",
    "unproven_accusation",
    "other",
]

FlagCode = Literal[
    "word",
    "phone",
    "email",
    "link",
    "capitals",
    "flood",
    "new_account",
    "about_host",
    "reported",
]


class WrittenAnswer(Message):
    """An answer in writing, signed by an official (name and office, as shown)."""

    text: str
    official: str
    at: int


class PublicQuestion(Message):
    """Key `question/<id>`: a published question. `signature` is empty for one without a name.

    `relatives`: how many other questions were merged into this one. `answer_due`: by when it is
    promised an answer in writing. `not_reached`: the sitting ended before its turn came.
    """

    id: int
    text: str
    signature: str
    agenda_item: int | None
    state: Literal["approved", "highlighted", "on_screen", "answered", "not_reached"]
    submitted_at: int
    published_at: int
    answered_at: int | None
    relatives: int
    answer: WrittenAnswer | None
    answer_due: int | None


class QuestionTally(Message):
    """Key `support/<id>`, and latest value of the same name: how many support `question/<id>`.

    `levels`: the same by level, where the sitting shows it; never fewer than ten people.
    `seen_from`: for the order "what rises", see `ExposureState`.
    """

    supports: int
    levels: dict[str, int] = Field(default_factory=dict)
    seen_from: float | None = None


class Flag(Message):
    """What a filter noticed. It suggests; a person decides. `excerpt`: the words it means."""

    code: FlagCode
    excerpt: str


class Forwarded(Message):
    """Somebody was asked for an answer in writing. `person`: their public id, if they sign in."""

    to: str
    person: str | None
    at: int
    due: int | None


class SecondOpinion(Message):
    """A refusal that another moderator must confirm; published by itself at `until`.

    `by`: public id of the moderator who asked, who may not be the one who confirms.
    """

    by: str | None
    by_name: str
    code: ReasonCodeName
    reason: str
    asked_at: int
    until: int


class QuestionReview(Message):
    """Key `review/<id>` (staff): a question as moderators see it.

    `person`: public id of the author, the same for all their questions. `revision` grows when the
    author edits. `reviewed`: a moderator has decided (with moderation afterwards, a question is
    published before). `risk`: 0 to 100, for the risk queue. `notes`: how many, in key `note/<id>`.
    """

    id: int
    text: str
    signature: str
    author: str | None
    person: str | None
    agenda_item: int | None
    state: QuestionStateName
    reviewed: bool
    revision: int
    code: ReasonCodeName | None
    reason: str
    submitted_at: int
    published_at: int | None
    answered_at: int | None
    merged_into: int | None
    relatives: int
    flags: list[Flag]
    risk: int
    reports: int
    labels: list[str]
    notes: int
    forwarded: Forwarded | None
    second_opinion: SecondOpinion | None
    answer: WrittenAnswer | None
    answer_due: int | None


class AppealOutcome(Message):
    """What became of an appeal; `reason` when it was decided."""

    state: Literal["pending", "accepted", "dismissed"]
    reason: str


class MyQuestion(Message):
    """`mine` value `question/<id>`: one's own question, whatever its state.

    Merged: `merged_into` names the question that carries on for it, `merged_text` what it says and
    `merged_state` how far it came. `may_appeal`: refused or merged, and no appeal made yet.
    """

    id: int
    text: str
    agenda_item: int | None
    signature: str
    state: QuestionStateName
    code: ReasonCodeName | None
    reason: str
    submitted_at: int
    merged_into: int | None
    merged_text: str | None
    merged_state: QuestionStateName | None
    answer: WrittenAnswer | None
    answer_due: int | None
    may_appeal: bool
    appeal: AppealOutcome | None


class MySupport(Message):
    """`mine` value `support/<id>`: I support that question."""

    supported: bool


class RulesState(Message):
    """Key `rules`: how questions are taken. Absent until somebody changes them; `RULES_DEFAULT`
    holds until then, with `second_opinion` true for hearings.

    `moderation`: published after a moderator's decision, or before it. `slow_s`: seconds between
    two questions of one person (0: none). `signing`: `free`: as one likes; `always`: with the
    name; `never`: without names. `second_opinion`: refusing a question that criticises those
    who answer needs a second moderator; after `second_opinion_minutes` it is published by itself.
    `written_answers`: at the end so many of the most supported unanswered questions are promised
    an answer in writing within `written_answer_days` days.
    """

    moderation: Literal["before", "after"] = "before"
    slow_s: int = 0
    signing: Literal["free", "always", "never"] = "free"
    second_opinion: bool = False
    second_opinion_minutes: int = 10
    written_answers: int = 10
    written_answer_days: int = 30
    text_max: int = TEXT_MAX


class SubmitQuestion(Message):
    text: Text
    agenda_item: int | None = None
    #: Show my name with it.
    signed: bool = False


class EditQuestion(Message):
    """Change one's own question while it waits."""

    question: int
    text: Text
    agenda_item: int | None = None
    signed: bool | None = None


class QuestionRef(Message):
    question: int


class DecideQuestion(Message):
    """A decision. `seen_state` and `seen_revision`: what the moderator saw; when it is no longer
    so, the answer is `conflict`, with what is so now."""

    question: int
    seen_state: QuestionStateName | None = None
    seen_revision: int | None = None


class RejectQuestion(Message):
    """`code` says why; words are needed with `other`."""

    question: int
    code: ReasonCodeName = "other"
    reason: Reason = ""
    seen_state: QuestionStateName | None = None
    seen_revision: int | None = None


class ForwardQuestion(Message):
    """Ask somebody for an answer in writing: `to` as shown; `person`: public id of somebody with
    a role in the commune, who may then answer. `days`: until it is due."""

    question: int
    to: Annotated[str, StringConstraints(strip_whitespace=True, min_length=2, max_length=120)]
    person: Annotated[str, StringConstraints(max_length=12)] | None = None
    days: Annotated[int, Field(ge=1, le=365)] | None = None


class AnswerInWriting(Message):
    """`official`: name and office of whoever answers; empty: the name of whoever sends it."""

    question: int
    text: Annotated[str, StringConstraints(max_length=ANSWER_MAX + 200)]
    official: Annotated[str, StringConstraints(strip_whitespace=True, max_length=120)] = ""


class SetRules(Message):
    """Only what is given changes."""

    moderation: Literal["before", "after"] | None = None
    slow_s: Annotated[int, Field(ge=0, le=3600)] | None = None
    signing: Literal["free", "always", "never"] | None = None
    second_opinion: bool | None = None
    second_opinion_minutes: Annotated[int, Field(ge=1, le=120)] | None = None
    written_answers: Annotated[int, Field(ge=0, le=100)] | None = None
    written_answer_days: Annotated[int, Field(ge=1, le=365)] | None = None


registry.add_key("question", PublicQuestion, public=True)
registry.add_key("support", QuestionTally, public=True)
registry.add_key("review", QuestionReview, public=False)
registry.add_key("rules", RulesState, public=True)
registry.add_mine("question", MyQuestion)
registry.add_mine("support", MySupport)

registry.add_kinds(
    "question",
    "question.approved",
    "question.highlighted",
    "question.unhighlighted",
    "question.shown",
    "question.unshown",
    "question.answered",
    "question.answered_in_writing",
    "question.reopened",
    "question.unpublished",
    "question.not_reached",
    "question.related",
    "question.promised",
    "question.reverted",
    "question.redacted",
)
registry.add_kinds("support", "support.counted", "support.removed")
registry.add_kinds(
    "review",
    "question.submitted",
    "question.edited",
    "question.withdrawn",
    "question.rejected",
    "question.merged",
    "question.split",
    "question.second_asked",
    "question.second_overruled",
    "question.second_expired",
    "question.forwarded",
    "question.labelled",
    "question.reported",
    "question.restored",
    "review.changed",
    "review.redacted",
)
registry.add_kinds("rules", "rules.changed")
