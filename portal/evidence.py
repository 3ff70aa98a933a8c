"""Files that prove something: what they may be, and how they are kept."""

import io
import secrets

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile, File
from django.utils.translation import gettext_lazy as _

from communes.pictures import Damaged, TooManyPixels, on_white, opened, upright

MOST_BYTES = 8 * 1024 * 1024
#: Pixels of the longer edge of pictures, as they are kept.
PICTURE_EDGE = 1600
TYPES = {".pdf": "application/pdf", ".jpg": "image/jpeg"}


def clean_evidence(upload: File[bytes]) -> ContentFile[bytes]:
    """The file to keep: a PDF as it is, a picture as JPEG. Raises `ValidationError`."""
    if (upload.size or 0) > MOST_BYTES:
        raise ValidationError(_("The file is larger than 8 MB."), code="too_large")
    content = upload.read()
    if content[:5] == b"%PDF-":
        return ContentFile(content, name=f"{secrets.token_hex(8)}.pdf")
    return ContentFile(_picture(content), name=f"{secrets.token_hex(8)}.jpg")


def _picture(content: bytes) -> bytes:
    out = io.BytesIO()
    try:
        with opened(content) as picture:
            kept = on_white(upright(picture, PICTURE_EDGE))
    except TooManyPixels as error:
        raise ValidationError(_("The picture is too large."), code="too_large") from error
    except Damaged as error:
        raise ValidationError(_("Give a PDF or a picture (JPEG, PNG)."), code="kind") from error
    kept.save(out, "JPEG", quality=82, optimize=True)
    return out.getvalue()
