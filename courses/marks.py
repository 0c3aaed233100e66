"""Marks of accrediting bodies: an uploaded picture is drawn anew, small, before it is kept."""

import io
from typing import NamedTuple

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from PIL import Image, UnidentifiedImageError

# Twice the size it is shown in, for screens with fine dots.
LARGEST = (480, 200)
MOST_BYTES = 2 * 1024 * 1024
MOST_DOTS = 20_000_000
FORMATS = ["PNG", "JPEG", "WEBP"]
COLORS = 64


class Mark(NamedTuple):
    png: bytes
    width: int
    height: int


def drawn_anew(upload) -> Mark:
    """The picture as a small PNG of our own making, without anything else that the file held.

    ValidationError when it is no picture that we read.
    """
    if upload.size > MOST_BYTES:
        raise ValidationError(_("The file is larger than 2 MB. Send a smaller picture of the mark."))
    try:
        with Image.open(upload, formats=FORMATS) as picture:
            if picture.width * picture.height > MOST_DOTS:
                raise ValidationError(_("The picture has too many dots. Send one up to 4,000 wide."))
            small = picture.convert("RGBA")
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        raise ValidationError(_("This is no PNG, JPEG or WebP picture that can be read.")) from None
    small.thumbnail(LARGEST)
    return Mark(as_png(small), *small.size)


def as_png(picture: Image.Image) -> bytes:
    """Few colors are enough for a mark, and a quarter of the bytes."""
    out = io.BytesIO()
    picture.quantize(COLORS, method=Image.Quantize.FASTOCTREE).save(out, "PNG", optimize=True)
    return out.getvalue()
