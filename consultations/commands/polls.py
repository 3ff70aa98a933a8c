"""Commands of polls and ballots."""

from consultations.actions import ballots, polls
from consultations.models import Poll
from consultations.protocol import CastBallot, CreatePoll, EditPoll, PollRef
from live.actions.context import Context
from live.actions.lifecycle import on_change
from live.actions.rehearsal import on_forget
from live.models import Sitting
from live.protocol.registry import Command, Done, registry
from live.timeline.append import By

POLLING = frozenset({"moderator", "host", "clerk"})
REVEALING = frozenset({"host", "clerk"})


def _prepare(context: Context, args: CreatePoll) -> Done:
    return Done({"poll": polls.prepare(context, args).pk})


def _edit(context: Context, args: EditPoll) -> Done:
    return Done({"poll": polls.edit(context, args).pk})


def _remove(context: Context, args: PollRef) -> Done:
    polls.remove(context, args.poll)
    return Done()


def _open(context: Context, args: PollRef) -> Done:
    return Done({"state": polls.open_poll(context, args.poll).state})


def _close(context: Context, args: PollRef) -> Done:
    return Done({"state": polls.close_poll(context, args.poll).state})


def _reveal(context: Context, args: PollRef) -> Done:
    return Done({"revealed": polls.reveal(context, args.poll).revealed})


def _show(context: Context, args: PollRef) -> Done:
    polls.show_poll(context, args.poll)
    return Done()


def _cast(context: Context, args: CastBallot) -> Done:
    answer = ballots.cast([(context, args)])[0]
    if isinstance(answer, Exception):
        raise answer
    return answer


def _when_it_ends(sitting: Sitting, step: str, by: By) -> None:
    if step == "end":
        polls.close_all(sitting, by)


def _forget(sitting: Sitting) -> None:
    Poll.objects.filter(sitting=sitting).delete()


for _command in (
    Command("poll.prepare", CreatePoll, _prepare, POLLING),
    Command("poll.edit", EditPoll, _edit, POLLING),
    Command("poll.remove", PollRef, _remove, POLLING),
    Command("poll.open", PollRef, _open, POLLING),
    Command("poll.close", PollRef, _close, POLLING),
    Command("poll.reveal", PollRef, _reveal, REVEALING),
    Command("screen.poll", PollRef, _show, POLLING),
    Command("ballot.cast", CastBallot, _cast, batch=ballots.cast, receipt=False),
):
    registry.add_command(_command)

on_change(_when_it_ends)
on_forget(_forget)
