"""Photos of citizens: turned right, without what the telephone noted in them, in the sizes that
telephones show, as WebP. What came is not kept."""

import io
import secrets
import warnings
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from PIL import Image, ImageOps

from live.protocol.errors import ErrorCode, Refused

#: Pixels of the longer edge.
SIZES = (320, 640, 1280)
QUALITY = 72
MOST_BYTES = 12 * 1024 * 1024
#: What is decoded at most: 50 million pixels are 150 MB. Telephones take 12 to 50.
MOST_PIXELS = 50_000_000
FORMATS = ("JPEG", "PNG", "WEBP")


class Upload(Protocol):
    """What can be read, once."""

    def read(self, size: int = ..., /) -> bytes: ...


@dataclass(frozen=True)
class Photo:
    """A picture in all its sizes; `width` and `height` are those of the largest."""

    files: dict[int, bytes]
    width: int
    height: int


def prepare(upload: Upload, size: int) -> Photo:
    """What is kept of an uploaded picture of `size` bytes. Its name and declared type are never
    looked at. Raises `Refused` with words that tell what to do."""
    if size > MOST_BYTES:
        words = format_lazy(
            _("This picture is larger than {most} MB. Send a smaller one."),
            most=MOST_BYTES // 1024 // 1024,
        )
        raise _refused(ErrorCode.TOO_LARGE, "bytes", words)
    content = upload.read(MOST_BYTES + 1)
    try:
        with warnings.catch_warnings():
            # Our own bound has words for people.
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(content), formats=FORMATS) as opened:
                if opened.width * opened.height > MOST_PIXELS:
                    raise _too_many_pixels()
                return _sizes(opened)
    except Image.DecompressionBombError as error:
        raise _too_many_pixels() from error
    except (OSError, ValueError, SyntaxError, EOFError, MemoryError) as error:
        words = _("This is no picture that we can read. Send a JPEG, PNG or WebP.")
        raise _refused(ErrorCode.INVALID, "unreadable", words) from error


def _sizes(opened: Image.Image) -> Photo:
    largest = SIZES[-1]
    # A JPEG is decoded no larger than needed.
    opened.draft("RGB", (2 * largest, 2 * largest))
    picture = ImageOps.exif_transpose(opened)
    if picture.mode in {"RGBA", "LA", "PA"} or "transparency" in picture.info:
        # WebP would keep what is transparent, pages are not of one colour.
        ground = Image.new("RGBA", picture.size, "white")
        ground.alpha_composite(picture.convert("RGBA"))
        picture = ground
    picture = picture.convert("RGB")
    files: dict[int, bytes] = {}
    width = height = 0
    for size in reversed(SIZES):
        picture.thumbnail((size, size), Image.Resampling.LANCZOS)
        if not width:
            width, height = picture.size
        # A picture made anew has nothing but pixels.
        bare = Image.new("RGB", picture.size)
        bare.paste(picture)
        out = io.BytesIO()
        bare.save(out, "WEBP", quality=QUALITY, method=4)
        files[size] = out.getvalue()
    return Photo(files, width, height)


def _too_many_pixels() -> Refused:
    words = format_lazy(
        _("This picture has more than {most} million pixels. Send a smaller one."),
        most=MOST_PIXELS // 1_000_000,
    )
    return _refused(ErrorCode.TOO_LARGE, "pixels", words)


def _refused(code: ErrorCode, problem: str, words: Promise | str) -> Refused:
    return Refused(code, problem, field="photos", message=words, data={"problem": problem})


# ── in the storage ────────────────────────────────────────────────────────────────────────────


def path_of(name: str, size: int) -> str:
    return f"concerns/{name[:2]}/{name}-{size}.webp"


def store(photo: Photo) -> str:
    """Keep a picture; the name that it got."""
    name = secrets.token_hex(12)
    for size, content in photo.files.items():
        default_storage.save(path_of(name, size), ContentFile(content))
    return name


def discard(names: Iterable[str]) -> None:
    """Keep pictures no longer."""
    for name in names:
        for size in SIZES:
            default_storage.delete(path_of(name, size))
