"""The words of a version, and what is shown of it before the tap."""

from pathlib import Path

from django.core.files.storage import FileSystemStorage, default_storage

from communes.models import DocumentVersion, TextState

from . import office, pdf, pictures

#: Pixels across, for telephones and for desks.
WIDTHS = (320, 720, 1280)
MOST_TEXT = 2_000_000
PICTURES = frozenset({"image/jpeg", "image/png", "image/webp"})
ZIPPED = frozenset({*office.OPENDOCUMENT, *(media_type for _, _, media_type in office.OOXML)})


def local_path(version: DocumentVersion) -> Path:
    """Where the file is on this machine."""
    return Path(version.file.path)


def shows_pages(version: DocumentVersion) -> bool:
    """Whether there are pictures of it."""
    return version.media_type == "application/pdf" or version.media_type in PICTURES


def words_of(version: DocumentVersion) -> tuple[str, str]:
    """The words and the `TextState`. Reads the file, so it belongs into a task."""
    path = local_path(version)
    if version.media_type == "application/pdf":
        try:
            text = pdf.text(path)
        except pdf.BadPdf:
            return "", TextState.FAILED
    elif version.media_type in ZIPPED:
        text = office.text(path)
    elif version.media_type.startswith("text/"):
        text = decoded(path.read_bytes()[:MOST_TEXT])
    else:
        return "", TextState.NONE
    text = "\n".join(" ".join(line.split()) for line in text.replace("\0", " ").split("\n"))
    text = text.strip()[:MOST_TEXT]
    return text, TextState.READ if text else TextState.NONE


def decoded(content: bytes) -> str:
    """Text as town halls write it: UTF-8, or else Latin-1 as Windows means it."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", "replace")


def page_picture(version: DocumentVersion, number: int, width: int) -> Path:
    """The file of a page's picture (WebP), made on first use.

    Raises `ValueError` for a width that is not offered or a page that there is not.
    """
    if width not in WIDTHS or not shows_pages(version):
        raise ValueError("no such picture")
    out = _folder(version) / f"{version.number}-p{number}-{width}.webp"
    if out.exists():
        return out
    out.parent.mkdir(parents=True, exist_ok=True)
    if version.media_type == "application/pdf":
        try:
            pdf.picture(local_path(version), number, width, out)
        except pdf.BadPdf as error:
            raise ValueError("no such page") from error
    elif number == 1:
        pictures.smaller(local_path(version), width, out)
    else:
        raise ValueError("a picture has one page")
    return out


def _folder(version: DocumentVersion) -> Path:
    """Pictures of pages are made again when they are lost: beside the uploads, not among them."""
    storage = default_storage
    if not isinstance(storage, FileSystemStorage):
        raise TypeError("documents are kept on a local disk")
    return Path(storage.location).parent / "page-pictures" / str(version.document_id)
