"""A commune's arms, as they are kept."""

import io
import secrets
from pathlib import Path

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.utils.translation import gettext_lazy as _
from PIL import Image, ImageOps

from communes.documents import pictures
from communes.documents.problems import Unfit

ARMS_BYTES = 5 * 1024 * 1024
#: Pixels of the longer edge.
ARMS_EDGE = 1000


def clean_arms(path: Path) -> ContentFile[bytes]:
    """The picture at `path` as a PNG: upright, without metadata, transparent where it was.

    Raises ValidationError for what is no picture.
    """
    try:
        pictures.inspect(path)
        with Image.open(path, formats=pictures.FORMATS) as opened:
            picture = ImageOps.exif_transpose(opened).convert("RGBA")
    except Unfit as unfit:
        raise ValidationError(unfit.words) from None
    except (OSError, ValueError, SyntaxError):
        raise ValidationError(_("The file is damaged: it cannot be opened.")) from None
    picture.thumbnail((ARMS_EDGE, ARMS_EDGE))
    picture.info = {}
    out = io.BytesIO()
    picture.save(out, "PNG", optimize=True)
    return ContentFile(out.getvalue(), name=f"{secrets.token_hex(6)}.png")
