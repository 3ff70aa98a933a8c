"""What the ladder and the line's budget decide, on a clock of our own, and books cut short."""

import json
import time
from pathlib import Path

import pytest

from live.media.budget import Budget, Pictures
from live.media.journal import SegmentClosed
from live.media.ladder.book import BookWriter, RungGap
from live.media.ladder.governor import Governor
from live.media.ladder.rungs import BY_NAME, size_of, worth_it
from live.media.line import exchange, leave

RATES = {Pictures.FULL: 1_000_000.0, Pictures.LOW: 200_000.0, Pictures.SOUND: 32_000.0}


@pytest.mark.parametrize(
    ("rung", "source", "size"),
    [
        ("480p", (1280, 720), (854, 480)),
        ("240p", (1280, 720), (426, 240)),
        # A turned phone: the shorter side counts.
        ("480p", (720, 1280), (480, 854)),
        ("240p", (640, 480), (320, 240)),
        # Never larger than the source, always even.
        ("480p", (641, 361), (640, 360)),
    ],
)
def test_a_rung_keeps_the_aspect_and_is_never_larger(
    rung: str, source: tuple[int, int], size: tuple[int, int]
) -> None:
    assert size_of(BY_NAME[rung], *source) == size


def test_a_source_of_360_lines_has_no_480p() -> None:
    assert not worth_it(BY_NAME["480p"], 640, 360)
    assert worth_it(BY_NAME["240p"], 640, 360)


def names(governor: Governor) -> list[str]:
    return [rung.name for rung in governor.made]


def test_480p_goes_first_then_240p_and_both_come_back_one_by_one() -> None:
    governor = Governor(patience_s=10)
    now = 0.0

    def live(seconds: int, behind: float, idle: float = 0.8) -> None:
        nonlocal now
        for _ in range(seconds):
            now += 1
            governor.observe(now, behind_s=behind, idle=idle, room=True)

    live(5, 1)
    assert names(governor) == ["480p", "240p"]
    live(1, 6.5)
    assert names(governor) == ["240p"]
    live(2, 6.5)
    assert names(governor) == ["240p"], "what was dropped must have had time to help"
    live(3, 6.5)
    assert names(governor) == []
    live(60, 0, idle=0.1)
    assert names(governor) == [], "a busy machine is no place to come back to"
    live(12, 0)
    assert names(governor) == ["240p"]
    live(12, 0)
    assert names(governor) == ["480p", "240p"]
    live(1, 7)
    live(12, 0)
    assert names(governor) == ["240p"], "after a relapse it waits twice as long"
    live(12, 0)
    assert names(governor) == ["480p", "240p"]


def test_a_full_disk_leaves_no_rung_at_once() -> None:
    governor = Governor()
    assert governor.observe(1, behind_s=0, idle=1, room=False)
    assert names(governor) == []


def test_a_book_forgets_a_torn_line_and_a_lost_file(tmp_path: Path) -> None:
    source = SegmentClosed(r="v", seq=1, take=1, init=0, start=0, duration=2, size=9, at=0)
    writer = BookWriter(tmp_path / "240p")
    init = writer.init(b"init", "avc1.640015", 426, 240)
    writer.segment(source, init, b"one")
    writer.segment(source.model_copy(update={"seq": 2}), init, b"two")
    writer.close()
    with (tmp_path / "240p" / "book.jsonl").open("ab") as file:
        file.write(b'{"k":"seg","seq":3')
    (tmp_path / "240p" / "v2.m4s").write_bytes(b"")
    again = BookWriter(tmp_path / "240p")
    assert list(again.book.segments) == [1]
    again.log(RungGap(first=3, last=3))
    again.close()
    last = BookWriter(tmp_path / "240p")
    assert last.book.reached() == 3
    assert last.book.shows(source) is not None
    # A segment of another size is another segment.
    assert last.book.shows(source.model_copy(update={"size": 10})) is None
    last.close()


