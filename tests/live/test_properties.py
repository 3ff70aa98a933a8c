"""Properties of fold and append, whatever is said, in whatever order, by however many."""

import json
import os
import shutil
import subprocess
import threading
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from live.models import Entry, Timeline
from live.protocol.frames import EntriesFrame, EntryFrame, Stream
from live.protocol.states import PublisherState, ScreenState
from live.timeline.append import SYSTEM, append
from live.timeline.digest import verify
from live.timeline.fold import States, fold
from live.timeline.read import catch_up, entries_since, snapshot

ROOT = Path(__file__).parents[2]

# ── the fold ──────────────────────────────────────────────────────────────────────────────────

#: What JSON holds, and keys that JavaScript's objects treat in a way of their own.
KEYS = st.sampled_from(["sitting", "question/1", "question/10", "2", "__proto__", "é", "toString"])
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=4,
)
STATES = st.none() | st.dictionaries(st.text(max_size=4), VALUES, max_size=3)
SAID = st.lists(st.tuples(KEYS, STATES), max_size=30)


def entries(said: list[tuple[str, Any]]) -> list[EntryFrame]:
    return [
        EntryFrame(seq=seq, at=seq, kind="any.thing", key=key, state=state, actor="system")
        for seq, (key, state) in enumerate(said, 1)
    ]


@given(said=SAID, cut=st.integers(0, 30))
def test_folding_in_two_parts_is_folding_at_once(said, cut):
    whole = entries(said)
    assert fold(whole[cut:], fold(whole[:cut])) == fold(whole)


@given(said=SAID)
def test_a_fold_keeps_the_last_word_on_each_key_and_no_other(said):
    last = dict(said)
    assert fold(entries(said)) == {key: state for key, state in last.items() if state is not None}


@given(said=SAID, cut=st.integers(0, 30), again=st.integers(0, 30))
def test_hearing_entries_again_from_an_earlier_position_changes_nothing_in_the_end(
    said, cut, again
):
    """A snapshot may hold what its position does not count yet, and is followed by it."""
    whole = entries(said)
    ahead = fold(whole[:cut])
    assert fold(whole[min(again, cut) :], ahead) == fold(whole)


@given(said=SAID)
def test_the_fold_changes_nothing_that_it_was_given(said):
    before: States = {"sitting": {"n": 1}, "é": {"n": 2}}
    fold(entries(said), before)
    assert before == {"sitting": {"n": 1}, "é": {"n": 2}}


@pytest.mark.skipif(
    os.environ.get("TEST_DATABASE") == "postgresql", reason="no database has a say in it"
)
def test_typescript_folds_to_the_same(tmp_path):
    """Two hundred timelines that Hypothesis thinks of, folded by both twins."""
    cases: list[dict[str, Any]] = []

    @settings(max_examples=200, database=None, derandomize=True)
    @given(said=SAID, cut=st.integers(0, 30))
    def think(said: list[tuple[str, Any]], cut: int) -> None:
        whole = entries(said)
        cases.append(
            {
                "before": fold(whole[:cut]),
                "entries": [entry.model_dump() for entry in whole[cut:]],
                "after": sorted(fold(whole).items()),
            }
        )

    think()
    assert any(case["after"] for case in cases)
    target = tmp_path / "cases.json"
    target.write_text(json.dumps(cases))
    npx = shutil.which("npx")
    assert npx, "Node is needed"
    done = subprocess.run(
        [npx, "vitest", "run", "frontend/src/lib/timeline/fold.test.ts"],
        cwd=ROOT,
        env={**os.environ, "FOLD_CASES": str(target), "NO_COLOR": "1"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


# ── append ────────────────────────────────────────────────────────────────────────────────────

NOBODY = PublisherState(status="absent", has_video=False, has_audio=False, width=None, height=None)
#: What one writer does: transactions of appends (public or for staff alone, at a clock that steps
#: as it likes), of which some are given up.
APPENDS = st.lists(st.tuples(st.booleans(), st.integers(-7200, 7200)), min_size=1, max_size=3)
TRANSACTIONS = st.lists(st.tuples(APPENDS, st.booleans()), min_size=1, max_size=4)
WRITERS = st.lists(TRANSACTIONS, min_size=2, max_size=4)


class GivenUp(Exception):
    """A transaction that ends without a commit."""


def write(timeline: Timeline, transactions: Any) -> int:
    """Do what one writer does; how many entries were committed."""
    committed = 0
    for appends, kept in transactions:
        try:
            with transaction.atomic():
                for number, (public, step_s) in enumerate(appends):
                    at = timezone.now() + timedelta(seconds=step_s)
                    if public:
                        state = ScreenState(shows=f"question/{number + 1}")
                        append(timeline.pk, "screen.shown", "screen", state, SYSTEM, at)
                    else:
                        append(timeline.pk, "publisher.changed", "publisher", NOBODY, SYSTEM, at)
                if not kept:
                    raise GivenUp
            committed += len(appends)
        except GivenUp:
            continue
    return committed


@pytest.mark.timeout(120)
@settings(
    max_examples=12,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(writers=WRITERS)
def test_whoever_appends_at_the_same_time_positions_stay_gapless_and_chained(
    transactional_db, writers
):
    timeline = Timeline.objects.create()
    ready = threading.Barrier(len(writers))
    committed: list[int] = []
    failures: list[Exception] = []

    def run(transactions: Any) -> None:
        try:
            ready.wait(30)
            committed.append(write(timeline, transactions))
        except Exception as error:  # noqa: BLE001 - shown by the assertion below
            failures.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(one,)) for one in writers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert not failures
    timeline.refresh_from_db()
    rows = list(Entry.objects.filter(timeline=timeline).order_by("seq"))
    assert [row.seq for row in rows] == list(range(1, sum(committed) + 1))
    public = [row.public_seq for row in rows if row.public_seq is not None]
    assert public == list(range(1, len(public) + 1))
    assert (timeline.seq, timeline.public_seq) == (len(rows), len(public))
    assert verify(timeline).broken_at is None
    for stream, last in ((Stream.STAFF, len(rows)), (Stream.PUBLIC, len(public))):
        whole = fold(entries_since(timeline.pk, 0, stream))
        assert whole == snapshot(timeline.pk, stream, 0).states
        for since in range(last + 1):
            frame = catch_up(timeline.pk, stream, since, timeline.epoch, 0)
            assert isinstance(frame, EntriesFrame)
            assert [entry.seq for entry in frame.entries] == list(range(since + 1, last + 1))
