"""What media knows of the smaller pictures: their books, read again when somebody asks."""

import asyncio
import time
from collections import OrderedDict
from dataclasses import dataclass, field
from pathlib import Path

from ..catalogue import Catalogue
from .book import BOOK_NAME, Book
from .rungs import RUNGS, Rung

#: A rung further behind the source than this is not being made.
BEHIND_S = 10.0
_FRESH_S = 0.25
#: Recordings whose books are kept in memory.
_KEPT = 64


@dataclass
class Shown:
    """The books of one recording."""

    books: dict[Rung, Book] = field(default_factory=lambda: {rung: Book() for rung in RUNGS})
    looked: float = float("-inf")

    def read(self, folder: Path) -> None:
        for rung, book in self.books.items():
            path = folder / rung.name / BOOK_NAME
            try:
                cut = path.stat().st_size < book.read
            except OSError:
                continue
            if cut:
                book = self.books[rung] = Book()
            book.follow(path)

    def listed(self, catalogue: Catalogue, *, ended: bool) -> dict[Rung, Book]:
        """What a multivariant playlist may name: made now, or for a replay wholly there."""
        there = complete if ended else playable
        return {r: book for r, book in self.books.items() if there(catalogue, book)}


def playable(catalogue: Catalogue, book: Book) -> bool:
    """Whether the rung's own playlist is there: something is made, and it is not far behind."""
    segments = catalogue.video.segments
    if not segments or not book.inits:
        return False
    if complete(catalogue, book):
        return True
    if book.shed or not any(book.shows(s) for s in segments[-8:]):
        return False
    reached = book.reached()
    waiting = [s for s in segments if s.seq > reached]
    return not waiting or segments[-1].end - waiting[0].start <= BEHIND_S


def complete(catalogue: Catalogue, book: Book) -> bool:
    """Whether the rung has all of a recording that is over."""
    segments = catalogue.video.segments
    return (
        bool(segments)
        and book.complete >= segments[-1].seq
        and all(book.shows(s) is not None for s in segments)
    )


def has_file(catalogue: Catalogue, book: Book, name: str) -> bool:
    """Whether a rung's file is whole, and its source still listed."""
    if name[1] == "i":
        return int(name[2:-4]) in book.inits
    seq = int(name[1:-4])
    return any(s.seq == seq and book.shows(s) is not None for s in catalogue.video.segments)


class RungWatch:
    """Books by the folder of the recording, the latest used last."""

    def __init__(self) -> None:
        self._shown: OrderedDict[Path, Shown] = OrderedDict()
        self._reading: dict[Path, asyncio.Task[None]] = {}

    async def look(self, folder: Path) -> Shown:
        """The books, not older than a moment. They are read on another thread, once for all who
        ask: a slow disk must not hold up sound."""
        shown = self._shown.setdefault(folder, Shown())
        self._shown.move_to_end(folder)
        while len(self._shown) > _KEPT:
            self._shown.popitem(last=False)
        if time.monotonic() - shown.looked < _FRESH_S:
            return shown
        task = self._reading.get(folder)
        if task is None:
            task = asyncio.create_task(asyncio.to_thread(shown.read, folder))
            self._reading[folder] = task
            task.add_done_callback(lambda _: self._reading.pop(folder, None))
        await asyncio.shield(task)
        shown.looked = time.monotonic()
        return shown
