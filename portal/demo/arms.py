"""Arms for the demonstration's communes: simple shields, plainly not the real ones."""

import io
from collections.abc import Callable

from PIL import Image, ImageDraw

_SIZE = 256
_SCALE = 4
GOLD, CREAM = "#e3b23c", "#fbf8f1"

Points = list[tuple[float, float]]


def _shield(draw: ImageDraw.ImageDraw, colour: str) -> None:
    """A shield that fills a square of 24 units."""

    def points(inset: float) -> Points:
        left, right, top = 3 + inset, 21 - inset, 1.5 + inset
        side = [(right, 12.0), (19.6 - inset * 0.8, 16.0), (16.6 - inset * 0.5, 19.4)]
        other = [(24 - x, y) for x, y in reversed(side)]
        return [(left, top), (right, top), *side, (12.0, 22.5 - inset), *other]

    for inset, fill in ((0.0, GOLD), (0.6, colour)):
        draw.polygon([(x * _UNIT, y * _UNIT) for x, y in points(inset)], fill=fill)


_UNIT = _SIZE * _SCALE / 24


def _box(x0: float, y0: float, x1: float, y1: float) -> tuple[float, float, float, float]:
    return x0 * _UNIT, y0 * _UNIT, x1 * _UNIT, y1 * _UNIT


def _lagoon(draw: ImageDraw.ImageDraw) -> None:
    """A sun above three waves."""
    draw.ellipse(_box(9, 4, 15, 10), fill=GOLD)
    for row in range(3):
        for column in range(3):
            x, y = 5.6 + 4.3 * column, 11.4 + 2.4 * row
            if row < 2 or column == 1:
                draw.arc(_box(x, y, x + 4.3, y + 3), 180, 360, CREAM, round(0.55 * _UNIT))


def _book(draw: ImageDraw.ImageDraw) -> None:
    """A tree above an open book."""
    for cx, cy, r in ((12, 6, 2.7), (9.6, 8, 2.2), (14.4, 8, 2.2)):
        draw.ellipse(_box(cx - r, cy - r, cx + r, cy + r), fill=GOLD)
    draw.rectangle(_box(11.5, 8, 12.5, 13.4), fill=GOLD)
    for side in (-1, 1):
        page = [(12, 13.8), (12 + 5 * side, 12.8), (12 + 4.6 * side, 17), (12, 18.4)]
        draw.polygon([(x * _UNIT, y * _UNIT) for x, y in page], fill=CREAM)
    draw.line(_box(12, 13.8, 12, 18.4), fill=GOLD, width=round(0.4 * _UNIT))


def _palm(draw: ImageDraw.ImageDraw) -> None:
    """An oil palm."""
    draw.polygon(
        [(x * _UNIT, y * _UNIT) for x, y in ((11.6, 9), (12.4, 9), (12.9, 19), (11.1, 19))],
        fill=GOLD,
    )
    for dx, dy in ((-6, 1.6), (-5, -2.4), (-2, -4.6), (2, -4.6), (5, -2.4), (6, 1.6)):
        tip = (12 + dx * 0.95, 8.6 + dy * 0.85)
        middle = (12 + dx * 0.5, 8.6 + dy * 0.5 - 1.3)
        under = (12 + dx * 0.45, 8.6 + dy * 0.5 + 0.3)
        leaf = [(12, 9), middle, tip, under]
        draw.polygon([(x * _UNIT, y * _UNIT) for x, y in leaf], fill=CREAM)
    for x in (10.7, 12, 13.3):
        draw.ellipse(_box(x - 0.75, 8.6, x + 0.75, 10.1), fill=GOLD)


CHARGES: dict[str, Callable[[ImageDraw.ImageDraw], None]] = {
    "lagoon": _lagoon,
    "book": _book,
    "palm": _palm,
}


def draw_arms(charge: str, colour: str) -> bytes:
    """A PNG of 256 x 256 pixels with a transparent ground; raises `KeyError` without a charge."""
    image = Image.new("RGBA", (_SIZE * _SCALE, _SIZE * _SCALE), (0, 0, 0, 0))
    draw = ImageDraw.Draw(image)
    _shield(draw, colour)
    CHARGES[charge](draw)
    out = io.BytesIO()
    image.resize((_SIZE, _SIZE), Image.Resampling.LANCZOS).save(out, "PNG", optimize=True)
    return out.getvalue()
