"""What moderators decide: questions of a sitting, concerns and comments of a commune. What differs
between them is said here; claims, second opinions, decisions and taking back are the same."""

from abc import ABC, abstractmethod
from datetime import timedelta
from typing import Any, ClassVar, Generic, TypeVar

from django.utils.dateparse import parse_datetime

from consultations.actions import (
    concern_comments,
    concern_states,
    notices,
    question_states,
    questions,
    transitions,
)
from consultations.actions.concern_boards import BOARD
from consultations.actions.concerns import find as find_concern
from consultations.actions.present import present, present_comment, present_concern
from consultations.actions.rules import rules_of
from consultations.models import (
    Comment,
    CommentState,
    Concern,
    ConcernBoard,
    ConcernState,
    Question,
    QuestionState,
)
from live.actions.context import Context, hold
from live.actions.subjects import SITTING, hold_timelines
from live.protocol.base import Message
from live.protocol.errors import ErrorCode, Refused
from live.timeline.append import By
from moderation.protocol import UNDO_S, LabelConcern, OneOfThem

Matter = Question | Concern | Comment
M = TypeVar("M", Question, Concern, Comment)

#: Nobody is told that their concern is published while that can still be taken back.
SETTLED = timedelta(seconds=UNDO_S)


class Kind(ABC, Generic[M]):
    """One kind of them."""

    #: What it is called in rows (`consultations.models.ABOUT`) and in commands.
    about: ClassVar[str]
    model: type[M]
    #: The kind of subject on whose timeline it is decided, and how it is looked up there.
    subject: ClassVar[str]
    within: ClassVar[str]
    #: Families of keys: as moderators see it, and who is deciding it.
    review: ClassVar[str]
    claim: ClassVar[str]
    #: What a decision changes, and so what taking it back restores.
    fields: ClassVar[tuple[str, ...]]
    times: ClassVar[tuple[str, ...]] = ("published_at",)

    @abstractmethod
    def find(self, context: Context, key: int) -> M:
        """The one that is meant, its timelines held; raises `Refused`."""

    @abstractmethod
    def again(self, key: int) -> M | None:
        """The same where nobody asks for it, whoever's it is; None when it is gone."""

    @abstractmethod
    def timeline(self, matter: M) -> str:
        """Where its decisions stand."""

    @abstractmethod
    def present(self, matter: M) -> dict[str, Any]:
        """What it is now and by whom, for whoever came too late."""

    @abstractmethod
    def guard(self, matter: M) -> tuple[bool, timedelta]:
        """Whether refusing it may take two moderators, and how long the first waits."""

    @abstractmethod
    def refusable(self, matter: M) -> bool: ...

    @abstractmethod
    def word(self, matter: M, code: str, reason: str) -> None:
        """Set why it was refused; not saved."""

    @abstractmethod
    def refuse(self, matter: M, by: By) -> None:
        """Take it out of the public's sight, or keep it out; with its entries."""

    @abstractmethod
    def publish(self, matter: M, by: By, what: str) -> None:
        """Publish it if it waits, else leave it as it is, and have staff told `what`."""

    @abstractmethod
    def seen(self, matter: M) -> Message:
        """The state of its key, as moderators see it."""

    @abstractmethod
    def tell(self, matter: M, what: str, by: By) -> None:
        """Tell staff."""

    @abstractmethod
    def restore(self, matter: M, state: str, fields: dict[str, Any], by: By) -> None:
        """Bring it back to an earlier state, with these fields as they were."""

    def remembered(self, matter: M) -> dict[str, Any]:
        """What it is before a decision, as JSON."""
        before: dict[str, Any] = {name: getattr(matter, name) for name in self.fields}
        for name in self.times:
            moment = getattr(matter, name)
            before[name] = None if moment is None else moment.isoformat()
        return before

    def recalled(self, before: dict[str, Any]) -> dict[str, Any]:
        """Its fields as `remembered` wrote them, but its state."""
        fields = {name: before[name] for name in self.fields if name != "state"}
        for name in self.times:
            fields[name] = parse_datetime(before[name]) if before[name] else None
        return fields


