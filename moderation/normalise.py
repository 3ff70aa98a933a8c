"""A French question as the words that carry its meaning.

Case, accents, function words, courtesies, word forms and spelling go, so that "Quand va-t-on
RÉPARER la route de Zogbo ?" and "la voirie de zogbo, kan c reparé" leave the same words. Stems
are cut by hand-written rules rather than by Snowball's: recall of near spellings matters more
here than grammar, and each word is then folded to how it sounds.
"""

import re
from functools import lru_cache

from moderation.lexicon import CONCEPTS, SHORT_FORMS, STOP_WORDS
from moderation.screening.filters import fold

_TOKENS = re.compile(r"[a-z0-9]+")
#: Endings, longest first; each is cut only where at least so many letters stay.
_ENDINGS = (
    ("issements", 4), ("issement", 4), ("ications", 4), ("ication", 4),
    ("isations", 4), ("isation", 4), ("ations", 3), ("ation", 3), ("itions", 3), ("ition", 3),
    ("ements", 3), ("ement", 3), ("ments", 4), ("ment", 4), ("ateurs", 4), ("ateur", 4),
    ("eraient", 3), ("erait", 3), ("eront", 3), ("erons", 3), ("erez", 3), ("issent", 4),
    ("aient", 3), ("antes", 4), ("ante", 4), ("ants", 4), ("ant", 4), ("ances", 4), ("ance", 4),
    ("euses", 4), ("euse", 4), ("eurs", 4), ("eur", 4), ("ages", 3), ("age", 3), ("ions", 4),
    ("ion", 4), ("ites", 4), ("ite", 4), ("iques", 4), ("ique", 4), ("ives", 4), ("ive", 4),
    ("ifs", 4), ("if", 4), ("elles", 4), ("elle", 4), ("ales", 4), ("ale", 4), ("aux", 3),
    ("als", 4), ("al", 4), ("eres", 4), ("ere", 4), ("iers", 4), ("ier", 4), ("aires", 4),
    ("aire", 4), ("era", 4), ("ees", 3), ("ee", 3), ("ent", 4), ("ait", 4), ("ons", 4),
    ("ies", 4), ("ie", 4), ("er", 3), ("ez", 3), ("ir", 4), ("is", 4), ("it", 4), ("es", 3),
    ("e", 3), ("s", 3), ("x", 3), ("i", 4),
)  # fmt: skip
_SOUNDS = (
    (re.compile(r"ph"), "f"),
    (re.compile(r"(?:eau|au)"), "o"),
    (re.compile(r"(?:ai|ei|ay|ey)"), "e"),
    (re.compile(r"qu?"), "k"),
    (re.compile(r"sc(?=[ei])"), "s"),
    (re.compile(r"c(?=[eiy])"), "s"),
    (re.compile(r"ch"), "x"),
    (re.compile(r"c"), "k"),
    (re.compile(r"g(?=[eiy])"), "j"),
    (re.compile(r"h"), ""),
    (re.compile(r"y"), "i"),
    (re.compile(r"z"), "s"),
    (re.compile(r"(?:en|an|am|em)(?![aeiouy])"), "an"),
    (re.compile(r"(.)\1+"), r"\1"),
)
#: Before an ending is cut: what follows decides how they sound.
_SOFT_C, _SOFT_G = re.compile(r"c(?=[eiy])"), re.compile(r"g(?=[eiy])")
#: Characters of an indexed word.
LONGEST = 40


def words(text: str) -> list[str]:
    """The meaningful words of a text, in their order, each once."""
    found: dict[str, None] = {}
    for token in _TOKENS.findall(fold(text.lower().replace("ç", "ss"))):
        token = SHORT_FORMS.get(token, token)
        if token in STOP_WORDS or _singular(token) in STOP_WORDS:
            continue
        word = _word(token)
        if word:
            found[word] = None
    return list(found)


@lru_cache(maxsize=8192)
def _word(token: str) -> str:
    if token.isdigit():
        return token[:LONGEST]
    stem = _stem(_SOFT_G.sub("j", _SOFT_C.sub("s", token)))
    concept = CONCEPTS.get(token) or _concepts_by_stem().get(stem)
    if concept is not None:
        return concept
    sound = sounds(stem)
    return sound[:LONGEST] if len(sound) > 1 else ""


@lru_cache(maxsize=1)
def _concepts_by_stem() -> dict[str, str]:
    """Every stem of the forms of a concept, unless two concepts claim it."""
    found: dict[str, set[str]] = {}
    for form, concept in CONCEPTS.items():
        stem = _stem(_SOFT_G.sub("j", _SOFT_C.sub("s", form)))
        found.setdefault(stem, set()).add(concept)
    return {stem: concepts.pop() for stem, concepts in found.items() if len(concepts) == 1}


def _singular(token: str) -> str:
    return re.sub(r"(?<=\w{2})(?:es|s|e)$", "", token)


def _stem(token: str) -> str:
    for ending, stays in _ENDINGS:
        if token.endswith(ending) and len(token) - len(ending) >= stays:
            return token[: -len(ending)]
    return token


def sounds(word: str) -> str:
    """How a word sounds, roughly: what people misspell by ear comes out the same."""
    for pattern, sound in _SOUNDS:
        word = pattern.sub(sound, word)
    return word
