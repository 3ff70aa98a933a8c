"""Readable ink on a commune's colour, by the contrast of WCAG 2.2."""

from typing import NamedTuple

PAPER = "#ffffff"
INK = "#1b1a17"


class Header(NamedTuple):
    """Two colours, `#rrggbb`: what is painted, and what is written on it."""

    background: str
    ink: str


def _channels(colour: str) -> tuple[int, int, int]:
    if len(colour) != 7 or colour[0] != "#":
        raise ValueError(f"not a colour of the form #rrggbb: {colour!r}")
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def luminance(colour: str) -> float:
    """Relative luminance of `#rrggbb`, 0 (black) to 1 (white).

    https://www.w3.org/TR/WCAG22/#dfn-relative-luminance. Raises ValueError for another form.
    """
    linear = [
        share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4
        for share in (channel / 255 for channel in _channels(colour))
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """Contrast ratio, 1 to 21: https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def ink_on(colour: str) -> str:
    """The more readable of our white and our near-black on this colour."""
    return max(PAPER, INK, key=lambda ink: contrast(colour, ink))


def header(colour: str, ratio: float = 7.0) -> Header:
    """A commune's colour with its ink; moved away from the ink until the contrast is `ratio`.

    A middle grey reaches 7:1 with neither white nor black, so the colour itself is deepened
    (under white ink) or lightened (under dark ink), in steps of 4 %, keeping its hue.
    """
    ink = ink_on(colour)
    goal = 0 if ink == PAPER else 255
    red, green, blue = _channels(colour)
    for step in range(26):
        share = min(1.0, step / 25)
        mixed = [round(channel + (goal - channel) * share) for channel in (red, green, blue)]
        background = "#{:02x}{:02x}{:02x}".format(*mixed)
        if contrast(background, ink) >= ratio:
            return Header(background, ink)
    raise ValueError(f"no contrast of {ratio}:1 with {ink}")
