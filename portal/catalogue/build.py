"""What programs read: `.mo` for Django (GNU gettext manual, section 10.3), JSON for the islands."""

import json
import struct

from .message import Catalogue, Message
from .po import header_text

MAGIC = 0x950412DE
CONTEXT_END, FORM_END = "\x04", "\x00"


def _original(message: Message) -> str:
    context, singular = message.key
    text = singular if context is None else f"{context}{CONTEXT_END}{singular}"
    return text if message.plural is None else f"{text}{FORM_END}{message.plural}"


def machine_object(catalogue: Catalogue) -> bytes:
    """The `.mo` of what is translated: a header, two tables of (length, offset), the strings."""
    pairs = [("", header_text())]
    pairs += [
        (_original(message), FORM_END.join(message.translations))
        for message in catalogue.values()
        if message.translated and not message.obsolete
    ]
    encoded = sorted((original.encode(), text.encode()) for original, text in pairs)
    count = len(encoded)
    originals_at, texts_at = 28, 28 + 8 * count
    offset = 28 + 16 * count
    tables: tuple[list[int], list[int]] = ([], [])
    strings = bytearray()
    for column, table in enumerate(tables):
        for pair in encoded:
            table += [len(pair[column]), offset + len(strings)]
            strings += pair[column] + b"\x00"
    # The hash table is left out: its size is 0 and readers search by bisection.
    header = struct.pack("<7I", MAGIC, 0, count, originals_at, texts_at, 0, offset)
    return header + struct.pack(f"<{4 * count}I", *tables[0], *tables[1]) + bytes(strings)


def island_words(catalogue: Catalogue) -> str:
    """JSON for `frontend/src/lib/i18n.ts`: singular to its translation, or to [one, many]."""
    words: dict[str, str | list[str]] = {}
    for message in catalogue.values():
        if message.in_islands and message.translated and message.key.context is None:
            forms = message.translations
            words[message.key.singular] = forms[0] if message.plural is None else forms
    return json.dumps(words, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
