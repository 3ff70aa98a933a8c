"""A commune's arms: as they are kept, and as pages show them."""

import io
import secrets

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.utils.translation import gettext_lazy as _
from PIL import Image

from communes.documents.problems import WORDS, Problem
from communes.pictures import Damaged, Source, TooManyPixels, opened, upright

ARMS_BYTES = 5 * 1024 * 1024
#: Pixels of the longer edge, as they are kept.
ARMS_EDGE = 1000
#: Twice the size on the page, for dense screens.
EMBLEM_EDGE = 164


def clean_arms(source: Source) -> ContentFile[bytes]:
    """The picture as a PNG: upright, without metadata, transparent where it was.

    Raises ValidationError for what is no picture.
    """
    out = io.BytesIO()
    try:
        with opened(source) as picture:
            upright(picture, ARMS_EDGE).convert("RGBA").save(out, "PNG", optimize=True)
    except TooManyPixels as error:
        words = str(WORDS[Problem.TOO_MANY_PIXELS])
        raise ValidationError(words % {"pixels": error.millions, "most": error.most}) from None
    except Damaged:
        raise ValidationError(_("The file is damaged: it cannot be opened.")) from None
    return ContentFile(out.getvalue(), name=f"{secrets.token_hex(6)}.png")


def emblem(source: Source) -> bytes:
    """Arms as pages show them: a small PNG of few colours. Raises `BadPicture`."""
    with opened(source) as picture:
        small = upright(picture, EMBLEM_EDGE).convert("RGBA")
    out = io.BytesIO()
    small.quantize(48, method=Image.Quantize.FASTOCTREE).save(out, "PNG", optimize=True)
    return out.getvalue()
