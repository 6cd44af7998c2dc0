"""Pictures are opened safely, and seen as people see them."""

from __future__ import annotations

import io

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from nmt.caption.pictures import PictureLimits, read_picture
from nmt.errors import PictureError

RED, BLUE, WHITE, AROUND = (255, 0, 0), (0, 0, 255), (255, 255, 255), (128, 128, 128)


def halves(size: tuple[int, int] = (32, 32)) -> Image.Image:
    """Red on the left, blue on the right."""
    image = Image.new("RGB", size, RED)
    image.paste(BLUE, (size[0] // 2, 0, size[0], size[1]))
    return image


def saved(image: Image.Image, kind: str = "PNG", **options: object) -> bytes:
    content = io.BytesIO()
    image.save(content, kind, **options)
    return content.getvalue()


def close(pixel: NDArray[np.uint8], colour: tuple[int, int, int]) -> bool:
    return bool(np.abs(pixel.astype(int) - colour).max() < 40)  # JPEG and scaling blur


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF"])
def test_a_picture_of_each_format_becomes_its_pixels(kind: str) -> None:
    pixels = read_picture(saved(halves(), kind), "a", 16)
    assert (pixels.shape, pixels.dtype) == ((3, 16, 16), np.uint8)
    assert close(pixels[:, 8, 2], RED)
    assert close(pixels[:, 8, 13], BLUE)


@pytest.mark.parametrize("mode", ["L", "P", "1", "CMYK", "LA", "RGBA", "I;16"])
def test_pictures_of_every_colour_mode_are_read(mode: str) -> None:
    image = Image.new("L", (8, 8), 255).convert(mode) if mode != "I;16" else Image.new(mode, (8, 8), 65535)
    pixels = read_picture(saved(image, "JPEG" if mode == "CMYK" else "PNG"), "a", 16)
    assert close(pixels[:, 8, 8], WHITE)


def test_only_the_first_frame_of_an_animation_is_seen() -> None:
    content = saved(Image.new("RGB", (8, 8), RED), "GIF", save_all=True, append_images=[Image.new("RGB", (8, 8), BLUE)])
    assert close(read_picture(content, "a", 16)[:, 8, 8], RED)


def test_what_is_transparent_is_white() -> None:
    content = saved(Image.new("RGBA", (8, 8), (*BLUE, 0)))
    assert close(read_picture(content, "a", 16)[:, 8, 8], WHITE)


def test_a_wide_picture_keeps_its_shape() -> None:
    pixels = read_picture(saved(halves((64, 16))), "a", 16)
    assert close(pixels[:, 1, 8], AROUND)
    assert close(pixels[:, 8, 1], RED)
    assert close(pixels[:, 14, 8], AROUND)


def test_a_picture_of_a_single_row_is_still_seen() -> None:
    assert close(read_picture(saved(halves((500, 1))), "a", 16)[:, 7, 1], RED)


def test_a_picture_is_turned_as_its_exif_data_says() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # rotate by 90 degrees clockwise to see it upright
    pixels = read_picture(saved(halves(), "JPEG", exif=exif), "a", 16)
    assert close(pixels[:, 2, 8], RED)
    assert close(pixels[:, 13, 8], BLUE)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_a_truncated_picture_is_refused(kind: str) -> None:
    noise = np.random.default_rng(0).integers(0, 255, (64, 64, 3), dtype=np.uint8)
    content = saved(Image.fromarray(noise), kind)
    with pytest.raises(PictureError, match=r"half\.x: damaged or cut off .*save the picture anew"):
        read_picture(content[: len(content) // 2], "half.x", 16)


@pytest.mark.parametrize("content", [b"", b"hello", b"%PDF-1.7", saved(halves(), "BMP"), saved(halves(), "TIFF")])
def test_other_files_are_refused_with_the_formats_that_are_read(content: bytes) -> None:
    with pytest.raises(PictureError, match=r"notes\.txt: not a picture of a known format: send PNG, JPEG, WEBP, GIF"):
        read_picture(content, "notes.txt", 16)


def test_a_file_that_is_too_large_is_refused_unread() -> None:
    with pytest.raises(PictureError, match="a: 5 bytes, at most 4 are read"):
        read_picture(b"12345", "a", 16, PictureLimits(size=4))


def test_a_picture_of_too_many_pixels_is_refused_from_its_header() -> None:
    content = saved(halves((40, 30)))
    with pytest.raises(PictureError, match="a: 40 x 30 pixels, at most 1199 are read: make the picture smaller"):
        read_picture(content, "a", 16, PictureLimits(pixels=1199))
    read_picture(content, "a", 16, PictureLimits(pixels=1200))


def test_pillows_own_limit_is_told_in_the_same_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 100)
    with pytest.raises(PictureError, match="a: far more pixels, at most 25000000 are read"):
        read_picture(saved(halves()), "a", 16)


def test_a_jpeg_file_of_too_many_scans_is_refused() -> None:
    content = saved(halves(), "JPEG", progressive=True)
    with pytest.raises(PictureError, match=r"a: the JPEG file has \d+ scans, at most 3 are read"):
        read_picture(content, "a", 16, PictureLimits(scans=3))
    read_picture(content, "a", 16)
