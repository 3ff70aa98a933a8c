"""Office documents that are ZIP archives (OOXML, OpenDocument): what they are, and their words."""

import re
import zipfile
import zlib
from pathlib import Path
from xml.etree import ElementTree

from .problems import Problem, Unfit

#: What an archive may grow to, in all and by the file: accounts with pictures grow thirtyfold.
MOST_UNPACKED = 400 * 1024 * 1024
MOST_RATIO = 200
MOST_FILES = 5000
MOST_WORDS = 20 * 1024 * 1024

OPENDOCUMENT = {
    "application/vnd.oasis.opendocument.text": ".odt",
    "application/vnd.oasis.opendocument.spreadsheet": ".ods",
    "application/vnd.oasis.opendocument.presentation": ".odp",
}
#: The part that tells, the suffix, the media type.
OOXML = (
    (
        "word/document.xml",
        ".docx",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ),
    (
        "xl/workbook.xml",
        ".xlsx",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ),
    (
        "ppt/presentation.xml",
        ".pptx",
        "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    ),
)
WORDS_IN = re.compile(
    r"content\.xml|word/document\.xml|xl/sharedStrings\.xml|ppt/slides/slide\d+\.xml"
)
#: Ends of paragraphs and cells, by the local name of their element.
BREAKS = frozenset({"p", "h", "si", "table-cell", "tc", "br", "tab"})


def inspect(path: Path) -> tuple[str, str]:
    """The suffix and the media type. Raises `Unfit`."""
    try:
        with zipfile.ZipFile(path) as archive:
            parts = archive.infolist()
            _bounded(parts)
            names = {part.filename for part in parts}
            if any(name.lower().endswith("vbaproject.bin") for name in names):
                raise Unfit(Problem.UNKNOWN_TYPE)
            for tells, suffix, media_type in OOXML:
                if tells in names and "[Content_Types].xml" in names:
                    return suffix, media_type
            if "mimetype" in names:
                with archive.open("mimetype") as part:
                    media_type = part.read(200).decode("ascii", "replace").strip()
                if media_type in OPENDOCUMENT:
                    return OPENDOCUMENT[media_type], media_type
    except (zipfile.BadZipFile, zlib.error, OSError, EOFError, NotImplementedError) as error:
        raise Unfit(Problem.DAMAGED) from error
    except RuntimeError as error:  # an encrypted part
        raise Unfit(Problem.LOCKED) from error
    raise Unfit(Problem.UNKNOWN_TYPE)


def _bounded(parts: list[zipfile.ZipInfo]) -> None:
    unpacked = sum(part.file_size for part in parts)
    packed = max(1, sum(part.compress_size for part in parts))
    if (
        len(parts) > MOST_FILES
        or unpacked > MOST_UNPACKED
        or (unpacked > 16 * 1024 * 1024 and unpacked / packed > MOST_RATIO)
    ):
        raise Unfit(Problem.BOMB)


def text(path: Path) -> str:
    """The words of an office document; "" where there are none to be found."""
    words: list[str] = []
    with zipfile.ZipFile(path) as archive:
        for name in sorted(archive.namelist()):
            if WORDS_IN.fullmatch(name):
                with archive.open(name) as part:
                    # What the directory says of sizes is not to be believed.
                    words += _words_of(part.read(MOST_WORDS))
    return "".join(words)


def _words_of(xml: bytes) -> list[str]:
    # Entities are how XML grows without bound; no office program writes a document type.
    if b"<!DOCTYPE" in xml[:4096] or b"<!ENTITY" in xml:
        return []
    try:
        root = ElementTree.fromstring(xml)  # noqa: S314 - no entities, see above
    except ElementTree.ParseError:
        return []
    words: list[str] = []
    for element in root.iter():
        if element.tag.rpartition("}")[2] in BREAKS:
            words.append("\n")
        words += [element.text or "", element.tail or ""]
    return words
