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
        while found := [(what, key) for what, key in sweep.due(sitting_id) if what != "claim"]:
            for what, key in found:
                perform(lambda what=what, key=key: sweep.do(sitting_id, what, key))  # type: ignore[misc]  # noqa: B023
            done += len(found)
    return done


def plan(at: datetime | None = None) -> None:
    """Have it looked for what is due, shortly after a moment or now."""
    sweep_sittings.using(run_after=(at or timezone.now()) + MARGIN).enqueue()
