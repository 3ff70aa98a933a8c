"""The commands every sitting has, registered."""

from collections.abc import Callable

from live.protocol.registry import Command, Done, registry
from live.protocol.states import AgendaRef, NoArguments
from live.timeline.append import By

from . import agenda, lifecycle
from .context import Context

CLERK = frozenset({"clerk"})
CLERK_OR_HOST = frozenset({"clerk", "host"})
CLERK_OR_MODERATOR = frozenset({"clerk", "moderator"})


def _transition(name: str) -> Callable[[Context, NoArguments], Done]:
    def handle(context: Context, args: NoArguments) -> Done:
        sitting = lifecycle.change(context.sitting_id, name, context.by("clerk"))
        return Done({"state": sitting.state})

    return handle


def _questions(is_open: bool) -> Callable[[Context, NoArguments], Done]:
    def handle(context: Context, args: NoArguments) -> Done:
        by = context.by("clerk", "moderator")
        sitting = lifecycle.set_questions_open(context.sitting_id, is_open, by)
        return Done({"questions_open": sitting.questions_open})

    return handle


def _agenda(action: Callable[[str, int, By], None]) -> Callable[[Context, AgendaRef], Done]:
    def handle(context: Context, args: AgendaRef) -> Done:
        action(context.sitting_id, args.item, context.by("clerk", "host"))
        return Done()

    return handle


for _name in lifecycle.TRANSITIONS:
    registry.add_command(Command(f"sitting.{_name}", NoArguments, _transition(_name), CLERK))

for _name, _is_open in (("close_questions", False), ("open_questions", True)):
    registry.add_command(
        Command(f"sitting.{_name}", NoArguments, _questions(_is_open), CLERK_OR_MODERATOR)
    )

for _name, _action in (
    ("open", agenda.open_item),
    ("close", agenda.close_item),
    ("reopen", agenda.reopen_item),
    ("revert", agenda.revert_item),
):
    registry.add_command(Command(f"agenda.{_name}", AgendaRef, _agenda(_action), CLERK_OR_HOST))
