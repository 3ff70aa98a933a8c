"""Commands of moderators and of citizens who report, about concerns and comments; and where
moderation joins in with them."""

from consultations.actions import hooks
from consultations.actions.concern_locks import carriers_held, concerns_held
from consultations.protocol import (
    DecideComment,
    DecideConcern,
    MergeConcerns,
    RejectComment,
    RejectConcern,
    SplitConcerns,
)
from live.actions.context import Context
from live.protocol.registry import Command, Done, registry
from moderation.actions import concerns
from moderation.protocol import ReportComment, ReportConcern, SanctionAuthor
from moderation.screening.concerns import screen_comment, screen_concern

MODERATOR = frozenset({"moderator"})
HERE = frozenset({"concern"})
WORK = frozenset({"concern", "board"})
FAST = "240/minute"


def _approve(context: Context, args: DecideConcern) -> Done:
    return Done({"state": concerns.approve(context, args).state})


def _reject(context: Context, args: RejectConcern) -> Done:
    return Done({"state": concerns.reject(context, args).state})


def _merge(context: Context, args: MergeConcerns) -> Done:
    target = concerns.merge(context, args)
    return Done({"target": target.pk, "supports": target.supports})


def _split(context: Context, args: SplitConcerns) -> Done:
    parted = concerns.split(context, args.concerns)
    return Done({"states": {str(concern.pk): concern.state for concern in parted}})


def _approve_comment(context: Context, args: DecideComment) -> Done:
    return Done({"state": concerns.approve_comment(context, args).state})


def _reject_comment(context: Context, args: RejectComment) -> Done:
    return Done({"state": concerns.reject_comment(context, args).state})


def _report(context: Context, args: ReportConcern) -> Done:
    concerns.report(context, args)
    return Done()


def _report_comment(context: Context, args: ReportComment) -> Done:
    concerns.report_comment(context, args)
    return Done()


def _sanction(context: Context, args: SanctionAuthor) -> Done:
    return Done({"sanction": concerns.sanction(context, args).pk})


for _command in (
    Command(
        "concern.approve",
        DecideConcern,
        _approve,
        MODERATOR,
        rate=FAST,
        on=WORK,
        holds=concerns_held,
    ),
    Command(
        "concern.reject", RejectConcern, _reject, MODERATOR, rate=FAST, on=WORK, holds=concerns_held
    ),
    Command(
        "concern.merge",
        MergeConcerns,
        _merge,
        MODERATOR,
        on=frozenset({"board"}),
        holds=concerns_held,
    ),
    Command(
        "concern.split",
        SplitConcerns,
        _split,
        MODERATOR,
        on=frozenset({"board"}),
        holds=carriers_held,
    ),
    Command("concern.sanction", SanctionAuthor, _sanction, MODERATOR, on=WORK, holds=concerns_held),
    Command(
        "concern.report", ReportConcern, _report, rate="10/minute", on=HERE, holds=concerns_held
    ),
    Command(
        "comment.approve",
        DecideComment,
        _approve_comment,
        MODERATOR,
        rate=FAST,
        on=WORK,
        holds=concerns_held,
    ),
    Command(
        "comment.reject",
        RejectComment,
        _reject_comment,
        MODERATOR,
        rate=FAST,
        on=WORK,
        holds=concerns_held,
    ),
    Command(
        "comment.report",
        ReportComment,
        _report_comment,
        rate="10/minute",
        on=HERE,
        holds=concerns_held,
    ),
):
    registry.add_command(_command)

hooks.on_concern(screen_concern, screen_comment)
