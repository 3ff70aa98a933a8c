"""A film played in real time, for ever, without decoding it.

aiortc's own `MediaPlayer` starts its timestamps again at each turn, and then no longer keeps time;
a receiver sees the clock jump back. Here they go on: turn n is shifted by n lengths of the film.
The film is small (a megabyte) and held in memory.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
from aiortc.mediastreams import MediaStreamError, MediaStreamTrack
from av.packet import Packet

_CLOCK = 90000
_TIME_BASE = Fraction(1, _CLOCK)
#: Behind by more than this (machine asleep), playing goes on from now instead of catching up.
_LATE_S = 2.0


@dataclass(frozen=True)
class _Sample:
    """One encoded frame; `at` in ticks of 90 kHz since the film began."""

    at: int
    data: bytes


@dataclass(frozen=True)
class Reel:
    """A film read into memory. `length` in ticks of 90 kHz."""

    video: Sequence[_Sample]
    audio: Sequence[_Sample]
    length: int

    @classmethod
    def read(cls, path: Path) -> Reel:
        """Read a film made by `make_film`; raises `av.FFmpegError` or `ValueError`."""
        found: dict[str, list[_Sample]] = {"video": [], "audio": []}
        with av.open(str(path)) as container:
            for packet in container.demux():
                if packet.size and packet.pts is not None and packet.time_base is not None:
                    at = round(packet.pts * packet.time_base * _CLOCK)
                    found[packet.stream.type].append(_Sample(at, bytes(packet)))
        if not found["video"] or not found["audio"]:
            raise ValueError(f"{path.name}: a film needs picture and sound")
        video = _from_zero(found["video"])
        length = video[-1].at + video[-1].at // (len(video) - 1)
        # The encoder's own delay adds a last packet of sound beyond the picture.
        audio = [sample for sample in _from_zero(found["audio"]) if sample.at < length]
        return cls(video, audio, length)


def _from_zero(samples: list[_Sample]) -> list[_Sample]:
    first = samples[0].at
    return [_Sample(sample.at - first, sample.data) for sample in samples]


class _Clock:
    """One start for both tracks, moved when playing fell behind."""

    def __init__(self) -> None:
        self._start: float | None = None

    async def until(self, ticks: int) -> None:
        now = time.monotonic()
        at = ticks / _CLOCK
        if self._start is None or now - self._start - at > _LATE_S:
            self._start = now - at
        delay = self._start + at - now
        if delay > 0:
            await asyncio.sleep(delay)


class _FilmTrack(MediaStreamTrack):
    def __init__(
        self, kind: str, samples: Sequence[_Sample], length: int, clock: _Clock, turns: int | None
    ) -> None:
        super().__init__()
        self.kind = kind
        self._samples = samples
        self._length = length
        self._clock = clock
        self._turns = turns
        self._next = 0

    async def recv(self) -> Packet[Any]:
        """The next frame, when its time has come. Raises `MediaStreamError` at the end."""
        turn, index = divmod(self._next, len(self._samples))
        if self.readyState != "live" or turn == self._turns:
            self.stop()
            raise MediaStreamError
        self._next += 1
        sample = self._samples[index]
        ticks = turn * self._length + sample.at
        await self._clock.until(ticks)
        packet: Packet[Any] = Packet(sample.data)
        packet.pts = packet.dts = ticks
        packet.time_base = _TIME_BASE
        return packet


def tracks(reel: Reel, turns: int | None = None) -> tuple[MediaStreamTrack, MediaStreamTrack]:
    """Sound and picture of `reel`, played `turns` times, or for ever."""
    clock = _Clock()
    return (
        _FilmTrack("audio", reel.audio, reel.length, clock, turns),
        _FilmTrack("video", reel.video, reel.length, clock, turns),
    )
