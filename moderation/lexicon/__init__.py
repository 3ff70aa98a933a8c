"""What a French normaliser for communal matters has to know, read from the lists beside this
file: words without meaning of their own, short forms of the telephone, and words that stand for
the same thing."""

from pathlib import Path

_HERE = Path(__file__).parent


def _lines(name: str) -> list[str]:
    lines = (_HERE / name).read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def _short_forms() -> dict[str, str]:
    pairs = (line.partition(" ") for line in _lines("short_forms.txt"))
    return {short: word for short, _, word in pairs}


def _concepts() -> dict[str, str]:
    """Every form of a word to what it stands for; a line that is indented goes on with the last."""
    found: dict[str, str] = {}
    concept = ""
    for line in _lines("concepts.txt"):
        if not line.startswith(" "):
            concept, _, line = line.partition(":")
        for form in line.split():
            found.setdefault(form, concept)
    return found


STOP_WORDS = frozenset(word for line in _lines("stop_words.txt") for word in line.split())
SHORT_FORMS = _short_forms()
CONCEPTS = _concepts()
