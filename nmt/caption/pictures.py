"""Pictures as arrays of a fixed size. Needs Pillow, and opens only the formats that it names."""

from __future__ import annotations

import io
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps, UnidentifiedImageError

from nmt.errors import PictureError

FORMATS = ("PNG", "JPEG", "WEBP", "GIF")
"""Formats that are opened; of a GIF, the first frame. Pillow's other decoders, some of them old, are never reached."""
_AROUND = (128, 128, 128)
"""Colour beside a picture that is not square. The model reads it as zero."""
_BEHIND = (255, 255, 255)
"""Colour behind transparent pixels."""
_START_OF_SCAN = b"\xff\xda"


@dataclass(frozen=True, slots=True)
class PictureLimits:
    """How large a picture may be. Decoding takes time and memory in proportion to it."""

    size: int = 10 * 1024 * 1024
    """Bytes of the file."""
    pixels: int = 25_000_000
    """Width times height. A file of a few kilobytes can hold billions."""
    scans: int = 100
    """Scans of a JPEG file. Each passes over all pixels, and needs but a few bytes. Cameras write up to a dozen."""


def read_picture(content: bytes, name: str, size: int, limits: PictureLimits | None = None) -> NDArray[np.uint8]:
    """Return the picture in a file as red, green and blue (3, P, P), with P = `size`.

    It is rotated as its EXIF data says, scaled to fit, and centred. `name` is the file's name, for messages. Raises
    PictureError if the file is none of `FORMATS`, exceeds `limits`, or is damaged.
    """
    limits = limits or PictureLimits()
    if len(content) > limits.size:
        raise PictureError(f"{name}: {len(content)} bytes, at most {limits.size} are read: make the file smaller")
    try:
        return _squared(_opened(content, name, limits), size)
    except PictureError:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise _too_large(name, "far more", limits) from error
    except Exception as error:  # on a damaged file, the decoders raise errors of many kinds
        raise PictureError(f"{name}: damaged or cut off ({error}): save the picture anew") from error


def _opened(content: bytes, name: str, limits: PictureLimits) -> Image.Image:
    """Return the decoded picture in RGB, with its EXIF rotation applied."""
    try:
        picture: Image.Image = Image.open(io.BytesIO(content), formats=FORMATS)
    except UnidentifiedImageError as error:
        raise PictureError(f"{name}: not a picture of a known format: send {', '.join(FORMATS)}") from error
    # Only the header has been read so far.
    if picture.width * picture.height > limits.pixels:
        raise _too_large(name, f"{picture.width} x {picture.height}", limits)
    if picture.format == "JPEG" and (scans := content.count(_START_OF_SCAN)) > limits.scans:
        raise PictureError(f"{name}: the JPEG file has {scans} scans, at most {limits.scans} are read: save it anew")
    picture.load()
    turned = ImageOps.exif_transpose(picture)
    if not turned.has_transparency_data:
        return turned.convert("RGB")
    seen = turned.convert("RGBA")
    behind = Image.new("RGBA", seen.size, (*_BEHIND, 255))
    return Image.alpha_composite(behind, seen).convert("RGB")


def _squared(picture: Image.Image, size: int) -> NDArray[np.uint8]:
    """Return `picture`, scaled to fit and centred, as (3, P, P)."""
    scale = size / max(picture.size)
    width, height = (max(1, round(scale * side)) for side in picture.size)
    square = Image.new("RGB", (size, size), _AROUND)
    scaled = picture.resize((width, height), Image.Resampling.BICUBIC)
    square.paste(scaled, ((size - width) // 2, (size - height) // 2))
    return np.ascontiguousarray(np.asarray(square, dtype=np.uint8).transpose(2, 0, 1))


def _too_large(name: str, found: str, limits: PictureLimits) -> PictureError:
    return PictureError(f"{name}: {found} pixels, at most {limits.pixels} are read: make the picture smaller")
