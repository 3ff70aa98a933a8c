"""Concerns ("préoccupations"): states and command arguments. Times in milliseconds since 1970,
days as `YYYY-MM-DD`.

A concern has a timeline of its own, which everyone may follow; what its commune's moderators see
beside it is on the timeline of the commune's board.
"""

from datetime import date
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from live.protocol.base import Message
from live.protocol.registry import registry

from .questions import Flag, Reason, ReasonCodeName, SecondOpinion

#: Characters of a concern, a comment, an answer. `consultations.text` says what else they must be.
CONCERN_MIN, CONCERN_MAX = 10, 2000
COMMENT_MIN, COMMENT_MAX = 2, 1000
OFFICIAL_MAX = 3000
MOST_PHOTOS = 4
#: Hours that a refusal may wait for a second moderator.
MOST_HOURS = 240

#: The transition table is `consultations.actions.concern_states.TRANSITIONS`.
ConcernStateName = Literal[
    "pending",
    "received",
    "taken_up",
    "planned",
    "done",
    "refused",
    "rejected",
    "merged",
    "withdrawn",
]
PublicStateName = Literal["received", "taken_up", "planned", "done", "refused", "merged"]
#: What the commune says of a concern.
ProgressName = Literal["received", "taken_up", "planned", "done", "refused"]
CommentStateName = Literal["pending", "published", "rejected", "withdrawn"]

Office = Annotated[str, StringConstraints(strip_whitespace=True, min_length=2, max_length=120)]
Said = Annotated[str, StringConstraints(strip_whitespace=True, max_length=2000)]
Quarter = Annotated[str, StringConstraints(strip_whitespace=True, max_length=80)]
ConcernText = Annotated[str, StringConstraints(max_length=4 * CONCERN_MAX)]
CommentText = Annotated[str, StringConstraints(max_length=4 * OFFICIAL_MAX)]


class PhotoState(Message):
    """`<address>-320.webp`, `-640.webp` and `-1280.webp` are the picture, so many pixels at its
    longer edge at most; `width` and `height` are those of the largest."""

    address: str
    width: int
    height: int


class ReferralState(Message):
    """A sitting takes the concern up. `moment`: a path that leads to the second of the video at
    which it was answered."""

    id: int
    kind: Literal["agenda", "question"]
    sitting: str
    title: str
    page: str
    at: int
    answered_at: int | None
    moment: str


class ConcernFacts(Message):
    """Key `concern/<id>`, on its own timeline. `note`, `office` and `due_on`: what was said at the
    last change of state, for whom, and by when. `category_name`: empty for the categories that
    every commune starts with (`consultations.models.CATEGORIES`). `merged_into`: which one carries
    on for it, at `merged_page`. `relatives`: how many others were joined to it."""

    id: int
    text: str
    signature: str
    category: str
    category_name: str
    arrondissement: str
    quarter: str
    photos: list[PhotoState]
    state: PublicStateName
    note: str
    office: str
    due_on: date | None
    submitted_at: int
    published_at: int
    changed_at: int
    relatives: int
    merged_into: int | None
    merged_page: str
    referrals: list[ReferralState]
    page: str


class ConcernTally(Message):
    """Key `backing/<id>`, and latest value of the same name: how many support `concern/<id>`."""

    supports: int


class CommentFacts(Message):
    """Key `comment/<id>`: what somebody says about a concern; `office` is not empty where the
    commune answers. `parent`: the comment that it replies to."""

    id: int
    parent: int | None
    text: str
    signature: str
    office: str
    at: int


class ListedFacts(Message):
    """What the list of a commune's concerns shows of one that may move, and by what it is
    narrowed: `category` by slug, `arrondissement` by id."""

    state: ProgressName
    category: str
    arrondissement: int | None
    supports: int
    comments: int
    published_at: int


class ListedConcern(Message):
    """Key `listed`, on the board: the concern that moved last. `now`: null when it is no longer in
    the list. Whoever missed some reads the list again."""

    id: int
    now: ListedFacts | None


class ConcernReview(Message):
    """Key `concern_review/<id>`, on the board (staff): a concern as moderators see it. `person`:
    public id of its author. `merged_into`: the one to which it was joined."""

    id: int
    text: str
    signature: str
    author: str | None
    person: str | None
    category: str
    category_name: str
    arrondissement: str
    quarter: str
    photos: list[PhotoState]
    state: ConcernStateName
    code: ReasonCodeName | None
    note: str
    office: str
    reviewed: bool
    flags: list[Flag]
    risk: int
    reports: int
    labels: list[str]
    second_opinion: SecondOpinion | None
    supports: int
    comments: int
    submitted_at: int
    published_at: int | None
    changed_at: int
    merged_into: int | None
    page: str


class CommentReview(Message):
    """Key `comment_review/<id>`, on the board (staff)."""

    id: int
    concern: int
    parent: int | None
    text: str
    signature: str
    author: str | None
    person: str | None
    office: str
    state: CommentStateName
    code: ReasonCodeName | None
    note: str
    reviewed: bool
    flags: list[Flag]
    risk: int
    reports: int
    labels: list[str]
    second_opinion: SecondOpinion | None
    submitted_at: int
    page: str


