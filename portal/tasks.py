"""Background tasks (Django Tasks, database backend)."""

from datetime import datetime, timedelta

from django.contrib.sessions.models import Session
from django.utils import timezone
from django_tasks import task
from django_tasks.base import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from communes.models import SignInLink
from consultations.tasks.daily import plan_late_commitments
from live.actions import retention
from live.delivery.writer import perform
from live.models import CommandReceipt, MediaCursor
from portal.documents.tasks import forget_uploads
from portal.overdue import plan_overdue
from portal.search.tasks import plan_search
from portal.stills import plan_missing_stills, sweep_stills

EVERY = timedelta(days=1)
#: A client that sends a command again does so within minutes; a week is generous.
KEEP_RECEIPTS = timedelta(days=7)
KEEP_CURSORS = timedelta(days=90)
KEEP_RESULTS = timedelta(days=14)


@task()
def housekeeping() -> dict[str, int]:
    """Remove what nobody needs any more, then plan the next time. Returns how much went."""
    now = timezone.now()
    finished = (TaskResultStatus.SUCCESSFUL, TaskResultStatus.FAILED)
    old = {
        "sessions": Session.objects.filter(expire_date__lt=now),
        "receipts": CommandReceipt.objects.filter(at__lt=now - KEEP_RECEIPTS),
        "cursors": MediaCursor.objects.filter(seen_at__lt=now - KEEP_CURSORS),
        "links": SignInLink.objects.filter(expires_at__lt=now),
        "results": DBTaskResult.objects.filter(
            status__in=finished, finished_at__lt=now - KEEP_RESULTS
        ),
    }
    gone = {}
    for name, rows in old.items():
        gone[name] = perform(lambda rows=rows: rows.delete()[0])  # type: ignore[misc]
    gone["uploads"] = forget_uploads()
    gone["recordings"] = let_recordings_go()
    gone["stills"] = sweep_stills()
    plan_missing_stills()
    plan_housekeeping(now + EVERY)
    return gone


def let_recordings_go() -> int:
    """Delete the recordings that have been kept long enough; returns how many."""
    old = retention.due(timezone.now())
    return sum(perform(lambda pk=pk: retention.let_go(pk)) for pk in old)  # type: ignore[misc]


def plan_housekeeping(at: datetime | None = None) -> None:
    """Have it done (at a time, or as soon as can be), unless it is planned already."""
    planned = DBTaskResult.objects.filter(
        task_path=housekeeping.module_path, status=TaskResultStatus.READY
    )
    if not planned.exists():
        housekeeping.using(run_after=at or timezone.now()).enqueue()


def plan_all() -> None:
    """Have everything done that comes back by itself. Once a process is up; twice does no harm."""
    plan_housekeeping()
    plan_late_commitments()
    plan_search()
    plan_overdue()
