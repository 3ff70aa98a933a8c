"""Pictures: opened carefully, turned right, without what the camera noted in them."""

import re
import warnings
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageOps

from .problems import Problem, Unfit

FORMATS = ("JPEG", "PNG", "WEBP")
MOST_PIXELS = 60_000_000
#: What is kept for download; a telephone's 12 million pixels stay as they are.
KEPT_EDGE = 6000
QUALITY = {"JPEG": 88, "WEBP": 86}
SUFFIXES = {"JPEG": ".jpg", "PNG": ".png", "WEBP": ".webp"}
MEDIA_TYPES = {"JPEG": "image/jpeg", "PNG": "image/png", "WEBP": "image/webp"}


@dataclass(frozen=True)
class PictureFacts:
    format: str
    width: int
    height: int


def inspect(path: Path) -> PictureFacts:
    """What a picture is, by its first bytes; nothing is decoded. Raises `Unfit`."""
    with _opened(path) as picture:
        if picture.width * picture.height > MOST_PIXELS:
            raise _too_many(picture.width * picture.height)
        return PictureFacts(str(picture.format), picture.width, picture.height)


def clean(path: Path, out: Path) -> PictureFacts:
    """Write the picture anew to `out` in its own format: upright, in sRGB terms, no metadata (a
    telephone notes where and when a picture was taken). Raises `Unfit`."""
    facts = inspect(path)
    with _opened(path) as opened:
        try:
            picture = ImageOps.exif_transpose(opened)
        except (OSError, ValueError, SyntaxError) as error:
            raise Unfit(Problem.DAMAGED) from error
        picture.thumbnail((KEPT_EDGE, KEPT_EDGE))
        if facts.format == "JPEG":
            picture = picture.convert("RGB")
        picture.info = {}
        picture.save(
            out, facts.format, quality=QUALITY.get(facts.format, 90), optimize=True, exif=b""
        )
        return PictureFacts(facts.format, picture.width, picture.height)


def smaller(path: Path, width: int, out: Path) -> None:
    """The picture as WebP, at most `width` pixels wide, written to `out` at once."""
    with _opened(path) as opened:
        opened.draft("RGB", (width, width * 4))
        has_alpha = opened.mode in {"RGBA", "LA", "PA"} or "transparency" in opened.info
        picture = ImageOps.exif_transpose(opened).convert("RGBA" if has_alpha else "RGB")
    picture.thumbnail((width, width * 4), Image.Resampling.LANCZOS)
    part = out.with_suffix(".part")
    picture.save(part, "WEBP", quality=72, method=4)
    part.replace(out)


def _opened(path: Path) -> Image.Image:
    try:
        with warnings.catch_warnings():
            # Our own bound, above, has words for people.
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            return Image.open(path, formats=FORMATS)
    except Image.DecompressionBombError as error:
        # Pillow's own bound, far above ours; its message begins with the number of pixels.
        pixels = re.search(r"\d+", str(error))
        raise _too_many(int(pixels[0]) if pixels else 0) from error
    except (OSError, ValueError, SyntaxError) as error:
        raise Unfit(Problem.DAMAGED) from error


def _too_many(pixels: int) -> Unfit:
    millions = -(-pixels // 1_000_000)
    return Unfit(Problem.TOO_MANY_PIXELS, pixels=millions, most=MOST_PIXELS // 1_000_000)
