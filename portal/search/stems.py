"""French words reduced to their stems, the same for the index and for the question.

Neither SQLite's FTS5 nor every PostgreSQL has a French stemmer, so words are reduced here
(Snowball), and both index plain tokens.
"""

import re
import threading
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

import snowballstemmer

_WORD = re.compile(r"\w+")
#: What is elided before an apostrophe says nothing: l’eau, qu’il, jusqu’à.
_ELIDED_WORDS = "l d j m n s t c qu jusqu lorsqu puisqu quoiqu"
_STOP_WORDS = """
a ai ais as au aux avec ce ces cette dans de des du elle en est et eu il ils je la le les leur
leurs lui ma mais me mes mon ne nos notre nous on ont ou où par pas plus pour qu que qui sa se ses
si son sont sur ta te tes ton tu un une vos votre vous y à été être the of and
"""
_ELIDED = frozenset(_ELIDED_WORDS.split())
_STOP = frozenset(_STOP_WORDS.split())
_APOSTROPHES = "'’ʼ"
#: Snowball's object keeps what it works on in itself.
_lock = threading.Lock()
_stemmer = snowballstemmer.stemmer("french")


def stem(word: str) -> str:
    """What the forms of a word share, without accents: `Décisions` and `decision` → `decis`."""
    return _stem(unicodedata.normalize("NFC", word).lower())


@lru_cache(maxsize=50_000)
def _stem(word: str) -> str:
    if not word.isdigit():
        with _lock:
            word = _stemmer.stemWord(word)
    apart = unicodedata.normalize("NFKD", word.replace("œ", "oe").replace("æ", "ae"))
    return "".join(char for char in apart if char.isalnum())


def tokens(text: str) -> Iterator[tuple[int, int, str]]:
    """The words that count, with where they begin and end in `text`, and their stems."""
    for match in _WORD.finditer(text):
        word = match[0].lower()
        follows = text[match.end() : match.end() + 1]
        if word in _STOP or (word in _ELIDED and follows and follows in _APOSTROPHES):
            continue
        found = stem(word)
        if found:
            yield match.start(), match.end(), found


def stems(text: str) -> list[str]:
    """The stems of the words that count, in their order, each once."""
    return list(dict.fromkeys(found for _, _, found in tokens(text)))


def stemmed(text: str) -> str:
    """All stems of a text, as the index keeps them."""
    return " ".join(found for _, _, found in tokens(text))
