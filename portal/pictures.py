"""Pictures drawn by the house: the mark, its icons, and the card beside a shared link.

The mark is the crown of a tree with people under it, on a grid of 64; `parts/mark.svg` draws the
same shapes.
"""

import contextlib
import io
from typing import IO

from PIL import Image, ImageDraw

from communes.colour import header
from communes.pictures import BadPicture, opened, upright
from portal.demo import lettering

#: Circles of the crown, then of the people: centre x, centre y, radius.
CROWN = ((32, 19, 15), (18, 25, 12), (46, 25, 12), (11, 33, 8), (53, 33, 8))
PEOPLE = ((13, 54, 5), (51, 54, 5))
LEAVES = (11, 25, 53, 41)
TRUNK = ((29, 41), (35, 41), (35.6, 50), (40, 60), (24, 60), (28.4, 50))

LEAF, PAPER, INK, LATERITE = "#14532d", "#fbf8f1", "#1b1a17", "#8f2a13"
CARD = (1200, 630)
#: Drawn so many times too large, then reduced, for smooth edges.
OVERSAMPLING = 4


def _mark(size: int, ink: str, background: str | None) -> Image.Image:
    """The mark, `size` pixels square, on `background` or on nothing."""
    big = size * OVERSAMPLING
    scale = big / 64
    image = Image.new("RGBA", (big, big), background or (0, 0, 0, 0))
    draw = ImageDraw.Draw(image)
    for x, y, radius in (*CROWN, *PEOPLE):
        near = (scale * (x - radius), scale * (y - radius))
        far = (scale * (x + radius), scale * (y + radius))
        draw.ellipse((near, far), ink)
    left, top, right, bottom = (scale * edge for edge in LEAVES)
    draw.rectangle((left, top, right, bottom), ink)
    draw.polygon([(scale * x, scale * y) for x, y in TRUNK], ink)
    return image.resize((size, size), Image.Resampling.BOX)


def icon(size: int) -> bytes:
    """A PNG for home screens: the mark on a full field, inside the safe zone of masks."""
    field = Image.new("RGBA", (size, size), LEAF)
    mark = _mark(size * 5 // 8, PAPER, None)
    edge = (size - mark.width) // 2
    field.alpha_composite(mark, (edge, edge))
    return _png(field)


def favicon() -> bytes:
    """An ICO for programs that ask for no other."""
    out = io.BytesIO()
    _mark(48, LEAF, None).save(out, "ICO", sizes=[(16, 16), (32, 32), (48, 48)])
    return out.getvalue()


def _png(image: Image.Image) -> bytes:
    out = io.BytesIO()
    image.convert("RGB").quantize(96).save(out, "PNG", optimize=True)
    return out.getvalue()


def _canopy(draw: ImageDraw.ImageDraw, bottom: int, colour: str) -> None:
    """A field down to `bottom` with the scalloped edge of leaves that pages have."""
    draw.rectangle((0, 0, CARD[0], bottom), colour)
    x = -20
    for radius in (58, 44, 66, 50, 62, 46, 58, 52, 66, 44, 60, 50, 64):
        draw.ellipse((x, bottom - radius, x + 2 * radius, bottom + radius // 2), colour)
        x += round(1.7 * radius)


def _lines(text: str, size: int, room: int, most: int) -> list[str]:
    """At most `most` lines of `room` pixels; what does not fit ends in dots."""
    lines = lettering.wrap(text, size, room)
    if len(lines) > most:
        lines = [*lines[: most - 1], f"{lines[most - 1].rstrip(' ,.;:')}..."]
    return lines


def announcement(
    *, commune: str, colour: str, kind: str, title: str, when: str, arms: IO[bytes] | None = None
) -> bytes:
    """The card of a sitting, 1200 × 630, PNG. Without `arms` it has our mark."""
    shade = header(colour)
    image = Image.new("RGB", CARD, PAPER)
    draw = ImageDraw.Draw(image)
    _canopy(draw, 150, shade.background)
    emblem = _mark(96, shade.ink, None)
    if arms is not None:
        # An upload may be no picture any more.
        with contextlib.suppress(BadPicture), opened(arms.read()) as kept:
            emblem = upright(kept, 108).convert("RGBA")
    image.paste(emblem, (122 - emblem.width // 2, 82 - emblem.height // 2), emblem)
    lettering.write(image, (196, 102), commune, 60, shade.ink, bold=True)
    lettering.write(image, (72, 272), kind, 34, LATERITE)
    y = 352
    for line in _lines(title, 66, CARD[0] - 144, 3):
        lettering.write(image, (72, y), line, 66, INK, bold=True)
        y += 82
    lettering.write(image, (72, 590), when, 38, LEAF, bold=True)
    return _png(image)


def welcome(motto: str) -> bytes:
    """The card of every other page, 1200 × 630, PNG."""
    image = Image.new("RGB", CARD, PAPER)
    draw = ImageDraw.Draw(image)
    _canopy(draw, 340, LEAF)
    mark = _mark(220, PAPER, None)
    image.paste(mark, (72, 84), mark)
    lettering.write(image, (330, 246), "Palabre", 150, PAPER, bold=True)
    y = 490
    for line in _lines(motto, 54, CARD[0] - 144, 2):
        lettering.write(image, (72, y), line, 54, INK)
        y += 70
    return _png(image)
