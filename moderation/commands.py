"""A moderator's commands, registered with the protocol."""

from consultations.protocol import QuestionRef, RejectQuestion
from live.actions.context import Context
from live.protocol.registry import Command, Done, registry
from moderation.actions import review

MODERATOR = frozenset({"moderator"})


def _approve(context: Context, args: QuestionRef) -> Done:
    return Done({"state": review.approve(context, args.question).state})


def _reject(context: Context, args: RejectQuestion) -> Done:
    return Done({"state": review.reject(context, args.question, args.reason).state})


registry.add_command(
    Command("question.approve", QuestionRef, _approve, MODERATOR, rate="240/minute")
)
registry.add_command(
    Command("question.reject", RejectQuestion, _reject, MODERATOR, rate="240/minute")
)
