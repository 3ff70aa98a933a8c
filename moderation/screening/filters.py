"""What a text contains: pure functions, each giving the words it means."""

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

#: Pairs of digits as Benin writes numbers, eight or ten of them, with or without the country.
_PHONE = re.compile(r"(?<![\d.,])(?:(?:\+|00)\s?229[\s.-]?)?\d{2}(?:[\s.-]?\d{2}){3,4}(?![\d])")
_ABROAD = re.compile(r"(?<!\d)(?:\+|00)[1-9](?:[\s.-]?\d){7,13}(?!\d)")
_YEARS = re.compile(r"(?:19|20)\d\d\D?(?:19|20)\d\d")
_MONEY = re.compile(r"\s*(?:f\b|fcfa|cfa|francs?|millions?|milliards?|%|€)", re.IGNORECASE)
_EMAIL = re.compile(r"[\w.+-]+\s?@\s?[\w-]+(?:\.[\w-]+)+")
_LINK = re.compile(
    r"(?:https?://|www\.)\S+"
    r"|\b[\w-]+\.(?:com|net|org|info|africa|bj|ci|tg|fr|io|me|ly|xyz|site|online)\b(?:/\S*)?",
    re.IGNORECASE,
)
_WORDS = re.compile(r"[^\W\d_]+")
_REPEATED = re.compile(r"(.)\1{2,}")
_DOUBLED = re.compile(r"(.)\1+")
#: Letters that a text must have before its capitals mean shouting.
CAPITALS_FROM, CAPITALS_SHARE = 15, 0.6

#: Who answers to citizens in a hearing, and what one reproaches them with (stems, folded).
_HOST = re.compile(
    r"\b(?:maires?|mairie|conseil|conseillers?|elus?|adjoints?|commune|autorites|secretaire"
    r"|chefs? d arrondissement|municipal\w*|vous)\b"
)
_REPROACH = re.compile(
    r"\b(?:detourn\w*|corrup\w*|corromp\w*|vol[ée]\w*|voleurs?|mensonge\w*|menti\w*|ment(?:ez|ent)"
    r"|promis\w*|promesse\w*|scandale\w*|incompeten\w*|incapable\w*|echec\w*|echoue\w*|favori\w*"
    r"|nepotis\w*|fraud\w*|surfactur\w*|gaspill\w*|malvers\w*|magouill\w*|opa(?:que|cite)\w*"
    r"|demission\w*|honte\w*|injust\w*|abus\w*|enrichi\w*|dispar\w*|gestion|bilan|transparen\w*"
    # Hidden things; the stamp of the town hall ("cachet") is none.
    r"|cach(?:ee?s?|er|ez|ent|ait|aient|iez|otter\w*|ette|ettes)|dissimul\w*|occult(?:ee?s?|er|ent)"
    r"|escro\w*|arnaqu\w*|truqu\w*|falsifi\w*|complic\w*|pots? de vin|retrocommission\w*"
    r"|sous la table|tromp(?:ee?s?|er|ez|ent|erie\w*)|trahi\w*|neglig\w*|impuni\w*|illegal\w*"
    r"|clientelis\w*|accapar\w*|brad(?:ee?s?|er|ez|ent)|(?:sa|ses|leurs?|vos|votre) poches?"
    r"|(?:mang|bouff)\w* (?:tout )?(?:l|notre|nos|cet) argent|ou va l argent|n avez pas"
    r"|justifi\w*|ou (?:est|sont) passe\w*|rien fait|ne faites rien|toujours pas|jamais)\b"
)


def fold(text: str) -> str:
    """Lower case, without accents, apostrophes as blanks, letters repeated at most twice."""
    plain = unicodedata.normalize("NFKD", text.lower().replace("œ", "oe").replace("æ", "ae"))
    letters = "".join(char for char in plain if not unicodedata.combining(char))
    return _REPEATED.sub(r"\1\1", re.sub(r"['’`´ʼ]", " ", letters))


def phones(text: str) -> list[str]:
    """Telephone numbers, but neither years nor sums of money."""
    found: list[tuple[int, str]] = []
    for pattern in (_ABROAD, _PHONE):
        for match in pattern.finditer(text):
            number = match.group().strip()
            if not _YEARS.fullmatch(number) and not _MONEY.match(text, match.end()):
                found.append((match.start(), number))
                # Not found a second time, as a part of itself.
                text = text[: match.start()] + "." * len(match.group()) + text[match.end() :]
    return _once(number for _, number in sorted(found))


def emails(text: str) -> list[str]:
    return _once(match.group() for match in _EMAIL.finditer(text))


def links(text: str) -> list[str]:
    return _once(match.group() for match in _LINK.finditer(_EMAIL.sub(" ", text)))


def shouts(text: str) -> bool:
    """Whether most letters are capitals."""
    letters = [char for char in text if char.isalpha() and char.upper() != char.lower()]
    capitals = sum(char.isupper() for char in letters)
    return len(letters) >= CAPITALS_FROM and capitals > CAPITALS_SHARE * len(letters)


def listed(text: str, words: frozenset[str]) -> list[str]:
    """Words and groups of words of a list that the text contains, with plural and feminine
    endings, whatever accents and capitals; as the list has them."""
    tokens = [_bare(token) for token in _WORDS.findall(fold(text))]
    line = f" {' '.join(tokens)} "
    return _once(word for word in words if f" {word} " in line)


@lru_cache(maxsize=64)
def word_set(lines: tuple[str, ...]) -> frozenset[str]:
    """Lines of a word list, ready for `listed`. A line that starts with `-` takes a word out."""
    wanted: set[str] = set()
    unwanted: set[str] = set()
    for line in lines:
        bare = " ".join(_bare(token) for token in _WORDS.findall(fold(line)))
        if bare:
            (unwanted if line.strip().startswith("-") else wanted).add(bare)
    return frozenset(wanted - unwanted)


@lru_cache(maxsize=8)
def built_in(language: str) -> tuple[str, ...]:
    """The list that comes with the software."""
    path = Path(__file__).parents[1] / "words" / f"{language}.txt"
    lines = path.read_text(encoding="utf-8").splitlines()
    return tuple(line for line in lines if line and not line.startswith("#"))


def languages() -> list[str]:
    """Languages that have a list of their own."""
    return sorted(path.stem for path in (Path(__file__).parents[1] / "words").glob("*.txt"))


def reproaches(text: str) -> str | None:
    """The word by which a text seems to criticise the management of those who answer."""
    plain = re.sub(r"[^a-z0-9]+", " ", fold(text))
    reproach = _REPROACH.search(plain)
    return reproach.group() if reproach and _HOST.search(plain) else None


def _bare(token: str) -> str:
    """A word without the ending of plural and feminine, and without letters that are repeated,
    as often as it may be."""
    return _DOUBLED.sub(r"\1", re.sub(r"(?<=\w{3})(?:e?s|e|x)$", "", token))


def _once(found: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(found))
