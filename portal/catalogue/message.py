"""A message and where it was found."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple


class Key(NamedTuple):
    """What tells messages apart: gettext looks up context and singular, never the plural."""

    context: str | None
    singular: str


@dataclass
class Found:
    """A string as one place of the source says it. `file` is relative to the repository."""

    key: Key
    plural: str | None
    file: str

    @property
    def in_islands(self) -> bool:
        return self.file.startswith("frontend/src/")


class Contradiction(Exception):
    """Two places use one singular with different plurals."""


@dataclass
class Message:
    """A string of the catalogue with its translation. `translations` has one form, or two
    (one, many) when there is a plural; empty where it is not translated yet."""

    key: Key
    plural: str | None = None
    translations: list[str] = field(default_factory=list)
    files: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    fuzzy: bool = False
    obsolete: bool = False

    @property
    def translated(self) -> bool:
        forms = 1 if self.plural is None else 2
        return not self.fuzzy and len(self.translations) == forms and all(self.translations)

    @property
    def in_islands(self) -> bool:
        return any(file.startswith("frontend/src/") for file in self.files)


Catalogue = dict[Key, Message]


def gather(strings: Iterable[Found]) -> Catalogue:
    """Untranslated messages from what was found. Raises `Contradiction`."""
    gathered: Catalogue = {}
    for found in strings:
        message = gathered.setdefault(found.key, Message(found.key))
        if found.plural is not None:
            if message.plural not in (None, found.plural):
                raise Contradiction(
                    f"{found.file}: the plural of {found.key.singular!r} is "
                    f"{found.plural!r} here and {message.plural!r} elsewhere"
                )
            message.plural = found.plural
        if found.file not in message.files:
            message.files.append(found.file)
    return gathered


def merge(known: Catalogue, found: Catalogue) -> Catalogue:
    """What was found with the translations known; what is no longer used stays as obsolete."""
    merged: Catalogue = {}
    for key, message in found.items():
        before = known.get(key)
        translations: list[str] = []
        if before is not None:
            translations = list(before.translations)
            if (before.plural is None) != (message.plural is None):
                # It became plural, or is no longer: the first form may serve, a person must look.
                translations = translations[:1]
        merged[key] = Message(
            key,
            message.plural,
            translations,
            sorted(message.files),
            list(before.notes) if before else [],
            bool(before and before.fuzzy),
        )
    for key, message in known.items():
        if key not in merged and any(message.translations):
            merged[key] = Message(key, message.plural, list(message.translations), obsolete=True)
    return merged
