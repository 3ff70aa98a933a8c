"""Photos of citizens: what may come in, and where the sizes that pages show are kept."""

from typing import Protocol

from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from communes.pictures import Damaged, Shelf, Sized, TooManyPixels, sized
from live.protocol.errors import ErrorCode, Refused

MOST_BYTES = 12 * 1024 * 1024

shelf = Shelf("concerns")


class Upload(Protocol):
    """What can be read, once."""

    def read(self, size: int = ..., /) -> bytes: ...


def prepare(upload: Upload, size: int) -> Sized:
    """What is kept of an uploaded picture of `size` bytes. Its name and declared type are never
    looked at. Raises `Refused` with words that tell what to do."""
    if size > MOST_BYTES:
        words = format_lazy(
            _("This picture is larger than {most} MB. Send a smaller one."),
            most=MOST_BYTES // 1024 // 1024,
        )
        raise _refused(ErrorCode.TOO_LARGE, "bytes", words)
    try:
        return sized(upload.read(MOST_BYTES + 1))
    except TooManyPixels as error:
        words = format_lazy(
            _("This picture has more than {most} million pixels. Send a smaller one."),
            most=error.most,
        )
        raise _refused(ErrorCode.TOO_LARGE, "pixels", words) from error
    except Damaged as error:
        words = _("This is no picture that we can read. Send a JPEG, PNG or WebP.")
        raise _refused(ErrorCode.INVALID, "unreadable", words) from error


def _refused(code: ErrorCode, problem: str, words: Promise | str) -> Refused:
    return Refused(code, problem, field="photos", message=words, data={"problem": problem})
