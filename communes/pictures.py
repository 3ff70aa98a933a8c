"""Pictures that come from outside: the one place that opens them, turns them upright and makes the
sizes that pages show. Whoever takes one says in words of its own why it is not taken."""

import contextlib
import io
import re
import secrets
import warnings
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from PIL import Image, ImageCms, ImageOps

FORMATS = ("JPEG", "PNG", "WEBP")
#: Decoded at most: 180 MB. Telephones take 12 to 50 million, and those with 50 a little more.
MOST_PIXELS = 60_000_000
#: Of WebP: below 70 faces begin to smear, above 75 a page weighs more and looks the same.
QUALITY = 72
#: Pixels of the longer edge, of pictures that are shown and not kept as they came.
SIZES = (320, 640, 1280)

Source = Path | bytes


class BadPicture(Exception):
    """It is not taken."""


class Damaged(BadPicture):
    """No JPEG, PNG or WebP, or one that cannot be read to its end."""


class TooManyPixels(BadPicture):
    """It would take too much memory. Nothing of it was decoded."""

    def __init__(self, pixels: int) -> None:
        super().__init__(f"{pixels} pixels")
        #: Millions, rounded up.
        self.millions = -(-pixels // 1_000_000)
        self.most = MOST_PIXELS // 1_000_000


@contextmanager
def opened(source: Source) -> Iterator[Image.Image]:
    """A picture whose first bytes were read and whose size is bearable; its pixels are read inside
    of the block. Raises `BadPicture`, also for what the block finds damaged."""
    try:
        with warnings.catch_warnings():
            # Our own bound has words for people.
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            with Image.open(
                io.BytesIO(source) if isinstance(source, bytes) else source, formats=FORMATS
            ) as picture:
                if picture.width * picture.height > MOST_PIXELS:
                    raise TooManyPixels(picture.width * picture.height)
                yield picture
    except Image.DecompressionBombError as error:
        # Pillow's own bound, far above ours; its message begins with the number of pixels.
        pixels = re.search(r"\d+", str(error))
        raise TooManyPixels(int(pixels[0]) if pixels else MOST_PIXELS + 1) from error
    except (OSError, ValueError, SyntaxError, EOFError, MemoryError) as error:
        raise Damaged(str(error)) from error


def upright(picture: Image.Image, edge: int) -> Image.Image:
    """An opened picture turned as its camera was held, in sRGB, at most `edge` pixels long, and
    without anything that the camera noted (where and when it was taken): only pixels. It has an
    alpha channel if something in it was transparent, no colours if it had none."""
    # A JPEG is decoded no larger than needed.
    picture.draft("RGB", (2 * edge, 2 * edge))
    turned = ImageOps.exif_transpose(picture)
    clear = turned.mode in {"RGBA", "LA", "PA"} or "transparency" in turned.info
    if turned.mode.startswith("I"):
        # Scans of 16 bits, which a plain conversion would turn white.
        turned = turned.convert("I").point(lambda value: value * (1 / 256)).convert("L")
    mode = "RGBA" if clear else "L" if turned.mode in {"1", "L"} else "RGB"
    profile = turned.info.get("icc_profile")
    if profile and turned.mode in {"RGB", "CMYK"}:
        with contextlib.suppress(ImageCms.PyCMSError, OSError):
            managed = ImageCms.profileToProfile(
                turned,
                ImageCms.ImageCmsProfile(io.BytesIO(profile)),
                ImageCms.createProfile("sRGB"),
                outputMode="RGB",
            )
            turned = managed or turned
    plain = turned.convert(mode)
    plain.thumbnail((edge, edge), Image.Resampling.LANCZOS)
    bare = Image.new(mode, plain.size)
    bare.paste(plain)
    return bare


def on_white(picture: Image.Image) -> Image.Image:
    """What is transparent becomes white: pages are not of one colour."""
    if picture.mode != "RGBA":
        return picture
    ground = Image.new("RGBA", picture.size, "white")
    ground.alpha_composite(picture)
    return ground.convert("RGB")


def webp(picture: Image.Image) -> bytes:
    out = io.BytesIO()
    picture.save(out, "WEBP", quality=QUALITY, method=4)
    return out.getvalue()


@dataclass(frozen=True)
class Sized:
    """A picture in all `SIZES`, as WebP; `width` and `height` are those of the largest."""

    files: dict[int, bytes]
    width: int
    height: int


def sized(source: Source) -> Sized:
    """What pages show of a picture; what came is not kept. Raises `BadPicture`."""
    with opened(source) as picture:
        shown = on_white(upright(picture, SIZES[-1]))
    width, height = shown.size
    files: dict[int, bytes] = {}
    for size in reversed(SIZES):
        shown.thumbnail((size, size), Image.Resampling.LANCZOS)
        files[size] = webp(shown)
    return Sized(files, width, height)


@dataclass(frozen=True)
class Shelf:
    """Where sized pictures of one sort are kept, under names that nobody guesses."""

    folder: str

    def path(self, name: str, size: int) -> str:
        return f"{self.folder}/{name[:2]}/{name}-{size}.webp"

    def store(self, picture: Sized) -> str:
        """Keep a picture; the name that it got."""
        name = secrets.token_hex(12)
        for size, content in picture.files.items():
            default_storage.save(self.path(name, size), ContentFile(content))
        return name

    def discard(self, names: Iterable[str]) -> None:
        """Keep pictures no longer."""
        for name in names:
            for size in SIZES:
                default_storage.delete(self.path(name, size))
