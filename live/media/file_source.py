"""A file as a live source: its packets, paced, again and again, never decoded.

For the demonstration and for tests. H.264 without B-frames and Opus, in MPEG-TS or Matroska,
with parameter sets repeated in front of keyframes. (aiortc's own player, looping without
decoding, starts its timestamps over at each turn and then sends as fast as it can.)
"""

import asyncio
import time
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
from aiortc.mediastreams import MediaStreamError, MediaStreamTrack

_RATES = {"video": 90_000, "audio": 48_000}
_CODECS = {"h264": "video", "opus": "audio"}


@dataclass(frozen=True)
class _Entry:
    #: Seconds since the start of the file.
    at: float
    data: bytes


class _Pace:
    """The common start of a source's tracks."""

    def __init__(self) -> None:
        self._start: float | None = None

    async def wait(self, at: float) -> None:
        now = time.monotonic()
        if self._start is None:
            self._start = now
        delay = self._start + at - now
        if delay < -2:
            # We were held up (or suspended): go on from here instead of catching up in a burst.
            self._start = now - at
        elif delay > 0:
            await asyncio.sleep(delay)


class PacketTrack(MediaStreamTrack):
    """One track of a `FileSource`."""

    def __init__(self, kind: str, entries: list[_Entry], length: float, pace: _Pace) -> None:
        super().__init__()
        self.kind = kind
        self._entries = entries
        self._length = length
        self._pace = pace
        self._index = 0

    async def recv(self) -> Any:  # an av.Packet, which aiortc sends as it is
        """The next packet, at its time."""
        if self.readyState != "live":
            raise MediaStreamError
        turn, index = divmod(self._index, len(self._entries))
        self._index += 1
        entry = self._entries[index]
        at = turn * self._length + entry.at
        await self._pace.wait(at)
        packet: Any = av.Packet(entry.data)
        packet.time_base = Fraction(1, _RATES[self.kind])
        packet.pts = round(at * _RATES[self.kind])
        return packet


class FileSource:
    """The packets of a file, in memory. Raises `ValueError` where it has neither H.264 nor Opus."""

    def __init__(self, path: Path) -> None:
        self._entries: dict[str, list[_Entry]] = {}
        self.length = 0.0
        with av.open(str(path)) as container:
            streams = [
                s for s in container.streams if getattr(s.codec_context, "name", "") in _CODECS
            ]
            if not streams:
                raise ValueError(f"{path} has neither H.264 nor Opus")
            for packet in container.demux(streams):
                if packet.pts is None or packet.time_base is None or not packet.size:
                    continue
                kind = str(packet.stream.type)
                at = float(packet.pts * packet.time_base)
                self._entries.setdefault(kind, []).append(_Entry(at, bytes(packet)))
        first = min(entries[0].at for entries in self._entries.values())
        for kind, entries in self._entries.items():
            moved = [_Entry(e.at - first, e.data) for e in entries]
            self._entries[kind] = moved
            step = (moved[-1].at - moved[0].at) / max(1, len(moved) - 1)
            self.length = max(self.length, moved[-1].at + step)

    def tracks(self) -> list[MediaStreamTrack]:
        """Fresh tracks from the beginning, in step with each other."""
        pace = _Pace()
        return [
            PacketTrack(kind, entries, self.length, pace) for kind, entries in self._entries.items()
        ]
