"""Pictures of the demonstration's concerns, drawn on the machine: nobody's street."""

import io
import random
from collections.abc import Callable

from PIL import Image, ImageDraw, ImageFilter

SIZE = (1280, 960)
SKY, DUST, LATERITE, ASPHALT = "#cfe0ea", "#d9b48a", "#b8693f", "#5d5a57"
WATER, LEAF, CONCRETE = "#7d8f8a", "#4d7a4a", "#c9c2b5"

Draw = ImageDraw.ImageDraw


def _ground(draw: Draw, chance: random.Random, colour: str, top: int) -> None:
    draw.rectangle((0, top, *SIZE), colour)
    for _ in range(900):
        x, y = chance.randrange(SIZE[0]), chance.randrange(top, SIZE[1])
        radius = 1 + (y - top) // 160
        draw.ellipse(
            (x - radius, y - radius, x + radius, y + radius), chance.choice((DUST, "#a3825f"))
        )


def _houses(draw: Draw, chance: random.Random, ground: int) -> None:
    x = -40
    while x < SIZE[0]:
        width, height = chance.randrange(150, 280), chance.randrange(120, 230)
        wall = chance.choice(("#e3d5bd", "#d7b58e", "#c8cfc4", "#e8e0d2"))
        draw.rectangle((x, ground - height, x + width, ground), wall)
        roof = [(x - 14, ground - height), (x + width + 14, ground - height),
                (x + width - 20, ground - height - 46), (x + 20, ground - height - 46)]  # fmt: skip
        draw.polygon(roof, chance.choice(("#8b5a44", "#7c7f80", "#94502f")))
        draw.rectangle((x + 30, ground - 90, x + 74, ground), "#5a4636")
        x += width + chance.randrange(10, 70)


def _road(draw: Draw, chance: random.Random) -> None:
    """A laterite street with puddles in its holes."""
    _houses(draw, chance, 430)
    _ground(draw, chance, LATERITE, 430)
    draw.polygon([(520, 430), (720, 430), (1180, 960), (60, 960)], "#a85f38")
    for x, y, size in ((600, 520, 46), (690, 600, 74), (520, 690, 100), (760, 800, 150)):
        draw.ellipse((x - size, y - size // 3, x + size, y + size // 3), "#7a4426")
        draw.ellipse((x - size + 12, y - size // 4, x + size - 12, y + size // 4), WATER)


def _waste(draw: Draw, chance: random.Random) -> None:
    """A heap that nobody has fetched."""
    _houses(draw, chance, 400)
    _ground(draw, chance, DUST, 400)
    for _ in range(320):
        x = int(chance.gauss(640, 210))
        y = 860 - int(max(0, 300 - abs(x - 640) * 0.75) * chance.random())
        size = chance.randrange(18, 56)
        colour = chance.choice(("#2f3a44", "#d8d8d2", "#5a7fa0", "#b04a3a", "#3d5b41", "#caa94a"))
        draw.ellipse((x - size, y - size // 2, x + size, y + size // 2), colour)


def _tap(draw: Draw, chance: random.Random) -> None:
    """A public tap without water, with the basins that wait."""
    _houses(draw, chance, 470)
    _ground(draw, chance, DUST, 470)
    draw.rectangle((560, 380, 720, 800), CONCRETE)
    draw.rectangle((600, 470, 860, 500), "#6d757a")
    draw.rectangle((835, 495, 865, 560), "#6d757a")
    for n, colour in enumerate(("#3c6ea5", "#b7472a", "#d8b13c", "#4a7d52", "#3c6ea5")):
        x, y = 260 + 190 * n, 830 + (n % 2) * 40
        draw.ellipse((x - 80, y - 30, x + 80, y + 30), colour)
        draw.ellipse((x - 62, y - 20, x + 62, y + 18), "#3b352d")


def _lamp(draw: Draw, chance: random.Random) -> None:
    """An evening street whose lamp is dark."""
    draw.rectangle((0, 0, *SIZE), "#27303f")
    _houses(draw, chance, 560)
    draw.rectangle((0, 560, *SIZE), "#3a322b")
    draw.rectangle((630, 150, 650, 760), "#8a8d90")
    draw.rectangle((560, 140, 660, 160), "#8a8d90")
    draw.ellipse((536, 150, 596, 190), "#4a4e55")


def _market(draw: Draw, chance: random.Random) -> None:
    """Stalls under torn roofs."""
    _ground(draw, chance, DUST, 380)
    for n in range(5):
        x = 40 + 250 * n
        draw.rectangle((x, 330, x + 10, 640), "#6b4a30")
        draw.rectangle((x + 190, 330, x + 200, 640), "#6b4a30")
        draw.polygon([(x - 20, 340), (x + 220, 300), (x + 220, 330), (x - 20, 380)],
                     chance.choice(("#9a9c98", "#7f8583", "#a98f6b")))  # fmt: skip
        draw.rectangle((x + 6, 560, x + 196, 600), "#94683f")
        for k in range(9):
            colour = chance.choice(("#c9452e", "#d9a23b", LEAF, "#e0cda0"))
            draw.ellipse((x + 12 + 20 * k, 534, x + 38 + 20 * k, 562), colour)


def _hall(draw: Draw, chance: random.Random) -> None:
    """A full hall seen from behind, and who presents before a chart."""
    draw.rectangle((0, 0, *SIZE), "#d8c7a6")
    draw.rectangle((0, 600, *SIZE), "#8d6f50")
    draw.rectangle((330, 90, 950, 440), "#f6f3ea")
    for n, (height, colour) in enumerate(
        ((210, LEAF), (150, "#caa94a"), (260, LEAF), (110, "#b8693f"))
    ):
        left = 400 + 130 * n
        draw.rectangle((left, 410 - height, left + 80, 410), colour)
    draw.rectangle((1000, 430, 1120, 640), "#6b4a30")
    draw.ellipse((1030, 300, 1096, 372), "#4a3325")
    draw.polygon([(1000, 440), (1126, 440), (1100, 372), (1026, 372)], "#3c6ea5")
    for row in range(4):
        top, size = 560 + 105 * row, 34 + 9 * row
        for n in range(-1, 14 - row):
            x = n * (size * 3) + chance.randrange(-8, 8) + (row % 2) * size
            shirt = chance.choice(("#3c6ea5", "#b7472a", "#d8b13c", LEAF, "#e8e0d2", "#7a4a72"))
            draw.ellipse((x - size, top + size, x + size, top + 4 * size), shirt)
            draw.ellipse((x - size // 2, top, x + size // 2, top + size + size // 3), "#3b2a20")


SCENES: dict[str, Callable[[Draw, random.Random], None]] = {
    "road": _road,
    "waste": _waste,
    "tap": _tap,
    "lamp": _lamp,
    "market": _market,
    "hall": _hall,
}


def draw_snapshot(scene: str, seed: int) -> bytes:
    """A JPEG of 1280 × 960 pixels; raises `KeyError` for an unknown scene."""
    image = Image.new("RGB", SIZE, SKY)
    SCENES[scene](ImageDraw.Draw(image), random.Random(seed))  # noqa: S311 - a drawing
    out = io.BytesIO()
    image.filter(ImageFilter.GaussianBlur(1.6)).save(out, "JPEG", quality=88)
    return out.getvalue()
