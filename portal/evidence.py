"""Files that prove something: what they may be, and how they are kept."""

import io
import secrets

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile, File
from django.utils.translation import gettext_lazy as _
from PIL import Image, ImageOps

MOST_BYTES = 8 * 1024 * 1024
#: Pictures are kept no larger than this, written anew: what a telephone notes in them (where and
#: when they were taken) is not published.
PICTURE_SIZE = (1600, 1600)
MOST_PIXELS = 50_000_000
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
        with Image.open(io.BytesIO(content), formats=("JPEG", "PNG", "WEBP")) as opened:
            if opened.width * opened.height > MOST_PIXELS:
                raise ValidationError(_("The picture is too large."), code="too_large")
            picture = ImageOps.exif_transpose(opened).convert("RGB")
            picture.thumbnail(PICTURE_SIZE)
            picture.save(out, "JPEG", quality=82, optimize=True)
    except (OSError, ValueError, SyntaxError) as error:
        raise ValidationError(_("Give a PDF or a picture (JPEG, PNG)."), code="kind") from error
    return out.getvalue()
