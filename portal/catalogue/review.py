"""What is wrong with a catalogue."""

import re
from collections.abc import Iterator

from .message import Catalogue, Message

_PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|\{\w*\}")
#: French puts a space before these, and no line may begin with them: it has to be U+00A0.
_BREAKABLE = re.compile(r"\S (?=[:;!?»](?:[\s»)….,<\"]|$))|« ")


def complaints(catalogue: Catalogue) -> Iterator[str]:
    """Messages without a translation, to be looked at again, or whose translation lost or
    invented a placeholder or breaks before a mark."""
    for message in catalogue.values():
        if message.obsolete:
            continue
        name = f"{message.key.singular!r} ({', '.join(message.files)})"
        if message.fuzzy:
            yield f"to be looked at again: {name}"
        elif not message.translated:
            yield f"not translated: {name}"
        else:
            yield from (f"{what}: {name}" for what in _placeholders(message))
            if any(map(_BREAKABLE.search, message.translations)):
                yield f"a space that may break before : ; ! ? or inside « »: {name}"


def _placeholders(message: Message) -> Iterator[str]:
    known = set(_PLACEHOLDER.findall(message.key.singular))
    known |= set(_PLACEHOLDER.findall(message.plural or ""))
    many = set(_PLACEHOLDER.findall(message.plural or message.key.singular))
    for form in message.translations:
        if invented := set(_PLACEHOLDER.findall(form)) - known:
            yield f"placeholders {sorted(invented)} are not in the original"
    if lost := many - set(_PLACEHOLDER.findall(message.translations[-1])):
        yield f"placeholders {sorted(lost)} are missing in the translation"
