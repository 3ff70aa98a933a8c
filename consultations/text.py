"""What a text that a citizen sends must be: readable by everyone, and no trick on the screen.

Used for all that citizens write. What only confuses (control characters, bidirectional overrides,
invisible ones, piles of accents) is removed without a word; what then says nothing is refused
with words that tell what to do.
"""

import re
import unicodedata

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from live.protocol.errors import ErrorCode, Refused

#: Accents on one letter; Yoruba and Fon need two (ọ̀, ɛ́).
MAX_MARKS = 3
JOINER = "\u200d"
#: Invisible, but part of emoji: the joiner and the variation selectors.
KEPT_FORMATS = {JOINER, "\ufe0e", "\ufe0f"}

_BREAKS = re.compile(r"\r\n?|[\u2028\u2029\u0085\v\f]")
_SPACES = re.compile(r"[^\S\n]+")
_AROUND_BREAKS = re.compile(r" *\n *")
_MANY_BREAKS = re.compile(r"\n{3,}")


def tidy(raw: str) -> str:
    """The text without what confuses: control, format, private and unassigned characters, more
    accents on a letter than any language has, and blank space to no purpose."""
    kept: list[str] = []
    marks = 0
    for char in unicodedata.normalize("NFC", _BREAKS.sub("\n", raw)):
        category = unicodedata.category(char)
        marks = marks + 1 if category in {"Mn", "Me"} else 0
        if char == "\n" or char in KEPT_FORMATS:
            kept.append(char)
        elif char == "\t":
            kept.append(" ")
        elif category[0] != "C" and marks <= MAX_MARKS:
            kept.append(char)
    text = _SPACES.sub(" ", "".join(kept))
    text = _MANY_BREAKS.sub("\n\n", _AROUND_BREAKS.sub("\n", text))
    return text.strip().strip(JOINER)


def readable(raw: str, minimum: int, maximum: int, field: str = "text") -> str:
    """The text, tidied; raises `Refused` when it is empty, too short or long, or has no words.

    `minimum` and `maximum` count characters (code points) of the tidied text.
    """
    text = tidy(raw)
    if not text:
        raise _refused("empty", _("Please write something."), field, minimum, maximum)
    if not any(char.isalnum() for char in text):
        raise _refused("no_words", _("Please say it in words."), field, minimum, maximum)
    if len(text) < minimum:
        words = format_lazy(_("Please write at least {n} characters."), n=minimum)
        raise _refused("too_short", words, field, minimum, maximum)
    if len(text) > maximum:
        words = format_lazy(
            _("At most {max} characters, please; these are {n}."), max=maximum, n=len(text)
        )
        raise _refused("too_long", words, field, minimum, maximum)
    return text


def _refused(problem: str, words: object, field: str, minimum: int, maximum: int) -> Refused:
    data = {"problem": problem, "min": minimum, "max": maximum}
    return Refused(ErrorCode.INVALID, problem, field=field, message=words, data=data)
