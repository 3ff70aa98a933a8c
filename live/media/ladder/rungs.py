"""Which smaller pictures there are, and how large each is for a given source."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Rung:
    """A smaller picture. `short`: its shorter side in pixels, so that turned phones count too."""

    name: str
    short: int
    #: What the picture may cost over a few seconds, bits per second.
    rate: int

    @property
    def playlist(self) -> str:
        """Its media playlist, beside the source's."""
        return f"{self.name}.m3u8"


#: The dearest first: the order in which they are shed, and made.
RUNGS = (Rung("480p", 480, 560_000), Rung("240p", 240, 150_000))
BY_NAME = {rung.name: rung for rung in RUNGS}


def _even(value: float) -> int:
    return max(2, round(value / 2) * 2)


def worth_it(rung: Rung, width: int, height: int) -> bool:
    """Whether the rung is smaller than the source; nothing is made of a source that is not."""
    return min(width, height) > rung.short


def size_of(rung: Rung, width: int, height: int) -> tuple[int, int]:
    """The rung's picture for this source: same aspect, even sides, never larger than the source.

    A recording that has had a large picture goes on being made when the picture becomes small.
    """
    factor = min(1.0, rung.short / min(width, height))
    if factor == 1.0:
        return width - width % 2, height - height % 2
    return _even(width * factor), _even(height * factor)
