"""Checks that bytes are a picture that may be opened, and makes copies of pictures to show."""

from __future__ import annotations

import io
import threading

from PIL import Image, ImageOps, UnidentifiedImageError

# A photo of 100 megapixels still fits; more in 8 MiB is a decompression bomb.
MAX_PIXELS = 120_000_000
Image.MAX_IMAGE_PIXELS = None  # Pillow's own limit only warns
_EXTENSIONS = {"JPEG": "jpg", "PNG": "png"}
# Unpacking the largest picture takes 480 MB, so a process unpacks one at a time.
_one_at_a_time = threading.Lock()


class UnsupportedPhoto(ValueError):
    """The bytes are not a JPEG or PNG picture that may be opened."""


def extension_of(picture: bytes, announced: str) -> str:
    """Return `jpg` or `png` by the bytes. Raises UnsupportedPhoto, also where the record names the other type."""
    try:
        with Image.open(io.BytesIO(picture), formats=tuple(_EXTENSIONS)) as image:
            kind, pixels = str(image.format), image.width * image.height
            image.verify()  # reads the file's structure; no pixel is unpacked
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError) as error:
        raise UnsupportedPhoto("The picture is neither JPEG nor PNG, or it is damaged.") from error
    if pixels > MAX_PIXELS:
        raise UnsupportedPhoto("The picture has too many pixels.")
    if announced != f"image/{kind.lower()}":
        raise UnsupportedPhoto(f"The picture is a {kind}, which is not what the record says.")
    if kind == "JPEG" and not _jpeg_ends(picture):
        raise UnsupportedPhoto("The picture breaks off before its end.")
    return _EXTENSIONS[kind]


def copy_to_show(picture: bytes, side: int) -> bytes:
    """Return the picture as a JPEG of at most `side` pixels a side, upright, on white, with nothing in it but pixels.

    What was sent may hold places, names, or a web page behind the picture; a copy drawn anew holds none of it. Raises
    UnsupportedPhoto where the pixels cannot be unpacked.
    """
    try:
        with _one_at_a_time, Image.open(io.BytesIO(picture), formats=tuple(_EXTENSIONS)) as image:
            image.draft("RGB", (side, side))  # a JPEG is unpacked at a fraction of its size where that is enough
            upright = ImageOps.exif_transpose(image)
            upright.thumbnail((side, side))
            shown = Image.new("RGB", upright.size, "white")
            pixels = upright.convert("RGBA")
            shown.paste(pixels, mask=pixels.getchannel("A"))
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError) as error:
        raise UnsupportedPhoto("The picture is damaged.") from error
    file = io.BytesIO()
    shown.save(file, "JPEG", quality=85)
    return file.getvalue()


def _jpeg_ends(picture: bytes) -> bool:
    """Whether the picture has its end-of-image marker (ITU-T T.81, B.1.1.2); Pillow looks at a JPEG's beginning alone.

    Segments are skipped by their lengths, since a thumbnail in one has an end-of-image marker too.
    """
    at = 2
    while at + 4 <= len(picture) and picture[at] == 0xFF:
        marker = picture[at + 1]
        if marker == 0xDA:  # start of scan: from here on FF D9 can only be the end
            return picture.find(b"\xff\xd9", at) >= 0
        at += 1 if marker == 0xFF else 2 + int.from_bytes(picture[at + 2 : at + 4], "big")
    return False
