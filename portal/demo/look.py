"""The colours of the pages, read from `tokens.css`, so that what is drawn has the same look."""

import re
from functools import cache
from pathlib import Path

from PIL import ImageDraw

_TOKENS = Path(__file__).resolve().parents[2] / "frontend" / "static" / "css" / "tokens.css"
_PROPERTY = re.compile(r"--([a-z-]+):\s*(#[0-9a-f]{6})\s*;")


@cache
def palette() -> dict[str, str]:
    """Name of the token, without dashes before it -> `#rrggbb`, in the light theme."""
    light = _TOKENS.read_text().partition("[data-theme")[0]
    return dict(_PROPERTY.findall(light))


def draw_tree(draw: ImageDraw.ImageDraw, x: int, y: int, size: int, colour: str) -> None:
    """The mark: the crown of a tree on its trunk, in a square of `size` pixels at (x, y)."""
    s = size / 24
    for cx, cy, r in ((12, 7.5, 6), (6.5, 11.5, 5), (17.5, 11.5, 5), (12, 12.5, 5)):
        draw.ellipse(
            [x + (cx - r) * s, y + (cy - r) * s, x + (cx + r) * s, y + (cy + r) * s], fill=colour
        )
    draw.rectangle((x + 10.8 * s, y + 12 * s, x + 13.2 * s, y + 23 * s), fill=colour)
