"""What has to happen although nobody is in the room."""

from datetime import datetime, timedelta

from django.utils import timezone
from django_tasks import task

from live.delivery.writer import perform
from moderation.actions import sweep

#: After the moment itself, so that a room that is open has done it already.
MARGIN = timedelta(seconds=5)


@task()
def sweep_sittings() -> int:
    """Do what is due in all sittings; how many things were done."""
    done = 0
    for sitting_id in sweep.overdue():
        while found := [one for one in sweep.due(sitting_id) if sweep.matters(one[0])]:
            done += _do(sitting_id, found)
    return done


@task()
def sweep_boards() -> int:
    """Do what is due on all boards; how many things were done."""
    done = 0
    while boards := sweep.overdue_boards():
        for board, moving in sweep.due_on_boards(boards).items():
            done += _do(board, [one for one in moving.due if sweep.matters(one[0])])
    return done


def _do(subject_id: str, found: sweep.Due) -> int:
    for what, key in found:
        perform(lambda what=what, key=key: sweep.do(subject_id, what, key))  # type: ignore[misc]
    return len(found)


def plan(at: datetime | None = None) -> None:
    """Have it looked for what is due, shortly after a moment or now."""
    sweep_sittings.using(run_after=(at or timezone.now()) + MARGIN).enqueue()


def plan_boards(at: datetime) -> None:
    """The same on boards."""
    sweep_boards.using(run_after=at + MARGIN).enqueue()
