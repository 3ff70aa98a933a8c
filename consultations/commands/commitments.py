"""Commands of promises ("engagements")."""

from collections.abc import Callable

from communes.identity import erasure
from consultations.actions import commitments
from consultations.actions.commitment_erasure import forget_voices
from consultations.actions.promises import recall_promises
from consultations.models import Commitment
from consultations.protocol import (
    CommitmentRef,
    EditCommitment,
    MakeCommitment,
    UpdateCommitment,
)
from live.actions.context import Context
from live.actions.lifecycle import on_change
from live.actions.rehearsal import on_forget
from live.models import Sitting, SittingKind, Timeline
from live.protocol.registry import Command, Done, registry
from live.timeline.append import By

PROMISING = frozenset({"host", "clerk"})


def _make(context: Context, args: MakeCommitment) -> Done:
    return Done({"commitment": commitments.make(context, args).pk})


def _edit(context: Context, args: EditCommitment) -> Done:
    return Done({"commitment": commitments.edit(context, args).pk})


def _update(context: Context, args: UpdateCommitment) -> Done:
    return Done({"state": commitments.update(context, args).state})


def _mine(context: Context, commitment: Commitment) -> Done:
    key = f"commitment/{commitment.pk}"
    values = commitments.my_commitments([context.person], [commitment.pk])
    return Done({}, {key: values.get(context.person, {}).get(key)})


def _speak(confirms: bool | None) -> Callable[[Context, CommitmentRef], Done]:
    def handle(context: Context, args: CommitmentRef) -> Done:
        return _mine(context, commitments.speak(context, args.commitment, confirms))

    return handle


def _follow(follows: bool) -> Callable[[Context, CommitmentRef], Done]:
    def handle(context: Context, args: CommitmentRef) -> Done:
        return _mine(context, commitments.follow(context, args.commitment, follows))

    return handle


def _when_it_opens(sitting: Sitting, step: str, by: By) -> None:
    if step == "open" and sitting.kind == SittingKind.HEARING:
        recall_promises(sitting, by)


def _forget(sitting: Sitting) -> None:
    made = Commitment.objects.filter(sitting=sitting)
    timelines = list(made.values_list("timeline_id", flat=True))
    made.delete()
    Timeline.objects.filter(pk__in=timelines).delete()


for _command in (
    Command("commitment.make", MakeCommitment, _make, PROMISING),
    Command("commitment.edit", EditCommitment, _edit, PROMISING),
    Command("commitment.update", UpdateCommitment, _update, PROMISING),
    Command("commitment.confirm", CommitmentRef, _speak(True), receipt=False),
    Command("commitment.contest", CommitmentRef, _speak(False), receipt=False),
    Command("commitment.recant", CommitmentRef, _speak(None), receipt=False),
    Command("commitment.follow", CommitmentRef, _follow(True), receipt=False),
    Command("commitment.unfollow", CommitmentRef, _follow(False), receipt=False),
):
    registry.add_command(_command)

on_change(_when_it_opens)
on_forget(_forget)
erasure.register(forget_voices)
