"""Packets that are lost, and asked for again: the buffer alone, and a whole sitting."""

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

    def on_packet(self, kind: str, size: int) -> None: ...
    def on_video(self, timestamp: int, annex_b: bytes) -> None:
        self.pictures.append(timestamp)

    def on_audio(self, timestamp: int, payload: bytes) -> None: ...
    def on_report(self, kind: str, ntp: int, timestamp: int) -> None: ...
    def on_loss(self) -> None:
        self.losses += 1


class Line:
    """Pictures of two packets, 25 a second, by a clock of our own."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = 1000.0
        monkeypatch.setattr(time, "monotonic", lambda: self.now)
        self.heard = Heard()
        self.buffer = aiortc_hooks._VideoBuffer(self.heard)
        self.asked: list[list[int]] = []
        self.buffer.ask_again = self.asked.append

    def send(self, number: int) -> None:
        """`number` counts on beyond 16 bits."""
        packet = RtpPacket(sequence_number=number % 65536, timestamp=number // 2 * 3600)
        packet.payload = packet._data = b"x"  # type: ignore[attr-defined]
        self.buffer.add(packet)

    def play(self, first: int, last: int, *, without: range = range(0)) -> None:
        for number in range(first, last):
            self.now = 1000.0 + number / 50
            if number not in without:
                self.send(number)


def test_what_is_lost_is_asked_for_again_until_it_comes(monkeypatch: pytest.MonkeyPatch) -> None:
    line = Line(monkeypatch)
    line.play(65_500, 65_580, without=range(65_534, 65_538))
    # For 0.8 s after the gap: asked about every 0.2 s for all of it, though nothing more was lost.
    assert line.asked == [[65_534, 65_535, 0, 1]] * 3
    assert line.heard.pictures[-1] == 65_530 // 2 * 3600
    for number in range(65_534, 65_538):
        line.send(number)
    # All at once: not one picture for each new packet, which would stay late for ever.
    assert line.heard.pictures[-1] == 65_576 // 2 * 3600
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
