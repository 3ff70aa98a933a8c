"""What is looked at every day: promises whose day has passed."""

from datetime import datetime, timedelta

from django.utils import timezone
from django_tasks import task
from django_tasks.base import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from consultations.actions.commitments import late_by, mark_late
from live.delivery.writer import perform


@task()
def mark_late_commitments() -> int:
    """Say of promises that they are late, then plan the next time, soon after midnight. Returns
    how many became so."""
    marked = 0
    for commitment in late_by():
        marked += perform(lambda pk=commitment: mark_late(pk))  # type: ignore[misc]
    plan_late_commitments(_after_midnight())
    return marked


def _after_midnight() -> datetime:
    tomorrow = timezone.localtime() + timedelta(days=1)
    return tomorrow.replace(hour=0, minute=10, second=0, microsecond=0)


def plan_late_commitments(at: datetime | None = None) -> None:
    """Have it done (at a time, or as soon as can be), unless it is planned already."""
    planned = DBTaskResult.objects.filter(
        task_path=mark_late_commitments.module_path, status=TaskResultStatus.READY
    )
    if not planned.exists():
        mark_late_commitments.using(run_after=at or timezone.now()).enqueue()