class Questions(Kind[Question]):
    about, model, subject, within = "question", Question, SITTING, "sitting"
    review, claim = "review", "claim"
    fields = ("state", "reviewed", "code", "reason")
    times = ("published_at", "answered_at")

    def find(self, context: Context, key: int) -> Question:
        return questions.find(context, key)

    def again(self, key: int) -> Question | None:
        rows = Question.objects.select_related("sitting", "author", "forwarded_person")
        for sitting in Question.objects.filter(pk=key).values_list("sitting_id", flat=True):
            hold(sitting)
        return rows.filter(pk=key).first()

    def timeline(self, matter: Question) -> str:
        return matter.sitting.timeline_id

    def present(self, matter: Question) -> dict[str, Any]:
        return present(matter)

    def guard(self, matter: Question) -> tuple[bool, timedelta]:
        rules = rules_of(matter.sitting)
        return rules.second_opinion, timedelta(minutes=rules.second_opinion_minutes)

    def refusable(self, matter: Question) -> bool:
        return transitions.reachable(matter.state, QuestionState.REJECTED)

    def word(self, matter: Question, code: str, reason: str) -> None:
        matter.code, matter.reason = code, reason

    def refuse(self, matter: Question, by: By) -> None:
        kind, review_kind = "question.unpublished", "question.rejected"
        transitions.move(matter, QuestionState.REJECTED, kind, by, review_kind=review_kind)

    def publish(self, matter: Question, by: By, what: str) -> None:
        if matter.state == QuestionState.PENDING:
            kind, review_kind = "question.approved", f"question.{what}"
            transitions.move(matter, QuestionState.APPROVED, kind, by, review_kind=review_kind)
        else:
            matter.save()
            self.tell(matter, what, by)

    def seen(self, matter: Question) -> Message:
        return question_states.review(matter)

    def tell(self, matter: Question, what: str, by: By) -> None:
        kind = "review.changed" if what == "changed" else f"question.{what}"
        transitions.tell_staff(matter, kind, by)

    def restore(self, matter: Question, state: str, fields: dict[str, Any], by: By) -> None:
        if matter.state != state:
            transitions.move(
                matter,
                QuestionState(state),
                "question.reverted",
                by,
                review_kind="question.restored",
                restore=fields,
            )
            return
        for name, value in fields.items():
            setattr(matter, name, value)
        matter.save()
        self.tell(matter, "restored", by)


class Concerns(Kind[Concern]):
    about, model, subject, within = "concern", Concern, BOARD, "commune"
    review, claim = "concern_review", "concern_claim"
    fields = ("state", "reviewed", "code", "note")

    def find(self, context: Context, key: int) -> Concern:
        return find_concern(context, key)

    def again(self, key: int) -> Concern | None:
        rows = Concern.objects.select_related("commune", "author", "category", "arrondissement")
        _hold_with_boards(Concern.objects.filter(pk=key).values_list("timeline_id", "commune_id"))
        return rows.filter(pk=key).first()

    def timeline(self, matter: Concern) -> str:
        return concern_states.board_timeline(matter)

    def present(self, matter: Concern) -> dict[str, Any]:
        return present_concern(matter)

    def guard(self, matter: Concern) -> tuple[bool, timedelta]:
        return _guard_of(matter.commune_id)

    def refusable(self, matter: Concern) -> bool:
        return matter.state in concern_states.TRANSITIONS[ConcernState.REJECTED]

    def word(self, matter: Concern, code: str, reason: str) -> None:
        matter.code, matter.note = code, reason

    def refuse(self, matter: Concern, by: By) -> None:
        concern_states.move(matter, ConcernState.REJECTED, by)

    def publish(self, matter: Concern, by: By, what: str) -> None:
        if not concern_states.is_public(matter):
            concern_states.move(matter, ConcernState.RECEIVED, by, f"concern_review.{what}")
            notices.concern_followers(matter, "published", after=SETTLED)
        else:
            matter.save()
            self.tell(matter, what, by)

    def seen(self, matter: Concern) -> Message:
        return concern_states.review(matter)

    def tell(self, matter: Concern, what: str, by: By) -> None:
        concern_states.tell_board(matter, by, f"concern_review.{what}")

    def restore(self, matter: Concern, state: str, fields: dict[str, Any], by: By) -> None:
        concern_states.restore(matter, ConcernState(state), fields, by)


