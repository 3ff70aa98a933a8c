"""File names that are safe on a disk, in a header and to look at."""

import unicodedata
from pathlib import PurePath

MOST = 100
#: Not allowed by some file system or other.
FORBIDDEN = frozenset('<>:"/\\|?*')


def suffix_of(name: str) -> str:
    """What a name ends in, in small letters: `.pdf`."""
    return PurePath(name.replace("\\", "/").strip()).suffix.lower()


def safe_name(name: str, suffix: str) -> str:
    """The last part of `name`, without characters that are unseen, turn the direction of writing
    or are forbidden somewhere, and with the suffix of what the file really is."""
    text = unicodedata.normalize("NFC", name).replace("\\", "/").rsplit("/", 1)[-1]
    kept = "".join(
        " " if char in FORBIDDEN or unicodedata.category(char)[0] in "CZ" else char for char in text
    )
    stem = PurePath(" ".join(kept.split())).stem.strip(". ")
    return f"{stem[: MOST - len(suffix)].strip('. ') or 'document'}{suffix}"


def title_from(name: str) -> str:
    """What a file name says, as a title: `compte-administratif_2025.pdf` → `Compte administratif
    2025`."""
    stem = PurePath(safe_name(name, "")).name
    words = " ".join(PurePath(stem).stem.replace("_", " ").replace("-", " ").split())
    return (words[:1].upper() + words[1:])[:200]
