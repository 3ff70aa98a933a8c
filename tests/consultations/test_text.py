"""Texts of citizens: what only confuses goes, what says nothing is refused with words."""

import pytest
from django.utils import translation

from consultations.text import readable, tidy
from live.protocol.errors import ErrorCode, Refused
from live.transport.wording import message


@pytest.mark.parametrize(
    ("raw", "kept"),
    [
        ("  Quand\tla  piste ? ", "Quand la piste ?"),
        ("Un\r\ndeux\u2028trois", "Un\ndeux\ntrois"),
        ("Un\n\n\n\n\ndeux", "Un\n\ndeux"),
        ("Un\x00\x07 deux\x1b[31m", "Un deux[31m"),
        # Overrides that turn a text around, isolates and marks of direction.
        ("\u202eeriam el\u202c", "eriam el"),
        ("a\u2066b\u2069c\u200e\u200f\u061cd", "abcd"),
        ("in\u200bvi\u2060si\ufeffble\u00ad", "invisible"),
        ("\ue000privé\U000e0041", "privé"),
        # A letter under a pile of accents; two or three belong to Yoruba and Fon.
        ("e\u0301\u0302\u0303\u0304\u0305\u0306", "é\u0302\u0303\u0304"),
        ("Ọ̀rọ̀ àti ɛ́kɔ̀ ɖò Kútɔ̀nu", "Ọ̀rọ̀ àti ɛ́kɔ̀ ɖò Kútɔ̀nu"),
        ("👨\u200d👩\u200d👧 et 🇧🇯 ❤\ufe0f", "👨\u200d👩\u200d👧 et 🇧🇯 ❤\ufe0f"),
        ("e\u0301cole", "école"),
    ],
)
def test_what_confuses_is_removed_and_what_is_said_stays(raw, kept):
    assert tidy(raw) == kept
    assert tidy(kept) == kept


@pytest.mark.parametrize(
    ("raw", "problem"),
    [
        ("", "empty"),
        (" \n\t ", "empty"),
        ("\u200b\u202e\x00", "empty"),
        ("😀😀😀😀😀😀", "no_words"),
        ("?!… — ?!", "no_words"),
        ("👍🏿\u200d❤\ufe0f", "no_words"),
        ("a b", "too_short"),
        ("x" * 501, "too_long"),
        ("é" * 501, "too_long"),
    ],
)
def test_what_says_nothing_is_refused_with_words_that_help(raw, problem):
    with pytest.raises(Refused) as refused:
        readable(raw, 5, 500)
    error = refused.value
    assert (error.code, error.field, error.detail) == (ErrorCode.INVALID, "text", problem)
    assert error.data == {"problem": problem, "min": 5, "max": 500}
    with translation.override("en"):
        said = message(error, "en")
    assert said
    if problem == "too_long":
        assert "501" in said
        assert "500" in said


def test_the_limit_counts_what_is_kept():
    assert readable("  " + "x" * 500 + "\u200b" * 100, 5, 500) == "x" * 500