class BoardFacts(Message):
    """Key `board` (staff): how the commune takes concerns. `second_opinion`: refusing a concern or
    a comment that criticises the commune's management needs a second moderator; after
    `second_opinion_hours` it is published by itself."""

    moderation: Literal["before", "after"]
    comment_moderation: Literal["before", "after"]
    second_opinion: bool
    second_opinion_hours: int


class MyBacking(Message):
    """`mine` value `backing/<id>`: what I do for a concern."""

    supported: bool
    followed: bool


class MyComment(Message):
    """`mine` value `comment/<id>`: my own comment, and why it is not public where it is not."""

    id: int
    parent: int | None
    text: str
    state: CommentStateName
    code: ReasonCodeName | None
    note: str
    at: int


# ── commands ──────────────────────────────────────────────────────────────────────────────────


class RaiseConcern(Message):
    """A new concern. It comes over HTTP, with its pictures. `client_id`: sent again with the same,
    it makes no second one."""

    category: Annotated[str, StringConstraints(max_length=40)]
    text: ConcernText
    arrondissement: int | None = None
    quarter: Quarter = ""
    signed: bool = False
    client_id: Annotated[str, StringConstraints(max_length=40, pattern=r"^[A-Za-z0-9_-]*$")] = ""


class ConcernRef(Message):
    concern: int


class SubmitComment(Message):
    """Say something about a concern, or (`parent`) reply to what somebody said."""

    concern: int
    text: CommentText
    parent: int | None = None
    signed: bool = False


class CommentRef(Message):
    comment: int


class AnswerConcern(Message):
    """The commune answers, for an office that is named."""

    concern: int
    text: CommentText
    office: Office
    parent: int | None = None


class MoveConcern(Message):
    """What becomes of a concern. `refused` needs a `note`: the reason. `seen`: the state that the
    sender saw."""

    concern: int
    state: ProgressName
    office: Office
    note: Said = ""
    due_on: date | None = None
    seen: ConcernStateName | None = None


class ReferConcern(Message):
    """Put a concern on a sitting's agenda, or ask it there as a question."""

    concern: int
    sitting: Annotated[str, StringConstraints(max_length=12)]
    target: Literal["agenda", "question"]


class DecideConcern(Message):
    concern: int
    seen: ConcernStateName | None = None


class RejectConcern(Message):
    """Do not publish a concern, or take it back; its author reads why."""

    concern: int
    code: ReasonCodeName
    reason: Reason = ""
    seen: ConcernStateName | None = None


class MergeConcerns(Message):
    """Let `target` carry on for `concerns`. All or none. `seen`: states that the moderator saw, by
    concern (as a string)."""

    target: int
    concerns: Annotated[list[int], Field(min_length=1, max_length=50)]
    seen: dict[str, ConcernStateName] = Field(default={})


class SplitConcerns(Message):
    """Joining was wrong: these stand by themselves again, as before it. All or none."""

    concerns: Annotated[list[int], Field(min_length=1, max_length=50)]


class DecideComment(Message):
    comment: int
    seen: CommentStateName | None = None


class RejectComment(Message):
    comment: int
    code: ReasonCodeName
    reason: Reason = ""
    seen: CommentStateName | None = None


class SetBoard(Message):
    """Only what is given changes."""

    moderation: Literal["before", "after"] | None = None
    comment_moderation: Literal["before", "after"] | None = None
    second_opinion: bool | None = None
    second_opinion_hours: Annotated[int, Field(ge=1, le=MOST_HOURS)] | None = None


registry.add_key("concern", ConcernFacts, public=True)
registry.add_key("backing", ConcernTally, public=True)
registry.add_key("comment", CommentFacts, public=True)
registry.add_key("listed", ListedConcern, public=True)
registry.add_key("board", BoardFacts, public=False)
registry.add_key("concern_review", ConcernReview, public=False)
registry.add_key("comment_review", CommentReview, public=False)
registry.add_latest("backing", ConcernTally)
registry.add_mine("backing", MyBacking)
registry.add_mine("comment", MyComment)

registry.add_kinds(
    "concern",
    "concern.published",
    "concern.taken_up",
    "concern.planned",
    "concern.done",
    "concern.refused",
    "concern.received",
    "concern.unpublished",
    "concern.merged",
    "concern.separated",
    "concern.related",
    "concern.referred",
    "concern.answered",
    "concern.reverted",
    "concern.redacted",
)
registry.add_kinds("backing", "backing.counted")
registry.add_kinds("listed", "listed.changed")
registry.add_kinds(
    "comment",
    "comment.published",
    "comment.unpublished",
    "comment.official",
    "comment.reverted",
    "comment.redacted",
)
registry.add_kinds("board", "board.opened", "board.changed")
#: What moderators do with concerns and with comments stands on the board in the same words.
for _family in ("concern_review", "comment_review"):
    registry.add_kinds(
        _family,
        f"{_family}.submitted",
        f"{_family}.changed",
        f"{_family}.labelled",
        f"{_family}.second_asked",
        f"{_family}.second_overruled",
        f"{_family}.second_expired",
        f"{_family}.restored",
        f"{_family}.redacted",
    )
