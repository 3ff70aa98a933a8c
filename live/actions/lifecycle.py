"""The states of a sitting and how it goes from one to another."""

from collections.abc import Callable
from dataclasses import dataclass

from django.utils import timezone

from live.models import Sitting, SittingState
from live.protocol.errors import ErrorCode, Refused
from live.timeline.append import By, append

from .context import held
from .facts import sitting_facts
from .rehearsal import forget

S = SittingState


@dataclass(frozen=True)
class Transition:
    sources: frozenset[SittingState]
    target: SittingState
    kind: str


TRANSITIONS: dict[str, Transition] = {
    "schedule": Transition(frozenset({S.DRAFT}), S.SCHEDULED, "sitting.scheduled"),
    "unschedule": Transition(frozenset({S.SCHEDULED}), S.DRAFT, "sitting.unscheduled"),
    "open": Transition(frozenset({S.DRAFT, S.SCHEDULED}), S.LIVE, "sitting.opened"),
    "pause": Transition(frozenset({S.LIVE}), S.PAUSED, "sitting.paused"),
    "resume": Transition(frozenset({S.PAUSED}), S.LIVE, "sitting.resumed"),
    "close_doors": Transition(
        frozenset({S.LIVE, S.PAUSED}), S.CLOSED_DOORS, "sitting.doors_closed"
    ),
    "reopen_doors": Transition(frozenset({S.CLOSED_DOORS}), S.LIVE, "sitting.doors_reopened"),
    "end": Transition(frozenset({S.LIVE, S.PAUSED, S.CLOSED_DOORS}), S.ENDED, "sitting.ended"),
    "archive": Transition(frozenset({S.ENDED}), S.ARCHIVED, "sitting.archived"),
    "cancel": Transition(frozenset({S.DRAFT, S.SCHEDULED}), S.CANCELLED, "sitting.cancelled"),
}


#: Called with the sitting in its new state, the name of the transition and who made it.
Hook = Callable[[Sitting, str, By], None]

_hooks: list[Hook] = []


def on_change(hook: Hook) -> None:
    """Have `hook` do what follows from a transition, in the same transaction, after its entry."""
    _hooks.append(hook)


def allowed(state: str) -> list[str]:
    """The transitions that a sitting in `state` can make."""
    return [name for name, step in TRANSITIONS.items() if state in step.sources]


def change(sitting_id: str, name: str, by: By) -> Sitting:
    """Make the transition `name`; raises `Refused` when the sitting's state does not allow it."""
    step = TRANSITIONS[name]
    sitting = held(sitting_id)
    if sitting.state not in step.sources:
        raise Refused(ErrorCode.WRONG_STATE, f"{name}: the sitting is {sitting.state}")
    sitting.state = step.target
    sitting.media_version += 1
    if step.target is S.LIVE and sitting.started_at is None:
        sitting.started_at = timezone.now()
    if step.target is S.ENDED:
        sitting.ended_at = timezone.now()
    sitting.save()
    append(sitting.timeline_id, step.kind, "sitting", sitting_facts(sitting), by)
    for hook in _hooks:
        hook(sitting, name, by)
    if step.target is S.ENDED and sitting.rehearsal:
        forget(sitting)
    return sitting


def set_questions_open(sitting_id: str, is_open: bool, by: By) -> Sitting:
    """Open or close the submission of questions. Doing it twice changes nothing."""
    sitting = held(sitting_id)
    if sitting.questions_open != is_open:
        sitting.questions_open = is_open
        sitting.save(update_fields=["questions_open"])
        kind = "sitting.questions_opened" if is_open else "sitting.questions_closed"
        append(sitting.timeline_id, kind, "sitting", sitting_facts(sitting), by)
    return sitting
