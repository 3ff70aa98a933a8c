"""Commands of concerns, and how their timelines are followed."""

from collections.abc import Callable

from communes.identity import erasure
from consultations.actions import concern_comments, concern_sittings, concern_supports, concerns
from consultations.actions.concern_boards import BOARD, find_board
from consultations.actions.concern_erasure import forget_concerns
from consultations.actions.concern_locks import concerns_held
from consultations.actions.concern_states import find_concern
from consultations.actions.transitions import on_answered
from consultations.models import Comment, Concern, ConcernBoard
from consultations.protocol import (
    AnswerConcern,
    CommentRef,
    ConcernRef,
    MoveConcern,
    ReferConcern,
    SubmitComment,
)
from live.actions.context import Context
from live.actions.subjects import SubjectKind, add_subject_kind
from live.protocol.registry import Command, Counter, Done, registry

#: Who speaks for the commune.
SPEAKING = frozenset({"host", "clerk"})
#: Who prepares sittings.
REFERRING = frozenset({"clerk", "host"})
HERE = frozenset({concerns.CONCERN})
WORK = frozenset({concerns.CONCERN, BOARD})


def _backing(context: Context, concern: Concern) -> Done:
    mine = concern_supports.backing_of(concern.pk, [context.person]).get(context.person)
    return Done({"supports": concern.supports}, {f"backing/{concern.pk}": mine})


def _support(supports: bool) -> Callable[[Context, ConcernRef], Done]:
    act = concern_supports.support if supports else concern_supports.unsupport

    def handle(context: Context, args: ConcernRef) -> Done:
        return _backing(context, act(context, args.concern))

    return handle


def _follow(follows: bool) -> Callable[[Context, ConcernRef], Done]:
    def handle(context: Context, args: ConcernRef) -> Done:
        return _backing(context, concerns.follow(context, args.concern, follows))

    return handle


def _withdraw(context: Context, args: ConcernRef) -> Done:
    return Done({"state": concerns.withdraw(context, args.concern).state})


def _said(comment: Comment) -> Done:
    mine = {f"comment/{comment.pk}": concern_supports.my_comment(comment)}
    return Done({"comment": comment.pk, "state": comment.state}, mine)


def _comment(context: Context, args: SubmitComment) -> Done:
    return _said(concern_comments.comment(context, args))


def _take_back(context: Context, args: CommentRef) -> Done:
    return _said(concern_comments.withdraw(context, args.comment))


def _answer(context: Context, args: AnswerConcern) -> Done:
    return Done({"comment": concern_comments.answer(context, args).pk})


def _move(context: Context, args: MoveConcern) -> Done:
    return Done({"state": concerns.progress(context, args).state})


def _refer(context: Context, args: ReferConcern) -> Done:
    referral = concern_sittings.refer(context, args)
    return Done({"referral": referral.pk, "question": referral.question_id})


for _command in (
    Command(
        "concern.support", ConcernRef, _support(True), receipt=False, rate="60/minute", on=HERE
    ),
    Command(
        "concern.unsupport", ConcernRef, _support(False), receipt=False, rate="60/minute", on=HERE
    ),
    Command("concern.follow", ConcernRef, _follow(True), receipt=False, on=HERE),
    Command("concern.unfollow", ConcernRef, _follow(False), receipt=False, on=HERE),
    Command("concern.withdraw", ConcernRef, _withdraw, on=HERE, holds=concerns_held),
    Command(
        "comment.submit", SubmitComment, _comment, rate="6/minute", on=HERE, holds=concerns_held
    ),
    Command("comment.withdraw", CommentRef, _take_back, on=HERE, holds=concerns_held),
    Command("concern.answer", AnswerConcern, _answer, SPEAKING, on=WORK, holds=concerns_held),
    Command("concern.move", MoveConcern, _move, SPEAKING, on=WORK, holds=concerns_held),
    Command("concern.refer", ReferConcern, _refer, REFERRING, on=WORK, holds=concerns_held),
):
    registry.add_command(_command)

add_subject_kind(SubjectKind(concerns.CONCERN, "concerns", Concern, "concern", find_concern))
add_subject_kind(SubjectKind(BOARD, "boards", ConcernBoard, "board", find_board))
_features = registry.features[concerns.CONCERN]
_features.belongings.append(concern_supports.belongings_of)
_features.counters.append(Counter(concern_supports.write, together=concern_supports.moving))
registry.features[BOARD].counters.append(
    Counter(concern_supports.write, together=concern_supports.moving_in_lists)
)
on_answered(concern_sittings.when_answered)
erasure.register(forget_concerns)
