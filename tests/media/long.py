"""A long sitting by a clock of our own: what a publisher sends, through `Ingest`, to files."""

import asyncio
import random
import tempfile
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path

from live.media.disk import DiskWriter
from live.media.file_source import FileSource, PacketTrack
from live.media.ingest import Ingest
from live.media.shelf import Shelf

from .harness import heard_claps, seen_claps

BEGAN = 1_700_000_000.0
_NTP = 1 << 32
#: Real sound cards and cameras: their clocks are off by so much, one against the other.
SOUND_FAST, PICTURE_SLOW = 60e-6, 40e-6


def _packets(film: FileSource, kind: str) -> Iterator[tuple[float, bytes]]:
    """Endlessly: captured at, data."""
    (track,) = (t for t in film.tracks() if t.kind == kind)
    assert isinstance(track, PacketTrack)
    turn = 0
    while True:
        for entry in track._entries:
            yield turn * track._length + entry.at, entry.data
        turn += 1


class LongSitting:
    """Sends a film again and again to an `Ingest`, with jitter and clocks that drift apart."""

    def __init__(self, folder: Path, disk: DiskWriter, film: FileSource) -> None:
        self.shelf = Shelf(folder, disk, durable=True)
        self.dice = random.Random(5)
        self.ingest = Ingest(has_video=True, has_audio=True, ask_keyframe=lambda: None, now=BEGAN)
        self.ingest.direct(self.shelf, BEGAN)
        self.film = film
        self.settles = 0

    async def play(self, seconds: float, each: Callable[[float], None], every: float) -> None:
        """`each(at)` is called every so many seconds of the sitting."""
        rates = {"video": 90_000 * (1 - PICTURE_SLOW), "audio": 48_000 * (1 + SOUND_FAST)}
        bases = {"video": 4_000_000_000, "audio": 77_000}
        streams = {kind: _packets(self.film, kind) for kind in rates}
        coming = {kind: next(stream) for kind, stream in streams.items()}
        ticked = reported = settled = told = 0.0
        while True:
            kind = min(coming, key=lambda k: coming[k][0])
            at, data = coming[kind]
            if at > seconds:
                break
            coming[kind] = next(streams[kind])
            now = BEGAN + at + 0.04 + self.dice.random() * 0.015
            stamp = (bases[kind] + round(at * rates[kind])) % _NTP
            if kind == "video":
                self.ingest.on_video(stamp, data, now)
            else:
                self.ingest.on_audio(stamp, data, now)
            if at - reported >= 1:
                reported = at
                for each_kind, rate in rates.items():
                    # Sender reports are noisy by some milliseconds.
                    noise = self.dice.gauss(0, 0.003)
                    ntp = int((BEGAN + at + noise) * _NTP)
                    stamp = (bases[each_kind] + round(at * rate)) % _NTP
                    self.ingest.on_report(each_kind, ntp, stamp)
            if at - ticked >= 0.1:
                ticked = at
                self.ingest.tick(now)
            if at - settled >= 2:
                settled = at
                await self.settle()
            if at - told >= every:
                told = at
                each(at)
        self.ingest.direct(None, BEGAN + seconds)
        await self.settle()

    async def settle(self) -> None:
        done = asyncio.Event()
        self.shelf.when_settled(done.set)
        await asyncio.wait_for(done.wait(), 60)


def lips(folder: Path, shelf: Shelf, first: int, last: int) -> list[float]:
    """How much later than its flash each beep comes, in these segments of the files."""
    seen, heard = (
        _times(folder, shelf, r, first, last, find)
        for r, find in (("v", seen_claps), ("a", heard_claps))
    )
    assert all(0.9 < b - a < 1.1 for a, b in pairwise(seen)), seen
    return [min((h - s for h in heard), key=abs) for s in seen[1:-1]]


def _times(
    folder: Path,
    shelf: Shelf,
    rendition: str,
    first: int,
    last: int,
    find: Callable[[str], list[float]],
) -> list[float]:
    track = shelf.catalogue.video if rendition == "v" else shelf.catalogue.audio
    chosen = track.segments[first:last]
    data = (folder / f"{rendition}i{chosen[0].init}.mp4").read_bytes()
    for segment in chosen:
        data += (folder / f"{rendition}{segment.seq}.m4s").read_bytes()
    with tempfile.NamedTemporaryFile(suffix=".mp4") as file:
        file.write(data)
        file.flush()
        return [chosen[0].start + at for at in find(file.name)]
