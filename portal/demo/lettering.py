"""French lettering with the one scalable font that comes with Pillow.

That font (a subset of Aileron) has no accented letters. Rather than depend on what fonts a machine
happens to have, the marks are drawn: a letter is taken apart (Unicode NFD), its base comes from the
font and its mark is two or three strokes above it.
"""

import unicodedata
from functools import lru_cache

from PIL import Image, ImageDraw, ImageFont

Colour = str | tuple[int, int, int]

#: Characters the font lacks, and what is drawn instead.
_INSTEAD = str.maketrans({"\u00a0": " ", "\u202f": " ", "–": "-", "—": "-", "œ": "oe", "Œ": "OE"})
_ACUTE, _GRAVE, _CIRCUMFLEX, _DIAERESIS, _CEDILLA = "\u0301", "\u0300", "\u0302", "\u0308", "\u0327"
_MARKS = {_ACUTE, _GRAVE, _CIRCUMFLEX, _DIAERESIS, _CEDILLA}


@lru_cache(maxsize=32)
def _font(size: int) -> ImageFont.FreeTypeFont:
    font = ImageFont.load_default(size)
    if not isinstance(font, ImageFont.FreeTypeFont):
        raise RuntimeError("Pillow was built without FreeType")
    return font


def _letters(text: str) -> list[tuple[str, str]]:
    """Runs of plain characters and single marked letters: (base characters, mark or nothing)."""
    runs: list[tuple[str, str]] = []
    plain = ""
    for letter in unicodedata.normalize("NFC", text.translate(_INSTEAD)):
        apart = unicodedata.normalize("NFD", letter)
        base, mark = apart[0], apart[1:2]
        if mark in _MARKS:
            runs += [(plain, "")] if plain else []
            plain = ""
            runs.append((base, mark))
        else:
            plain += letter
    return runs + ([(plain, "")] if plain else [])


def width(text: str, size: int) -> int:
    """Pixels that `text` takes from left to right."""
    font = _font(size)
    return round(sum(font.getlength(run) for run, _ in _letters(text)))


def _stroke(draw: ImageDraw.ImageDraw, points: list[tuple[float, float]], thick: float) -> None:
    draw.line(points, fill=255, width=max(1, round(thick)), joint="curve")


def _mark(draw: ImageDraw.ImageDraw, mark: str, middle: float, top: float, size: int) -> None:
    """Draw `mark` centred on `middle`, its foot just above `top` (pixels, y downwards)."""
    thick = size * 0.085
    foot, head, half = top - size * 0.08, top - size * 0.22, size * 0.075
    if mark == _ACUTE:
        _stroke(draw, [(middle - half, foot), (middle + half, head)], thick)
    elif mark == _GRAVE:
        _stroke(draw, [(middle - half, head), (middle + half, foot)], thick)
    elif mark == _CIRCUMFLEX:
        wide = half * 1.5
        _stroke(draw, [(middle - wide, foot), (middle, head), (middle + wide, foot)], thick * 0.9)
    elif mark == _DIAERESIS:
        dot, level = size * 0.055, (foot + head) / 2
        for centre in (middle - size * 0.12, middle + size * 0.12):
            draw.ellipse([centre - dot, level - dot, centre + dot, level + dot], fill=255)


def _cedilla(draw: ImageDraw.ImageDraw, middle: float, baseline: float, size: int) -> None:
    down, thick = size * 0.1, size * 0.065
    _stroke(
        draw,
        [
            (middle, baseline),
            (middle + size * 0.05, baseline + down),
            (middle - size * 0.07, baseline + 2 * down),
        ],
        thick,
    )


@lru_cache(maxsize=256)
def mask(text: str, size: int, bold: bool = False) -> Image.Image:
    """`text` as a grey mask, 1.6 times `size` high, its baseline 1.2 times `size` from the top.

    Drawn four times too large and reduced, so that the strokes of marks are as smooth as letters.
    """
    big = size * 4
    font = _font(big)
    stroke = round(big * 0.018) if bold else 0
    baseline = round(big * 1.2)
    whole = Image.new("L", (width(text, big) + big // 4, round(big * 1.6)), 0)
    draw = ImageDraw.Draw(whole)
    x = 0.0
    for run, mark in _letters(text):
        draw.text((x, baseline), run, font=font, fill=255, anchor="ls", stroke_width=stroke)
        if mark == _CEDILLA:
            _cedilla(draw, x + font.getlength(run) / 2, baseline, big)
        elif mark:
            # The mark of an i takes the place of its dot.
            shape = "x" if run == "i" else run
            top = baseline + font.getbbox(shape, anchor="ls")[1]
            if run == "i":
                draw.rectangle((x, 0, x + font.getlength(run), top - 1), fill=0)
            _mark(draw, mark, x + font.getlength(run) / 2, top, big)
        x += font.getlength(run)
    return whole.resize((max(1, whole.width // 4), whole.height // 4), Image.Resampling.BOX)


def write(
    image: Image.Image,
    at: tuple[int, int],
    text: str,
    size: int,
    colour: Colour,
    *,
    bold: bool = False,
    right: bool = False,
) -> None:
    """Write `text` on `image`; `at` is the left (or `right`) end of its baseline, in pixels."""
    drawn = mask(text, size, bold)
    x = at[0] - width(text, size) if right else at[0]
    image.paste(colour, (x, at[1] - round(size * 1.2)), drawn)


def wrap(text: str, size: int, room: int) -> list[str]:
    """`text` in lines of at most `room` pixels, broken between words."""
    lines = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        if lines[-1] and width(longer, size) > room:
            lines.append(word)
        else:
            lines[-1] = longer
    return lines
