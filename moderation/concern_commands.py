"""Commands of moderators and of citizens who report, about concerns and comments; and where
moderation joins in with them."""

from consultations.actions import hooks
from consultations.actions.concern_boards import BOARD
from consultations.actions.concern_locks import carriers_held, concerns_held
from consultations.models import PendingRefusal
from consultations.protocol import (
    DecideComment,
    DecideConcern,
    MergeConcerns,
    RejectComment,
    RejectConcern,
    SplitConcerns,
)
from live.actions.context import Context
from live.protocol.registry import Command, Counter, Done, registry
from moderation import tasks
from moderation.actions import channel, concerns, joining, sweep
from moderation.actions.decisions import waiting
from moderation.actions.matters import named
from moderation.protocol import LabelConcern, ReportComment, ReportConcern, SanctionAuthor
from moderation.screening.concerns import screen_comment, screen_concern

MODERATOR = frozenset({"moderator"})
HERE = frozenset({"concern"})
WORK = frozenset({"concern", "board"})
FAST = "240/minute"


def _approve(context: Context, args: DecideConcern) -> Done:
    return Done({"state": concerns.approve(context, args).state})


def _reject(context: Context, args: RejectConcern) -> Done:
    concern = concerns.reject(context, args)
    return _refused(concern.state, waiting(concern))


def _refused(state: str, refusal: PendingRefusal | None) -> Done:
    if refusal is not None:
        tasks.plan_boards(refusal.until)
    return Done({"state": state, "second_opinion": refusal is not None})


def _label(context: Context, args: LabelConcern) -> Done:
    return Done({"labels": channel.label(context, named(context, args), args).labels})


def _merge(context: Context, args: MergeConcerns) -> Done:
    target = joining.merge(context, args)
    return Done({"target": target.pk, "supports": target.supports})


def _split(context: Context, args: SplitConcerns) -> Done:
    parted = joining.split(context, args.concerns)
    return Done({"states": {str(concern.pk): concern.state for concern in parted}})


def _approve_comment(context: Context, args: DecideComment) -> Done:
    return Done({"state": concerns.approve_comment(context, args).state})


def _reject_comment(context: Context, args: RejectComment) -> Done:
    said = concerns.reject_comment(context, args)
    return _refused(said.state, waiting(said))


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
    Command(
        "concern.label", LabelConcern, _label, MODERATOR, rate=FAST, on=WORK, holds=concerns_held
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
registry.features[BOARD].counters.append(Counter(sweep.do, together=sweep.due_on_boards))