def test_a_deleted_recording_does_not_come_back(tmp_path: Path) -> None:
    (tmp_path / "rec").mkdir()
    writer = BookWriter(tmp_path / "rec" / "240p")
    (tmp_path / "rec").rename(tmp_path / "gone")
    with pytest.raises(FileNotFoundError):
        writer.log(RungGap(first=1, last=1))
    with pytest.raises(FileNotFoundError):
        BookWriter(tmp_path / "rec" / "480p")
    writer.close()
    assert not (tmp_path / "rec").exists()


class Line:
    """A budget of 10 Mbit/s and its clock."""

    def __init__(self) -> None:
        self.now = 0.0
        self.budget = Budget(10e6, lambda: self.now)

    def come(self, first: int, last: int) -> list[Pictures]:
        return [self.budget.admit(("x", f"viewer{n}"), RATES) for n in range(first, last)]


def test_newcomers_get_less_when_the_line_fills_and_nobody_loses_what_they_have() -> None:
    line = Line()
    assert line.come(0, 9) == [Pictures.FULL] * 9
    assert line.come(9, 10) == [Pictures.LOW]
    assert line.come(0, 9) == [Pictures.FULL] * 9, "who is there keeps it"
    assert line.come(10, 60)[-1] is Pictures.SOUND
    line.now += 60
    assert line.come(60, 61) == [Pictures.FULL], "who is silent has gone"


def test_who_only_looks_is_counted_for_ten_seconds_and_keeps_what_was_given() -> None:
    line = Line()
    line.come(0, 9)
    line.budget.heard(("x", "viewer0"), 1e6)
    line.now += 11
    assert line.budget.estimated == 1e6, "one watches, eight have only looked"
    line.budget.sent(int(9e6 / 8 * 10))
    assert line.come(8, 10) == [Pictures.FULL, Pictures.LOW]


def test_processes_of_one_machine_share_its_line(tmp_path: Path) -> None:
    assert exchange(tmp_path, "one", 4e6) == 0
    assert exchange(tmp_path, "two", 3e6) == 4e6
    line = Line()
    line.budget.others = exchange(tmp_path, "one", 4e6)
    line.come(0, 5)
    assert line.budget.load == 0.8, "five here and three there, of ten"
    assert line.come(5, 7) == [Pictures.FULL, Pictures.LOW]
    leave(tmp_path, "two")
    assert exchange(tmp_path, "one", 4e6) == 0


def test_what_a_process_last_said_before_it_died_is_forgotten(tmp_path: Path) -> None:
    exchange(tmp_path, "one", 4e6)
    [said] = (tmp_path / ".line").glob("*.json")
    said.write_text(json.dumps({"at": time.time() - 6, "bits": 4e6}))
    assert exchange(tmp_path, "two", 0) == 0
    said.write_text("torn")
    assert exchange(tmp_path, "two", 0) == 0


def test_there_must_be_clearly_more_room_before_newcomers_get_more() -> None:
    line = Line()
    line.come(0, 9)
    assert line.budget.look() is Pictures.LOW
    line.budget.heard(("x", "viewer0"), 32_000.0)
    assert line.budget.look() is Pictures.LOW, "80 % is not below 70 %"
    line.budget.heard(("x", "viewer1"), 32_000.0)
    line.budget.heard(("x", "viewer2"), 32_000.0)
    assert line.budget.look() is Pictures.FULL


def test_bytes_that_are_sent_count_without_any_session() -> None:
    line = Line()
    line.budget.sent(int(9e6 / 8 * 10))
    assert line.budget.admit(None, RATES) is Pictures.LOW
    line.now += 11
    assert line.budget.admit(None, RATES) is Pictures.FULL


def test_without_a_limit_nothing_is_kept() -> None:
    budget = Budget(0.0)
    budget.sent(10**9)
    assert budget.admit(("x", "somebody"), RATES) is Pictures.FULL
    assert budget.viewers == 0
