"""The timeline: gapless, whole, proof against changes, silent about what staff alone may see."""

import threading

import pytest
from django.db import connection, transaction

from live.models import Entry, KeyState, Timeline
from live.protocol.frames import EntriesFrame, SnapshotFrame, Stream
from live.protocol.states import PublisherState, ScreenState
from live.timeline.append import SYSTEM, append, redact
from live.timeline.digest import verify
from live.timeline.read import MAX_BACKLOG, catch_up, entries_since

from .acting import a_sitting, folds_to_its_snapshot, states

NOBODY = PublisherState(status="absent", has_video=False, has_audio=False, width=None, height=None)


def show(timeline: Timeline, key: str | None) -> Entry:
    with transaction.atomic():
        return append(timeline.pk, "screen.shown", "screen", ScreenState(shows=key), SYSTEM)


def tell_staff(timeline: Timeline) -> Entry:
    with transaction.atomic():
        return append(timeline.pk, "publisher.changed", "publisher", NOBODY, SYSTEM)


@pytest.fixture
def timeline(db) -> Timeline:
    return Timeline.objects.create()


def test_both_counters_are_gapless_and_count_what_their_audience_sees(timeline):
    show(timeline, "question/1")
    tell_staff(timeline)
    show(timeline, None)
    tell_staff(timeline)
    timeline.refresh_from_db()
    assert (timeline.seq, timeline.public_seq) == (4, 2)
    staff = entries_since(timeline.pk, 0, Stream.STAFF)
    assert [entry.seq for entry in staff] == [1, 2, 3, 4]
    public = entries_since(timeline.pk, 0, Stream.PUBLIC)
    assert [(entry.seq, entry.kind) for entry in public] == [
        (1, "screen.shown"),
        (2, "screen.shown"),
    ]


def test_a_refused_action_leaves_no_entry_and_no_gap(timeline):
    show(timeline, "question/1")
    with pytest.raises(RuntimeError), transaction.atomic():
        append(timeline.pk, "screen.cleared", "screen", ScreenState(shows=None), SYSTEM)
        raise RuntimeError
    show(timeline, None)
    assert [entry.seq for entry in entries_since(timeline.pk, 0, Stream.STAFF)] == [1, 2]


def test_appending_needs_a_transaction(transactional_db):
    timeline = Timeline.objects.create()
    with pytest.raises(transaction.TransactionManagementError):
        append(timeline.pk, "screen.shown", "screen", ScreenState(shows=None), SYSTEM)


@pytest.mark.parametrize(
    ("kind", "key", "state", "error"),
    [
        ("screen.shown", "nothing/1", ScreenState(shows=None), LookupError),
        ("no.such.kind", "screen", ScreenState(shows=None), LookupError),
        ("agenda.opened", "screen", ScreenState(shows=None), LookupError),
        ("screen.shown", "screen", NOBODY, TypeError),
    ],
)
def test_only_registered_kinds_keys_and_states_are_taken(timeline, kind, key, state, error):
    with pytest.raises(error), transaction.atomic():
        append(timeline.pk, kind, key, state, SYSTEM)
    assert not Entry.objects.filter(timeline=timeline).exists()


def test_the_chain_verifies_and_breaks_where_something_was_changed(timeline):
    for n in range(5):
        show(timeline, f"question/{n}")
    timeline.refresh_from_db()
    assert verify(timeline).broken_at is None
    Entry.objects.filter(timeline=timeline, seq=3).update(state={"shows": "question/99"})
    assert verify(timeline).broken_at == 3


def test_the_chain_breaks_when_the_last_entry_was_removed(timeline):
    show(timeline, "question/1")
    show(timeline, "question/2")
    timeline.refresh_from_db()
    Entry.objects.filter(timeline=timeline, seq=2).delete()
    assert verify(timeline).broken_at is not None


