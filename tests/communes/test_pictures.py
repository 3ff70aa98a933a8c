"""The one place that opens pictures: what comes out of it, whatever goes in."""

import io

import pytest
from PIL import Image, ImageCms

from communes.pictures import MOST_PIXELS, Damaged, TooManyPixels, opened, sized, upright


def png(picture: Image.Image, **said) -> bytes:
    out = io.BytesIO()
    picture.save(out, "PNG", **said)
    return out.getvalue()


def test_telephones_of_50_million_pixels_are_let_in():
    assert MOST_PIXELS > 8192 * 6144


def test_a_scan_of_16_bits_is_grey_and_not_white():
    scan = Image.new("I;16", (64, 64), 128 * 256)
    with opened(png(scan)) as picture:
        shown = upright(picture, 64)
    assert shown.getextrema() == (128, 128)


def test_a_palette_keeps_what_is_transparent():
    drawn = Image.new("RGBA", (40, 40), (200, 0, 0, 255))
    drawn.paste((0, 0, 0, 0), (0, 0, 20, 40))
    with opened(png(drawn.quantize(8))) as picture:
        shown = upright(picture, 40)
    assert shown.getpixel((5, 5))[3] == 0 and shown.getpixel((30, 5))[:3] == (200, 0, 0)


def test_colours_of_another_profile_are_brought_to_that_of_pages():
    lab = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    with opened(png(Image.new("RGB", (8, 8), (10, 200, 30)), icc_profile=lab)) as picture:
        shown = upright(picture, 8)
    assert not shown.info.get("icc_profile")
    pixel = shown.getpixel((3, 3))
    assert isinstance(pixel, tuple)
    assert all(abs(a - b) <= 2 for a, b in zip(pixel, (10, 200, 30), strict=True))


def test_what_the_block_finds_broken_is_told_as_what_is_broken_at_once():
    whole = png(Image.effect_noise((400, 300), 60))
    with pytest.raises(Damaged), opened(whole[:9000]) as picture:
        picture.load()
    with pytest.raises(TooManyPixels) as caught:
        sized(png(Image.new("1", (12_000, 12_000))))
    assert caught.value.millions == 144
