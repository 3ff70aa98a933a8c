"""Photos: what is kept of them, and what is refused with words."""

import io
import struct
import zlib

import pytest
from django.core.files.storage import default_storage
from PIL import Image

from communes.pictures import SIZES, Sized
from consultations import photos
from consultations.photos import prepare, shelf
from live.protocol.errors import ErrorCode, Refused

from .concerning import picture


def kept(content: bytes) -> Sized:
    return prepare(io.BytesIO(content), len(content))


def opened(content: bytes) -> Image.Image:
    return Image.open(io.BytesIO(content))


def refused(content: bytes, size: int | None = None) -> Refused:
    with pytest.raises(Refused) as caught:
        prepare(io.BytesIO(content), len(content) if size is None else size)
    assert caught.value.field == "photos" and caught.value.message is not None
    return caught.value


def declared(width: int, height: int) -> bytes:
    """A PNG of a few bytes that says it is this large."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        body = kind + data
        return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    data = zlib.compress(b"\0" * 64)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", data) + chunk(b"IEND", b"")
    )


def test_a_photo_is_kept_as_webp_in_three_sizes():
    photo = kept(picture((3000, 2000)))
    assert (photo.width, photo.height) == (1280, 853)
    sizes = {size: opened(content) for size, content in photo.files.items()}
    assert {size: max(image.size) for size, image in sizes.items()} == {n: n for n in SIZES}
    assert {image.format for image in sizes.values()} == {"WEBP"}


def test_a_small_photo_is_not_made_larger():
    photo = kept(picture((200, 100)))
    assert {opened(content).size for content in photo.files.values()} == {(200, 100)}


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_nothing_of_what_the_telephone_noted_is_kept(kind):
    raw = picture((800, 600), kind)
    assert opened(raw).getexif()
    for content in kept(raw).files.values():
        image = opened(content)
        assert not image.getexif() and not image.info.get("xmp")
        assert b"Exif" not in content and b"Dossou" not in content


def test_a_photo_taken_upright_is_shown_upright():
    # Orientation 6 (TIFF 6.0, page 36): the row that is first is at the right.
    photo = kept(picture((800, 400), orientation=6))
    assert (photo.width, photo.height) == (400, 800)
    image = opened(photo.files[640]).convert("RGB")
    top, bottom = image.getpixel((160, 20)), image.getpixel((160, 600))
    assert top[0] > 200 > bottom[0], "the orange half is on top"


def test_what_is_transparent_becomes_white():
    out = io.BytesIO()
    Image.new("RGBA", (64, 64), (0, 0, 0, 0)).save(out, "PNG")
    image = opened(kept(out.getvalue()).files[320])
    assert image.mode == "RGB"
    assert min(image.tobytes()) > 245


def test_a_picture_of_20000_by_20000_pixels_is_refused_before_it_is_decoded():
    problem = refused(declared(20_000, 20_000))
    assert (problem.code, problem.detail) == (ErrorCode.TOO_LARGE, "pixels")
    assert refused(declared(9_000, 9_000)).detail == "pixels"


def test_a_decompression_bomb_is_refused():
    out = io.BytesIO()
    Image.new("1", (12_000, 12_000)).save(out, "PNG", optimize=True)
    assert len(out.getvalue()) < 50_000
    assert refused(out.getvalue()).detail == "pixels"


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        b"%PDF-1.7 not a picture",
        b"GIF89a\x01\x00\x01\x00\x00\x00\x00;",
        picture((400, 300))[:900],
        b"\xff\xd8\xff\xe0" + b"\0" * 400,
        declared(100, 100),
    ],
    ids=["nothing", "svg", "pdf", "gif", "cut", "broken", "too short"],
)
def test_what_is_no_picture_of_ours_is_refused_whatever_it_is_called(content):
    assert refused(content).code is ErrorCode.INVALID


def test_too_many_bytes_are_not_even_read():
    assert refused(b"", size=photos.MOST_BYTES + 1).detail == "bytes"


def test_kept_and_discarded_under_a_name_of_our_own(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    name = shelf.store(kept(picture()))
    assert name.isalnum() and len(name) == 24
    assert all(default_storage.exists(shelf.path(name, size)) for size in SIZES)
    shelf.discard([name])
    assert not any(path.is_file() for path in tmp_path.rglob("*"))
