"""Recordings are kept for so many months: what goes then, who is told, and what stays."""

from datetime import UTC, datetime

import pytest
from django.db import transaction

from live.actions.media import order_for, settle, unsettled_orders
from live.actions.retention import due, kept_until, let_go
from live.models import Recording, Sitting
from live.protocol.frames import Stream
from live.protocol.media import FactKind, MediaMode, MediaStatus
from tests.live.acting import a_sitting, kinds, states
from tests.live.test_media_facts import tell

pytestmark = pytest.mark.django_db

ENDED = datetime(2026, 8, 31, 12, tzinfo=UTC)


def recorded(state: str = "archived") -> Sitting:
    """A sitting that ended on the last of August, and its recording."""
    sitting = a_sitting(state)
    recording = Recording.objects.create(
        sitting=sitting, duration_s=60, size_bytes=1, has_video=True, has_audio=True
    )
    Recording.objects.filter(pk=recording.pk).update(finalised_at=ENDED)
    Sitting.objects.filter(pk=sitting.pk).update(ended_at=ENDED)
    sitting.refresh_from_db()
    return sitting


def obeyed(sitting: Sitting) -> MediaStatus:
    sitting.refresh_from_db()
    order = order_for(sitting)
    return MediaStatus(
        sitting=sitting.pk,
        version=order.version,
        mode=order.mode,
        publisher=None,
        recorded_s=0,
        recorded_bytes=0,
        disk_free=1,
    )


@pytest.mark.parametrize(
    ("months", "end"),
    [
        (0, None),
        (1, datetime(2026, 9, 30, 12, tzinfo=UTC)),
        (6, datetime(2027, 2, 28, 12, tzinfo=UTC)),
        (24, datetime(2028, 8, 31, 12, tzinfo=UTC)),
    ],
)
def test_a_recording_is_kept_for_calendar_months_and_not_a_second_less(settings, months, end):
    settings.RECORDINGS_KEEP_MONTHS = months
    sitting = recorded()
    assert kept_until(sitting, sitting.recording) == end
    if end is None:
        assert due(datetime(2126, 1, 1, tzinfo=UTC)) == []
    else:
        assert due(end.replace(hour=11)) == []
        assert due(end) == [sitting.pk]


@pytest.mark.parametrize("state", ["live", "paused", "closed_doors", "ended"])
def test_nothing_is_let_go_of_a_sitting_that_is_not_archived(settings, state):
    settings.RECORDINGS_KEEP_MONTHS = 1
    sitting = recorded(state)
    assert due(datetime(2030, 1, 1, tzinfo=UTC)) == []
    assert not let_go(sitting.pk)
    assert Recording.objects.filter(sitting=sitting).exists()


def test_letting_go_has_media_purge_it_and_says_so_once_where_everyone_reads_it():
    sitting = recorded()
    before = kinds(sitting)
    assert let_go(sitting.pk)
    assert not let_go(sitting.pk)
    assert kinds(sitting) == [*before, "stream.removed"]
    assert states(sitting, Stream.PUBLIC)["stream"]["status"] == "removed"
    assert not Recording.objects.filter(sitting=sitting).exists()
    [order] = unsettled_orders()
    assert (order.sitting, order.mode) == (sitting.pk, MediaMode.PURGED)
    assert order.version > sitting.media_version


def test_media_is_told_to_purge_until_it_has_obeyed_and_nothing_after():
    sitting = recorded()
    let_go(sitting.pk)
    late = obeyed(sitting)
    settle(late.model_copy(update={"version": late.version - 1, "mode": MediaMode.ENDED}))
    assert unsettled_orders()
    settle(late)
    assert not unsettled_orders()
    sitting.refresh_from_db()
    # No order comes after it that would have media look for a recording again.
    assert sitting.media_version == late.version


def test_a_summary_that_comes_late_brings_no_recording_back():
    sitting = recorded()
    let_go(sitting.pk)
    with transaction.atomic():
        tell(sitting, FactKind.RECORDING_FINALISED)
    assert not Recording.objects.filter(sitting=sitting).exists()
