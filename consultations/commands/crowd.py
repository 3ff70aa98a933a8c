"""Commands of taking part: who may, the hall, reactions, reminders."""

from consultations.actions import levels, notices, reactions, reminders
from consultations.actions.exposure import take_sample
from consultations.actions.hooks import on_acting
from consultations.actions.own import my_level, own_values
from consultations.models import (
    HallEntry,
    Participation,
    PresenceSample,
    ReactionWindow,
    Reminder,
)
from consultations.protocol import EnterHall, SendReaction, SetParticipation
from live.actions.context import Context
from live.actions.lifecycle import on_change
from live.actions.rehearsal import on_forget
from live.models import Sitting
from live.protocol.registry import Command, Done, registry
from live.protocol.states import NoArguments
from live.timeline.append import By

SETTING = frozenset({"clerk", "moderator"})
HALL = frozenset({"clerk", "host"})


def _set(context: Context, args: SetParticipation) -> Done:
    return Done(levels.set_participation(context, args).model_dump())


def _enter(context: Context, args: EnterHall) -> Done:
    levels.enter_hall(context, args.code)
    held = levels.held_levels(context.sitting_id, [context.person])[context.person]
    return Done({"level": levels.counted(held).value}, {"level": my_level(held)})


def _rotate(context: Context, args: NoArguments) -> Done:
    levels.rotate_hall_code(context)
    return Done()


def _react(context: Context, args: SendReaction) -> Done:
    answer = reactions.send([(context, args)])[0]
    if isinstance(answer, Exception):
        raise answer
    return answer


def _remind(context: Context, args: NoArguments) -> Done:
    mine = reminders.remind(context).model_dump()
    return Done(mine, {"reminder": mine})


def _forget_reminder(context: Context, args: NoArguments) -> Done:
    reminders.forget_reminder(context)
    return Done({}, {"reminder": None})


def _when_it_opens(sitting: Sitting, step: str, by: By) -> None:
    if step == "open":
        notices.of_start(sitting)


def _forget(sitting: Sitting) -> None:
    for model in (HallEntry, Participation, PresenceSample, ReactionWindow, Reminder):
        model._default_manager.filter(sitting=sitting).delete()


for _command in (
    Command("participation.set", SetParticipation, _set, SETTING),
    # A million codes, two of which are right: at this rate nobody finds one in a sitting.
    Command("hall.enter", EnterHall, _enter, rate="6/minute", receipt=False),
    Command("hall.rotate", NoArguments, _rotate, HALL),
    Command(
        "reaction.send",
        SendReaction,
        _react,
        batch=reactions.send,
        receipt=False,
        rate="20/minute",
    ),
    Command("sitting.remind", NoArguments, _remind),
    Command("sitting.forget_reminder", NoArguments, _forget_reminder),
):
    registry.add_command(_command)

registry.belongings.append(own_values)
registry.samplers.append(take_sample)
on_acting(levels.lacks_level)
on_change(_when_it_opens)
on_forget(_forget)
