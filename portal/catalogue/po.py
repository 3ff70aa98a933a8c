"""Reading and writing `.po`, the text form of a catalogue (GNU gettext manual, section 10.2)."""

import ast

from .message import Catalogue, Key, Message

HEADER = (
    ("Project-Id-Version", "palabre"),
    ("Language", "fr"),
    ("MIME-Version", "1.0"),
    ("Content-Type", "text/plain; charset=UTF-8"),
    ("Content-Transfer-Encoding", "8bit"),
    ("Plural-Forms", "nplurals=2; plural=(n > 1);"),
)


class Unreadable(Exception):
    """The file is not a catalogue. Says the line."""


def header_text() -> str:
    return "".join(f"{name}: {value}\n" for name, value in HEADER)


def _quoted(text: str) -> str:
    """A C string; broken after line feeds alone, so that a diff shows what changed."""

    def one(part: str) -> str:
        escaped = part.replace("\\", "\\\\").replace('"', '\\"')
        return '"' + escaped.replace("\n", "\\n").replace("\t", "\\t").replace("\r", "\\r") + '"'

    parts = text.splitlines(keepends=True)
    return one(text) if len(parts) < 2 else "\n".join(['""', *map(one, parts)])


def _entry(message: Message) -> str:
    lines = [f"# {note}".rstrip() for note in message.notes]
    lines += [f"#: {file}" for file in message.files]
    if message.fuzzy:
        lines.append("#, fuzzy")
    body = []
    if message.key.context is not None:
        body.append(f"msgctxt {_quoted(message.key.context)}")
    body.append(f"msgid {_quoted(message.key.singular)}")
    if message.plural is None:
        body.append(f"msgstr {_quoted(message.translations[0] if message.translations else '')}")
    else:
        forms = [*message.translations, "", ""][:2]
        body.append(f"msgid_plural {_quoted(message.plural)}")
        body += [f"msgstr[{n}] {_quoted(form)}" for n, form in enumerate(forms)]
    text = "\n".join(body)
    if message.obsolete:
        text = "\n".join(f"#~ {line}" for line in text.split("\n"))
    return "\n".join([*lines, text])


def write(catalogue: Catalogue) -> str:
    """The text of a catalogue, by message, so that it does not depend on the order of files."""
    messages = sorted(
        catalogue.values(),
        key=lambda m: (m.obsolete, m.key.singular.casefold(), m.key.singular, m.key.context or ""),
    )
    head = f'msgid ""\nmsgstr ""\n{_quoted(header_text()).partition(chr(10))[2]}'
    return "\n\n".join([head, *map(_entry, messages)]) + "\n"


class _Reader:
    """One entry at a time."""

    def __init__(self) -> None:
        self.catalogue: Catalogue = {}
        self._clear()

    def _clear(self) -> None:
        self.parts: dict[str, str] = {}
        self.now = ""
        self.message = Message(Key(None, ""))

    def finish(self) -> None:
        if "msgid" in self.parts:
            message = self.message
            message.key = Key(self.parts.get("msgctxt"), self.parts["msgid"])
            message.plural = self.parts.get("msgid_plural")
            names = ["msgstr"] if message.plural is None else ["msgstr[0]", "msgstr[1]"]
            message.translations = [self.parts.get(name, "") for name in names]
            if message.key.singular:
                self.catalogue[message.key] = message
        self._clear()

    def line(self, line: str) -> None:
        if line.startswith("#~"):
            self.message.obsolete = True
            line = line[2:].strip()
        if line.startswith("#"):
            self._comment(line)
        elif line.startswith('"'):
            self.parts[self.now] += ast.literal_eval(line)
        elif line.startswith("msg"):
            name, _, text = line.partition(" ")
            if name in {"msgctxt", "msgid"} and "msgstr" in self.now:
                self.finish()
            self.now = name
            self.parts[name] = ast.literal_eval(text)
        elif line:
            raise ValueError(line)

    def _comment(self, line: str) -> None:
        if "msgstr" in self.now:
            self.finish()
        if line.startswith("#:"):
            self.message.files += line[2:].split()
        elif line.startswith("#,"):
            self.message.fuzzy = "fuzzy" in line
        elif line.startswith("# "):
            self.message.notes.append(line[2:])


def read(text: str) -> Catalogue:
    """The catalogue of a file. Raises `Unreadable`."""
    reader = _Reader()
    for number, line in enumerate(text.splitlines(), start=1):
        stripped = line.strip()
        try:
            if stripped:
                reader.line(stripped)
            else:
                reader.finish()
        except (ValueError, SyntaxError, KeyError) as error:
            raise Unreadable(f"line {number}: {stripped}") from error
    reader.finish()
    return reader.catalogue
