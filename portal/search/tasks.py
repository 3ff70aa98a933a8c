"""The index is brought up to date every half minute, and anew by hand."""

from datetime import datetime, timedelta

from django.utils import timezone
from django_tasks import task
from django_tasks.base import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from live.delivery.writer import perform

from .sync import sync

EVERY = timedelta(seconds=30)
#: Two thousand a day would tell nobody anything.
KEEP_RESULTS = timedelta(minutes=10)


@task()
def update_search() -> int:
    """Bring the index up to date, then plan the next time. Returns how many rows changed."""
    now = timezone.now()
    try:
        return sync()
    finally:
        perform(_forget_results)
        plan_search(now + EVERY)


def _forget_results() -> None:
    DBTaskResult.objects.filter(
        task_path=update_search.module_path,
        status=TaskResultStatus.SUCCESSFUL,
        finished_at__lt=timezone.now() - KEEP_RESULTS,
    ).delete()


def plan_search(at: datetime | None = None) -> None:
    """Have it done, unless it is planned already."""
    planned = DBTaskResult.objects.filter(
        task_path=update_search.module_path, status=TaskResultStatus.READY
    )
    if not planned.exists():
        perform(lambda: update_search.using(run_after=at or timezone.now()).enqueue())
