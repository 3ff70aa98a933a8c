"""States and command arguments of moderation. Times in milliseconds since 1970.

All keys here are for staff; what concerns one person goes to them as a `mine` value.
"""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from consultations.protocol import QuestionStateName, ReasonCodeName
from live.protocol.base import Message
from live.protocol.registry import registry

Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=500)]
Label = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=30)]
Ids = Annotated[list[int], Field(min_length=1, max_length=200)]

SanctionKind = Literal["warning", "mute", "ban"]

#: Seconds that a claim holds unless it is made again; clients renew at half of it.
CLAIM_LEASE_S = 60
#: Seconds within which a moderator takes back their own last decision.
UNDO_S = 10
#: The label that stands for "criticises the management of those who answer".
ABOUT_HOST = "about_host"


# ── states ────────────────────────────────────────────────────────────────────────────────────


class ClaimState(Message):
    """Keys `claim/<question>`, and on a board `concern_claim/<concern>` and
    `comment_claim/<comment>`: a moderator is deciding it. Null when they no longer are; after
    `until` it holds nobody back, null or not. `by`: their public id."""

    id: int
    by: str
    by_name: str
    until: int


class GroupState(Message):
    """Key `group/<id>`: questions that seem to ask the same, oldest first. Decided ones stay in
    it: their reviews say what became of them."""

    id: int
    questions: list[int]


class Note(Message):
    by: str
    role: str
    text: str
    at: int


class NotesState(Message):
    """Key `note/<question>`: what staff noted about a question, oldest first."""

    question: int
    notes: list[Note]


class StaffMessageState(Message):
    """Key `staffchat/<n>`: a message of the staff's own channel."""

    id: int
    by: str
    by_name: str
    role: str
    text: str
    at: int


class SanctionState(Message):
    """Key `sanction/<id>`, on the timeline of the sitting where it was given; it holds in the
    whole commune. `person`: public id, as in `QuestionReview`. `until`: null for no end."""

    id: int
    kind: SanctionKind
    person: str | None
    person_name: str
    question: int | None
    reason: str
    at: int
    until: int | None
    lifted: bool
    by: str | None


class AppealState(Message):
    """Key `appeal/<id>`: somebody asks another moderator to look again. `quote`: the question, or
    the sanction's reason. `merged`: it is about a merge, which accepting takes apart. `not_by`:
    public ids of those who decided, and so may not decide it."""

    id: int
    question: int | None
    sanction: int | None
    quote: str
    text: str
    merged: bool = False
    state: Literal["pending", "accepted", "dismissed"]
    reason: str
    at: int
    decided_at: int | None
    not_by: list[str]


class ThemeCoverage(Message):
    """How one agenda item fares; `agenda_item` null: questions without one."""

    agenda_item: int | None
    pending: int
    published: int
    answered: int


class DeskState(Message):
    """Latest value `desk` (staff stream only): how the work goes.

    `backlog`: pending questions. `arriving` and `decided`: per minute, over the last five.
    Waits: seconds from submission to the first decision, of the last 200 decided.
    `oldest_s`: how long the oldest pending one has waited.
    """

    backlog: int
    risky: int
    arriving: float
    decided: float
    wait_median_s: int
    wait_p95_s: int
    oldest_s: int
    coverage: list[ThemeCoverage]


class MySanction(Message):
    """`mine` value `sanction/<id>`: a sanction that concerns me in this commune."""

    id: int
    kind: SanctionKind
    reason: str
    at: int
    until: int | None
    lifted: bool
    may_appeal: bool
    appeal: Literal["pending", "accepted", "dismissed"] | None
    appeal_reason: str


# ── commands ──────────────────────────────────────────────────────────────────────────────────


class Claimable(Message):
    """Questions of a sitting; on a board concerns and comments."""

    questions: list[int] = Field(default=[], max_length=50)
    concerns: list[int] = Field(default=[], max_length=50)
    comments: list[int] = Field(default=[], max_length=50)


