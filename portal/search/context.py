"""The hit in its sentence."""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass

from .stems import tokens

LENGTH = 240


@dataclass(frozen=True)
class Piece:
    """A part of an excerpt; `hit`: it is one of the words looked for."""

    text: str
    hit: bool


def excerpt(text: str, wanted: Collection[str], length: int = LENGTH) -> list[Piece]:
    """The stretch of about `length` characters with the most of the wanted stems."""
    hits = [(start, end, stem) for start, end, stem in tokens(text) if stem in wanted]
    first, last = _densest(hits, length)
    begin, finish = _edges(text, hits, first, last, length)
    pieces: list[Piece] = []
    place = begin
    for start, end, _ in hits[first:last]:
        pieces += [Piece(text[place:start], False), Piece(text[start:end], True)]
        place = end
    pieces.append(Piece(text[place:finish], False))
    if begin > 0:
        pieces.insert(0, Piece("… ", False))
    if finish < len(text):
        pieces.append(Piece(" …", False))
    return [piece for piece in pieces if piece.text]


def _densest(hits: list[tuple[int, int, str]], length: int) -> tuple[int, int]:
    """Which hits to show: those of the window with the most different ones."""
    best, best_value = (0, 0), 0
    inside: Counter[str] = Counter()
    first = 0
    for last, (_, end, stem) in enumerate(hits):
        inside[stem] += 1
        while end - hits[first][0] > length:
            inside[hits[first][2]] -= 1
            inside += Counter()
            first += 1
        if len(inside) > best_value:
            best, best_value = (first, last + 1), len(inside)
    first, last = best
    # The same words again close by are hits too.
    while last < len(hits) and hits[last][1] - hits[first][0] <= length:
        last += 1
    return first, last


def _edges(
    text: str, hits: list[tuple[int, int, str]], first: int, last: int, length: int
) -> tuple[int, int]:
    """Where the excerpt begins and ends: between words, the hits in its middle."""
    if first == last:
        begin, finish = 0, length
    else:
        spare = max(0, length - (hits[last - 1][1] - hits[first][0])) // 2
        begin, finish = hits[first][0] - spare, hits[last - 1][1] + spare
    begin, finish = max(0, begin), min(len(text), finish)
    while 0 < begin < len(text) and not text[begin - 1].isspace():
        begin -= 1
    while finish < len(text) and not text[finish].isspace():
        finish += 1
    return begin, finish
