"""Pictures among the documents: written anew for download, and smaller for pages."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from communes.pictures import Damaged, TooManyPixels, opened, upright, webp

from .problems import Problem, Unfit

#: Of EXIF: how the camera was held (TIFF 6.0, page 36); above 4 on its side.
ORIENTATION = 0x0112
#: What is kept for download; a telephone's 12 million pixels stay as they are.
KEPT_EDGE = 6000
KEPT_QUALITY = {"JPEG": 88, "WEBP": 86}
SUFFIXES = {"JPEG": ".jpg", "PNG": ".png", "WEBP": ".webp"}
MEDIA_TYPES = {"JPEG": "image/jpeg", "PNG": "image/png", "WEBP": "image/webp"}


@dataclass(frozen=True)
class PictureFacts:
    format: str
    width: int
    height: int


@contextmanager
def _in_words() -> Iterator[None]:
    """What is no picture for us, as `Unfit`."""
    try:
        yield
    except TooManyPixels as error:
        raise Unfit(Problem.TOO_MANY_PIXELS, pixels=error.millions, most=error.most) from error
    except Damaged as error:
        raise Unfit(Problem.DAMAGED) from error


def clean(path: Path, out: Path) -> PictureFacts:
    """Write the picture anew to `out` in its own format, upright and bare. Raises `Unfit`."""
    with _in_words(), opened(path) as picture:
        kind = str(picture.format)
        kept = upright(picture, KEPT_EDGE)
        if kind == "JPEG" and kept.mode == "RGBA":
            kept = kept.convert("RGB")
        kept.save(out, kind, quality=KEPT_QUALITY.get(kind, 90), optimize=True)
        return PictureFacts(kind, kept.width, kept.height)


def smaller(path: Path, width: int, out: Path) -> None:
    """The picture as WebP, at most `width` wide, written to `out` at once. Raises `Unfit`."""
    with _in_words(), opened(path) as picture:
        # The longer edge of one that becomes `width` pixels wide; strips are shown whole.
        turned = picture.getexif().get(ORIENTATION, 1) > 4
        across, down = picture.size[::-1] if turned else picture.size
        shown = upright(picture, max(width, min(width * 4, round(width * down / across))))
    part = out.with_suffix(".part")
    part.write_bytes(webp(shown))
    part.replace(out)
