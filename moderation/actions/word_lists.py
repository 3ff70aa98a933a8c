"""A commune's own words for the filter."""

from communes.models import Commune, Language
from consultations.text import tidy
from moderation.models import WordList
from moderation.screening import filters

#: Lines of one list, and characters of a line.
MOST_LINES, LONGEST = 1000, 60


def languages_of(commune: Commune) -> list[Language]:
    """Those a commune keeps a list in: its own, those that the software has a list in, and those
    it kept one in before. The filter looks for all of them in every question."""
    kept = WordList.objects.filter(commune=commune).exclude(words="")
    codes = [*commune.languages, *filters.languages(), *kept.values_list("language", flat=True)]
    return [Language(code) for code in dict.fromkeys(codes)]


def words_of_commune(commune: Commune, language: str) -> str:
    """The commune's list in one language, as it was written."""
    row = WordList.objects.filter(commune=commune, language=language).first()
    return row.words if row else ""


def set_words(commune: Commune, language: str, text: str) -> int:
    """Make the commune's list in one language what `text` says, one word or group of words a
    line (with a leading `-`: no longer pointed out); how many lines it has. What is too long or
    too much is cut. Raises ValueError for a language that has no list."""
    if language not in Language.values:
        raise ValueError(f"no list in {language}")
    tidied = (tidy(line)[:LONGEST] for line in text.splitlines())
    lines = list(dict.fromkeys(line for line in tidied if line))[:MOST_LINES]
    WordList.objects.update_or_create(
        commune=commune, language=language, defaults={"words": "\n".join(lines)}
    )
    return len(lines)
