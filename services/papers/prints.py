"""Small copies of photos for paper."""

from __future__ import annotations

import io

from PIL import Image

PRINT_SIDE = 1000
_QUALITY = 80


def print_of(jpeg: bytes) -> bytes:
    """A copy of a photo of at most 1,000 pixels a side; a photo that is no larger is taken as it is.

    Raises OSError or ValueError for what is no JPEG.
    """
    with Image.open(io.BytesIO(jpeg), formats=["JPEG"]) as opened:
        if max(opened.size) <= PRINT_SIDE and opened.mode in ("RGB", "L"):
            return jpeg
        opened.draft("RGB", (PRINT_SIDE, PRINT_SIDE))
        picture = opened.convert("RGB")
    picture.thumbnail((PRINT_SIDE, PRINT_SIDE), Image.Resampling.BILINEAR, reducing_gap=2.0)
    target = io.BytesIO()
    picture.save(target, "JPEG", quality=_QUALITY)
    return target.getvalue()
