"""Background tasks: done inside web on one machine, and what the daily one removes."""

from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from live.models import CommandReceipt
from portal.background import InlineWorker
from portal.tasks import KEEP_RECEIPTS, housekeeping, plan_housekeeping
from tests.support.factories import make_person
from tests.support.waiting import wait_for


@pytest.mark.django_db(transaction=True)
def test_a_planned_task_is_done_by_the_worker_inside_web():
    plan_housekeeping()
    worker = InlineWorker()
    worker.start()
    ours = DBTaskResult.objects.filter(task_path=housekeeping.module_path)
    try:
        wait_for("housekeeping", ours.filter(status="SUCCESSFUL").exists)
    finally:
        worker.stop()
    result = ours.get(status="SUCCESSFUL")
    assert result.return_value is not None
    assert set(result.return_value) == {
        "sessions",
        "receipts",
        "cursors",
        "links",
        "results",
        "uploads",
        "recordings",
        "stills",
    }
    following = ours.get(status="READY")
    assert following.run_after > timezone.now() + timedelta(hours=23)


@pytest.mark.django_db
def test_housekeeping_is_planned_once():
    plan_housekeeping()
    plan_housekeeping()
    assert DBTaskResult.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_housekeeping_removes_the_old_and_keeps_the_rest():
    person = make_person()
    now = timezone.now()
    for days, name in ((8, "old-receipt"), (6, "new-receipt")):
        receipt = CommandReceipt.objects.create(person=person, client_id=name, result={})
        CommandReceipt.objects.filter(pk=receipt.pk).update(at=now - timedelta(days=days))
    for key, hours in (("stale", -1), ("fresh", 1)):
        Session.objects.create(
            session_key=key, session_data="", expire_date=now + timedelta(hours=hours)
        )
    assert timedelta(days=6) < KEEP_RECEIPTS < timedelta(days=8)
    gone = housekeeping.call()
    assert (gone["receipts"], gone["sessions"]) == (1, 1)
    assert CommandReceipt.objects.get().client_id == "new-receipt"
    assert Session.objects.get().session_key == "fresh"