def test_redaction_erases_earlier_states_keeps_the_chain_and_renames_the_epoch(timeline):
    show(timeline, "question/1")
    show(timeline, "question/2")
    epoch = timeline.epoch
    with transaction.atomic():
        redact(timeline.pk, "screen.cleared", "screen", ScreenState(shows=None), SYSTEM)
    timeline.refresh_from_db()
    found = verify(timeline)
    assert (found.broken_at, found.erased) == (None, 2)
    assert timeline.epoch != epoch
    kept = Entry.objects.filter(timeline=timeline).order_by("seq")
    assert [entry.state for entry in kept] == [None, None, {"shows": None}]
    assert [entry.salt for entry in kept][:2] == ["", ""]


def test_catching_up_from_every_position_ends_at_the_present_state(db):
    sitting = a_sitting()
    timeline = sitting.timeline
    for n in range(6):
        show(timeline, f"question/{n}")
        tell_staff(timeline)
    timeline.refresh_from_db()
    for stream, last in ((Stream.PUBLIC, timeline.public_seq), (Stream.STAFF, timeline.seq)):
        for since in range(last + 1):
            frame = catch_up(timeline.pk, stream, since, timeline.epoch, 0)
            assert isinstance(frame, EntriesFrame)
            assert [entry.seq for entry in frame.entries] == list(range(since + 1, last + 1))
    assert folds_to_its_snapshot(sitting)


@pytest.mark.parametrize("since", [None, 99, -1])
def test_an_unknown_position_gets_a_snapshot(timeline, since):
    show(timeline, "question/1")
    frame = catch_up(timeline.pk, Stream.PUBLIC, since, timeline.epoch, 0)
    assert isinstance(frame, SnapshotFrame)
    assert (frame.seq, frame.states) == (1, {"screen": {"shows": "question/1"}})


def test_another_epoch_gets_a_snapshot(timeline):
    show(timeline, "question/1")
    assert isinstance(catch_up(timeline.pk, Stream.PUBLIC, 1, "other", 0), SnapshotFrame)
    assert isinstance(catch_up(timeline.pk, Stream.PUBLIC, 1, None, 0), SnapshotFrame)


def test_a_client_too_far_behind_gets_a_snapshot(timeline):
    show(timeline, "question/1")
    Timeline.objects.filter(pk=timeline.pk).update(public_seq=MAX_BACKLOG + 1)
    assert isinstance(catch_up(timeline.pk, Stream.PUBLIC, 0, timeline.epoch, 0), SnapshotFrame)


def test_a_public_snapshot_has_no_staff_key(timeline):
    show(timeline, "question/1")
    tell_staff(timeline)
    public = catch_up(timeline.pk, Stream.PUBLIC, None, None, 0)
    staff = catch_up(timeline.pk, Stream.STAFF, None, None, 0)
    assert isinstance(public, SnapshotFrame)
    assert isinstance(staff, SnapshotFrame)
    assert set(public.states) == {"screen"}
    assert set(staff.states) == {"screen", "publisher"}


def test_a_key_that_is_gone_is_in_no_snapshot(db):
    sitting = a_sitting("draft")
    item = sitting.agenda.first()
    with transaction.atomic():
        append(sitting.timeline_id, "agenda.removed", f"agenda/{item.pk}", None, SYSTEM)
    assert f"agenda/{item.pk}" not in states(sitting)
    assert folds_to_its_snapshot(sitting)


def test_concurrent_appends_stay_gapless_and_chained(transactional_db):
    timeline = Timeline.objects.create()
    ready = threading.Barrier(4)
    failures: list[Exception] = []

    def append_many() -> None:
        try:
            ready.wait(30)
            for n in range(12):
                show(timeline, f"question/{n}")
        except Exception as error:  # noqa: BLE001 - shown by the assertion below
            failures.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=append_many) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert not failures
    timeline.refresh_from_db()
    seqs = Entry.objects.filter(timeline=timeline).order_by("seq").values_list("seq", flat=True)
    assert list(seqs) == list(range(1, 49))
    assert verify(timeline).broken_at is None
    assert KeyState.objects.get(timeline=timeline, key="screen").seq == 48