class Comments(Kind[Comment]):
    about, model, subject, within = "comment", Comment, BOARD, "concern__commune"
    review, claim = "comment_review", "comment_claim"
    fields = ("state", "reviewed", "code", "note")

    def find(self, context: Context, key: int) -> Comment:
        return concern_comments.find_comment(context, key)

    def again(self, key: int) -> Comment | None:
        rows = Comment.objects.select_related("concern__commune", "concern__category", "author")
        _hold_with_boards(
            Comment.objects.filter(pk=key).values_list("concern__timeline_id", "concern__commune")
        )
        return rows.filter(pk=key).first()

    def timeline(self, matter: Comment) -> str:
        return concern_states.board_timeline(matter.concern)

    def present(self, matter: Comment) -> dict[str, Any]:
        return present_comment(matter)

    def guard(self, matter: Comment) -> tuple[bool, timedelta]:
        return _guard_of(matter.concern.commune_id)

    def refusable(self, matter: Comment) -> bool:
        return matter.state in concern_states.COMMENT_TRANSITIONS[CommentState.REJECTED]

    def word(self, matter: Comment, code: str, reason: str) -> None:
        matter.code, matter.note = code, reason

    def refuse(self, matter: Comment, by: By) -> None:
        concern_comments.move(matter, CommentState.REJECTED, by)

    def publish(self, matter: Comment, by: By, what: str) -> None:
        if matter.state != CommentState.PUBLISHED:
            review_kind = f"comment_review.{what}"
            concern_comments.move(matter, CommentState.PUBLISHED, by, review_kind=review_kind)
        else:
            matter.save()
            self.tell(matter, what, by)

    def seen(self, matter: Comment) -> Message:
        return concern_states.comment_review(matter)

    def tell(self, matter: Comment, what: str, by: By) -> None:
        concern_states.tell_board_of_comment(matter, by, f"comment_review.{what}")

    def restore(self, matter: Comment, state: str, fields: dict[str, Any], by: By) -> None:
        concern_comments.restore(matter, CommentState(state), fields, by)


def _guard_of(commune_id: int) -> tuple[bool, timedelta]:
    board = ConcernBoard.objects.get(commune=commune_id)
    return board.second_opinion, timedelta(hours=board.second_opinion_hours)


def _hold_with_boards(rows: Any) -> None:
    found = list(rows)
    boards = ConcernBoard.objects.filter(commune__in=[commune for _, commune in found])
    hold_timelines({*(own for own, _ in found), *boards.values_list("timeline_id", flat=True)})


QUESTIONS, CONCERNS, COMMENTS = Questions(), Concerns(), Comments()
KINDS: tuple[Kind[Any], ...] = (QUESTIONS, CONCERNS, COMMENTS)


def kind_of(matter: M) -> Kind[M]:
    found: Kind[M] = next(kind for kind in KINDS if kind.model is type(matter))
    return found


def kinds_on(subject: str) -> list[Kind[Any]]:
    """Those that are decided on timelines of such subjects."""
    return [kind for kind in KINDS if kind.subject == subject]


def named(context: Context, args: OneOfThem | LabelConcern) -> Any:
    """The one that a command names; raises `Refused`."""
    keys = [(kind, getattr(args, kind.about, None)) for kind in KINDS]
    wanted = [(kind, key) for kind, key in keys if key is not None]
    if len(wanted) != 1:
        raise Refused(ErrorCode.INVALID, "one of them")
    kind, key = wanted[0]
    if (kind.subject == SITTING) != (context.kind == SITTING):
        raise Refused(ErrorCode.NOT_FOUND, f"no {kind.about} here")
    return kind.find(context, key)
