"""Golden timelines fold as they say; the front end folds the same files (fold.test.ts)."""

import json
from pathlib import Path

import pytest

from live.protocol.frames import EntryFrame
from live.timeline.fold import fold

GOLDEN = sorted((Path(__file__).parent.parent / "golden").glob("*.json"))


def test_there_are_golden_timelines():
    assert len(GOLDEN) >= 2


@pytest.mark.parametrize("path", GOLDEN, ids=lambda path: path.stem)
def test_every_prefix_of_a_golden_timeline_folds_as_it_says(path):
    golden = json.loads(path.read_text())
    entries = [EntryFrame.model_validate(entry) for entry in golden["entries"]]
    for snapshot in golden["snapshots"]:
        assert fold(entries[: snapshot["after"]]) == snapshot["states"]


@pytest.mark.parametrize("path", GOLDEN, ids=lambda path: path.stem)
def test_going_on_from_any_snapshot_ends_where_the_whole_timeline_does(path):
    golden = json.loads(path.read_text())
    entries = [EntryFrame.model_validate(entry) for entry in golden["entries"]]
    whole = golden["snapshots"][-1]["states"]
    for snapshot in golden["snapshots"]:
        before = json.loads(json.dumps(snapshot["states"]))
        assert fold(entries[snapshot["after"] :], snapshot["states"]) == whole
        assert snapshot["states"] == before, "the fold changed what it was given"
