"""Packets that are lost, and asked for again: the buffer alone, and a whole sitting."""

import random
import time

import pytest
from aiortc.rtp import RtpPacket

from live.media import aiortc_hooks
from live.media.file_source import FileSource
from tests.support.lossy import LossyLine

from .harness import Room
from .trouble import bad_network


class Heard:
    """A sink that notes what comes."""

    def __init__(self) -> None:
        self.pictures: list[int] = []
        self.losses = 0
        self.standstills = 0

    def on_packet(self, kind: str, size: int) -> None: ...
    def on_video(self, timestamp: int, annex_b: bytes) -> None:
        self.pictures.append(timestamp)

    def on_audio(self, timestamp: int, payload: bytes) -> None: ...
    def on_report(self, kind: str, ntp: int, timestamp: int) -> None: ...
    def on_loss(self) -> None:
        self.losses += 1

    def on_standstill(self) -> None:
        self.standstills += 1


class Line:
    """Pictures of two packets, 25 a second, by a clock of our own."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = 1000.0
        monkeypatch.setattr(time, "monotonic", lambda: self.now)
        self.heard = Heard()
        self.buffer = aiortc_hooks._VideoBuffer(self.heard)
        self.asked: list[list[int]] = []
        self.buffer.ask_again = self.asked.append

    def send(self, number: int, *, key: bool = False) -> None:
        """`number` counts on beyond 16 bits."""
        packet = RtpPacket(sequence_number=number % 65536, timestamp=number // 2 * 3600)
        packet.payload = packet._data = b"\0\0\0\1\x67" if key else b"x"  # type: ignore[attr-defined]
        self.buffer.add(packet)

    def play(self, first: int, last: int, *, without: range = range(0)) -> None:
        for number in range(first, last):
            self.now = 1000.0 + number / 50
            if number not in without:
                self.send(number)


def test_what_is_lost_is_asked_for_again_until_it_comes(monkeypatch: pytest.MonkeyPatch) -> None:
    line = Line(monkeypatch)
    line.play(65_500, 65_570, without=range(65_534, 65_538))
    # At once, and then about every 0.13 s, though nothing more was lost.
    assert line.asked == [[65_534, 65_535, 0, 1]] * 5
    assert line.heard.pictures[-1] == 65_530 // 2 * 3600
    for number in range(65_534, 65_538):
        line.send(number)
    # All at once: not one picture for each new packet, which would stay late for ever.
    assert line.heard.pictures[-1] == 65_566 // 2 * 3600
    assert line.heard.losses == 0


def test_what_never_comes_is_given_up_after_a_second(monkeypatch: pytest.MonkeyPatch) -> None:
    line = Line(monkeypatch)
    line.play(100, 200, without=range(120, 122))
    assert line.heard.losses > 0
    # Of fifty, those are lost that touch the gap: on either side, for where they end is unknown.
    assert 116 // 2 * 3600 in line.heard.pictures
    assert line.heard.pictures[-1] >= 196 // 2 * 3600
    assert len(line.heard.pictures) >= 46
    line.play(200, 240)
    assert line.heard.pictures[-1] >= 236 // 2 * 3600


def test_a_second_without_network_does_not_count_as_a_second_of_asking(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    line = Line(monkeypatch)
    # One is lost just before the cut, so that what was asked cannot be answered.
    line.play(100, 122, without=range(118, 119))
    line.play(172, 174)
    assert line.heard.losses == 0
    assert line.asked[-1] == [118, *range(122, 172)]
    for number in (118, *range(122, 172)):
        line.send(number)
    assert line.heard.losses == 0
    assert line.heard.pictures[-1] == 170 // 2 * 3600


def test_a_keyframe_is_asked_for_while_all_stands_and_gone_on_with_when_it_is_there(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    line = Line(monkeypatch)
    line.play(100, 162, without=range(120, 122))
    assert line.heard.standstills == 1 and line.heard.losses == 0
    line = Line(monkeypatch)
    line.play(100, 122)
    # A cut of a second, of which nothing is sent again.
    line.play(172, 180)
    assert line.heard.standstills == 1
    line.send(180, key=True)
    line.play(181, 192)
    assert line.heard.pictures[-1] == 188 // 2 * 3600
    assert 180 // 2 * 3600 in line.heard.pictures and 178 // 2 * 3600 not in line.heard.pictures


@pytest.mark.parametrize("loss", [0.05, 0.1])
def test_after_a_second_without_network_everything_is_back_before_it_would_be_held(
    monkeypatch: pytest.MonkeyPatch, loss: float
) -> None:
    """Fifty packets, of which each question and each answer may be lost too; 100 ms; by chance."""
    late = 0
    for seed in range(60):
        line = Line(monkeypatch)
        dice = random.Random(seed)
        answers: list[tuple[float, int]] = []

        def ask(numbers: list[int]) -> None:
            if dice.random() >= loss:  # noqa: B023
                kept = [n for n in numbers if dice.random() >= loss]  # noqa: B023
                answers.extend((line.now + 0.1, n) for n in kept)  # noqa: B023

        line.buffer.ask_again = ask
        for number in range(100, 260):
            line.now = 1000.0 + number / 50
            while answers and answers[0][0] <= line.now:
                line.send(answers.pop(0)[1])
            if not 130 <= number < 180 and dice.random() >= loss:
                line.send(number)
            # `take.py` holds the picture two seconds after the last one that was shown.
            if number == 130 + 95:
                late += line.heard.pictures[-1] < 180 // 2 * 3600
        assert len(line.heard.pictures) >= 60
    assert late == 0


async def test_a_sitting_through_a_line_that_loses_one_packet_in_twenty(
    room: Room, films: dict[str, FileSource]
) -> None:
    line = LossyLine(loss=0.05, round_trip_s=0.1, seed=3)
    became = await bad_network(room, films["film"], line, 8)
    assert 0.02 < became.lost < 0.1
    # Generous: `make soak` measures more closely.
    assert became.silent < became.lost + 0.05
    assert became.still_s < 1.0
    assert became.apart_s < 0.1
