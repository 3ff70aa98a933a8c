"""Contrast, against the values of WCAG's own examples."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from communes import colour

COLOURS = st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06x}")


@pytest.mark.parametrize(
    ("one", "other", "ratio"),
    [
        ("#000000", "#ffffff", 21.0),
        ("#ffffff", "#ffffff", 1.0),
        ("#777777", "#ffffff", 4.48),
        ("#767676", "#ffffff", 4.54),
        ("#ff0000", "#ffffff", 4.0),
    ],
)
def test_known_ratios(one, other, ratio):
    assert colour.contrast(one, other) == pytest.approx(ratio, abs=0.01)
    assert colour.contrast(other, one) == colour.contrast(one, other)


def test_ink():
    assert colour.ink_on("#1d4d2f") == colour.PAPER
    assert colour.ink_on("#ffe680") == colour.INK


@given(COLOURS)
def test_every_colour_gets_a_readable_header(text):
    header = colour.header(text)
    assert colour.contrast(header.background, header.ink) >= 7


@given(COLOURS)
def test_a_readable_colour_stays_as_it_is(text):
    if colour.contrast(text, colour.ink_on(text)) >= 7:
        assert colour.header(text).background == text


@pytest.mark.parametrize("text", ["", "#fff", "1d4d2f7", "#zzzzzz", "green"])
def test_other_forms_are_refused(text):
    with pytest.raises(ValueError):
        colour.luminance(text)
