"""The slides of the demonstration: 640 x 360, in the colours of the pages.

A slide is drawn once (`Slide.draw`); on each frame only the clock, the level of the voice and the
line of progress are drawn anew (`Overlay`).
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from PIL import Image, ImageDraw

from .lettering import wrap, write
from .look import draw_tree, palette

WIDTH, HEIGHT = 640, 360
_MARGIN = 28
_HEADER = 40
_FOOTER = 76
#: Bars of the level meter.
LEVELS = 12


@dataclass(frozen=True)
class Slide:
    """A heading, and below it a line of explanation and at most four points."""

    heading: str
    line: str = ""
    points: Sequence[str] = ()
    #: The point that is being spoken of, from 0.
    current: int | None = None

    def draw(self, commune: str) -> Image.Image:
        """The slide with its frame, as an RGB image."""
        image = _frame(commune)
        y = _HEADER + 44
        for text in wrap(self.heading, 30, WIDTH - 2 * _MARGIN):
            write(image, (_MARGIN, y), text, 30, palette()["ink"], bold=True)
            y += 36
        for text in wrap(self.line, 18, WIDTH - 2 * _MARGIN) if self.line else ():
            write(image, (_MARGIN, y), text, 18, palette()["ink-soft"])
            y += 24
        self._body(image, y + 8)
        return image

    def _body(self, image: Image.Image, top: int) -> None:
        draw = ImageDraw.Draw(image)
        for number, point in enumerate(self.points):
            y = top + 34 * number
            here = number == self.current
            if here:
                draw.rounded_rectangle(
                    (_MARGIN - 8, y - 8, WIDTH - _MARGIN, y + 24), 6, fill=palette()["leaf-wash"]
                )
            ink = palette()["leaf" if here else "ink"]
            write(image, (_MARGIN, y + 15), f"{number + 1}", 20, palette()["leaf"], bold=True)
            write(image, (_MARGIN + 28, y + 15), point, 19, ink, bold=here)


@dataclass(frozen=True)
class Cover(Slide):
    """The first and last slide: a tree beside the heading."""

    def _body(self, image: Image.Image, top: int) -> None:
        size = HEIGHT - _FOOTER - top - 8
        draw_tree(ImageDraw.Draw(image), WIDTH - _MARGIN - size, top, size, palette()["leaf-wash"])


@dataclass(frozen=True)
class Bars(Slide):
    """Amounts side by side: (what, amount in millions of francs)."""

    bars: Sequence[tuple[str, int]] = field(default_factory=tuple)

    def _body(self, image: Image.Image, top: int) -> None:
        draw = ImageDraw.Draw(image)
        left, right = _MARGIN + 170, WIDTH - _MARGIN - 100
        most = max(amount for _, amount in self.bars)
        for number, (what, amount) in enumerate(self.bars):
            y = top + 31 * number
            write(image, (_MARGIN, y + 15), what, 17, palette()["ink"])
            end = left + (right - left) * amount // most
            draw.rectangle((left, y, end, y + 18), fill=palette()["leaf"])
            figure = f"{amount:,}".replace(",", " ")
            write(image, (end + 10, y + 15), f"{figure} M", 17, palette()["ink"], bold=True)


def _frame(commune: str) -> Image.Image:
    colours = palette()
    image = Image.new("RGB", (WIDTH, HEIGHT), colours["paper"])
    draw = ImageDraw.Draw(image)
    draw_tree(draw, _MARGIN, 12, 24, colours["leaf"])
    write(image, (_MARGIN + 34, 31), commune, 18, colours["leaf"], bold=True)
    draw.rounded_rectangle((WIDTH - 188, 10, WIDTH - _MARGIN, 36), 6, fill=colours["laterite"])
    write(image, (WIDTH - _MARGIN - 11, 29), "DÉMONSTRATION", 15, "#ffffff", bold=True, right=True)
    draw.line([0, _HEADER + 6, WIDTH, _HEADER + 6], fill=colours["hairline"])
    foot = HEIGHT - _FOOTER
    draw.rectangle((0, foot, WIDTH, HEIGHT), fill=colours["sunk"])
    draw.line([0, foot, WIDTH, foot], fill=colours["hairline"])
    write(image, (_MARGIN, foot + 30), "Voix, personnes et chiffres fictifs", 16, colours["ink"])
    return image


def _clock(seconds: int) -> str:
    return f"{seconds // 60:02d}:{seconds % 60:02d}"


@dataclass(frozen=True)
class Overlay:
    """What changes on a slide."""

    #: Whole seconds since the film began.
    elapsed: int
    #: Loudness of the voice, 0 to 1.
    level: float
    #: Part of the film that is over, 0 to 1.
    progress: float

    def draw(self, image: Image.Image) -> None:
        """Draw onto a copy of a slide."""
        colours = palette()
        draw = ImageDraw.Draw(image)
        foot = HEIGHT - _FOOTER
        write(
            image,
            (WIDTH - _MARGIN, foot + 57),
            _clock(self.elapsed),
            58,
            colours["laterite"],
            bold=True,
            right=True,
        )
        lit = round(self.level * LEVELS)
        for bar in range(LEVELS):
            x = _MARGIN + 11 * bar
            colour = colours["leaf"] if bar < lit else colours["hairline"]
            draw.rectangle((x, foot + 44, x + 7, foot + 60), fill=colour)
        draw.rectangle((0, HEIGHT - 4, round(WIDTH * self.progress), HEIGHT), fill=colours["leaf"])