class ClaimThese(Claimable):
    """I am deciding these now. Claims I hold on others end, unless `keep`."""

    keep: bool = False


class ReleaseThese(Claimable):
    """I no longer decide these (none named: any)."""


class OneOfThem(Message):
    """A question of a sitting, or a concern or a comment of a commune: one of them."""

    question: int | None = None
    concern: int | None = None
    comment: int | None = None


class UndoDecision(OneOfThem):
    """Take back my last decision about it."""


class SecondOpinionGiven(OneOfThem):
    """The second moderator's word on a refusal: confirm it, or have it published."""

    confirm: bool


class MergeQuestions(Message):
    """Let `target` carry on for `questions`. All or none. `seen`: states that the moderator saw,
    by question id (as a string)."""

    target: int
    questions: Ids
    seen: dict[str, QuestionStateName] = Field(default={})


class SplitQuestions(Message):
    """The merge was wrong: these stand by themselves again, as before it."""

    questions: Ids


class LabelQuestion(Message):
    question: int
    add: list[Label] = Field(default=[], max_length=10)
    remove: list[Label] = Field(default=[], max_length=10)


class LabelConcern(Message):
    """As `LabelQuestion`, of a concern or of a comment, one of them."""

    concern: int | None = None
    comment: int | None = None
    add: list[Label] = Field(default=[], max_length=10)
    remove: list[Label] = Field(default=[], max_length=10)


class NoteQuestion(Message):
    question: int
    text: Words


class StaffSay(Message):
    text: Words


class IssueSanction(Message):
    """Against the author of `question`. `minutes`: how long; needed for a mute, and without it a
    ban has no end."""

    question: int
    kind: SanctionKind
    reason: Words
    minutes: Annotated[int, Field(ge=1, le=525_600)] | None = None


class SanctionAuthor(Message):
    """Against the author of a concern or of a comment, one of them; else as `IssueSanction`."""

    concern: int | None = None
    comment: int | None = None
    kind: SanctionKind
    reason: Words
    minutes: Annotated[int, Field(ge=1, le=525_600)] | None = None


class LiftSanction(Message):
    sanction: int
    reason: Words


class SubmitAppeal(Message):
    """About my refused question, or a sanction against me: one of them."""

    question: int | None = None
    sanction: int | None = None
    text: Words


class DecideAppeal(Message):
    appeal: int
    accept: bool
    reason: Words


class ReportQuestion(Message):
    """A citizen finds that a published question should not be there."""

    question: int
    code: ReasonCodeName
    text: Annotated[str, StringConstraints(strip_whitespace=True, max_length=300)] = ""


class ReportConcern(Message):
    """A citizen finds that a concern should not be there."""

    concern: int
    code: ReasonCodeName
    text: Annotated[str, StringConstraints(strip_whitespace=True, max_length=300)] = ""


class ReportComment(Message):
    """A citizen finds that a comment should not be there."""

    comment: int
    code: ReasonCodeName
    text: Annotated[str, StringConstraints(strip_whitespace=True, max_length=300)] = ""


for _family in ("claim", "concern_claim", "comment_claim"):
    registry.add_key(_family, ClaimState, public=False)
    registry.add_kinds(_family, f"{_family}.taken", f"{_family}.ended")
registry.add_key("group", GroupState, public=False)
registry.add_key("note", NotesState, public=False)
registry.add_key("staffchat", StaffMessageState, public=False)
registry.add_key("sanction", SanctionState, public=False)
registry.add_key("appeal", AppealState, public=False)
registry.add_latest("desk", DeskState)
registry.add_mine("sanction", MySanction)

registry.add_kinds("group", "group.changed")
registry.add_kinds("note", "note.added", "note.redacted")
registry.add_kinds("staffchat", "staff.said", "staff.redacted")
registry.add_kinds("sanction", "sanction.issued", "sanction.lifted", "sanction.redacted")
registry.add_kinds("appeal", "appeal.submitted", "appeal.decided", "appeal.redacted")
