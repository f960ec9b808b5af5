"""Checks that bytes are a picture that may be opened, and makes copies of pictures to show."""

from __future__ import annotations

import contextlib
import io
import threading
from collections.abc import Sequence
from typing import IO

from PIL import Image, ImageCms, ImageOps, UnidentifiedImageError

# A photo of 100 megapixels still fits; more in 8 MiB is a decompression bomb.
MAX_PIXELS = 120_000_000
Image.MAX_IMAGE_PIXELS = None  # Pillow's own limit only warns
_EXTENSIONS = {"JPEG": "jpg", "PNG": "png"}
# What the office may upload beside these; of several pictures in one file the first is taken.
UPLOADED = ("JPEG", "PNG", "WEBP", "TIFF", "BMP", "GIF")
_QUALITY = 82  # of WebP: small print on labels stays sharp
# Unpacking the largest picture takes 480 MB, so a process unpacks one at a time.
_one_at_a_time = threading.Lock()


class UnsupportedPhoto(ValueError):
    """The bytes are not a picture of a kind that is taken and may be opened."""


class UnknownKind(UnsupportedPhoto):
    """The bytes are no picture of a kind that is taken."""


class TooManyPixels(UnsupportedPhoto):
    """The picture is larger than may be unpacked."""


def extension_of(picture: bytes, announced: str) -> str:
    """Return `jpg` or `png` by the bytes. Raises UnsupportedPhoto, also where the record names the other type."""
    try:
        with Image.open(io.BytesIO(picture), formats=tuple(_EXTENSIONS)) as image:
            kind, pixels = str(image.format), image.width * image.height
            image.verify()  # reads the file's structure; no pixel is unpacked
    except MemoryError:
        raise
    except Exception as error:  # Pillow's readers raise nearly anything on a broken file
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
            shown = _upright(image, side)
    except MemoryError:
        raise
    except Exception as error:
        raise UnsupportedPhoto("The picture is damaged.") from error
    file = io.BytesIO()
    shown.save(file, "JPEG", quality=85)
    return file.getvalue()


def webp_copies(file: IO[bytes], sides: Sequence[int]) -> dict[int, tuple[tuple[int, int], bytes]]:
    """Return the size and the WebP of an uploaded picture by each of `sides`, its longest side; none is enlarged.

    The copies are upright, on white, in sRGB, and nothing but pixels. Raises UnknownKind, TooManyPixels, and
    UnsupportedPhoto where the pixels cannot be unpacked.
    """
    try:
        with _one_at_a_time, Image.open(file, formats=UPLOADED) as image:
            largest = _upright(image, max(sides)) if image.width * image.height <= MAX_PIXELS else None
    except UnidentifiedImageError as error:
        raise UnknownKind("The file is no picture of a kind that is taken.") from error
    except MemoryError:
        raise
    except Exception as error:
        raise UnsupportedPhoto("The picture is damaged.") from error
    if largest is None:
        raise TooManyPixels("The picture has too many pixels.")
    copies = {}
    for side in sides:
        copy = largest.copy()
        copy.thumbnail((side, side), Image.Resampling.LANCZOS)
        copies[side] = (copy.size, webp(copy))
    return copies


def webp(image: Image.Image) -> bytes:
    """Return a picture as WebP, as the register shows its pictures."""
    file = io.BytesIO()
    image.save(file, "WEBP", quality=_QUALITY, method=4)
    return file.getvalue()


def _upright(image: Image.Image, side: int) -> Image.Image:
    """The picture's pixels, at most `side` a side, upright, on white, in sRGB."""
    image.draft("RGB", (side, side))  # a JPEG is unpacked at a fraction of its size where that is enough
    profile = image.info.get("icc_profile")
    upright = ImageOps.exif_transpose(image)
    if upright.mode.startswith("I"):  # 16 bits of grey, of which Pillow would keep the lowest
        upright = upright.point(lambda value: value / 256).convert("L")
    if upright.mode in {"1", "P", "PA"}:  # of these Pillow would leave out pixels instead of mixing them
        upright = upright.convert("L" if upright.mode == "1" else "RGBA")
    upright.thumbnail((side, side))
    shown = Image.new("RGB", upright.size, "white")
    pixels = upright.convert("RGBA")
    shown.paste(pixels, mask=pixels.getchannel("A"))
    with contextlib.suppress(ImageCms.PyCMSError, OSError, ValueError):  # a profile that is of no use
        if profile and upright.mode in {"RGB", "RGBA"}:
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            ImageCms.profileToProfile(shown, source, ImageCms.createProfile("sRGB"), inPlace=True)
    return shown


def _jpeg_ends(picture: bytes) -> bool:
    """Whether the picture has its end-of-image marker (ITU-T T.81, B.1.1.2); Pillow looks at a JPEG's beginning alone.

    Segments are skipped by their lengths, since a thumbnail in one has an end-of-image marker too.
    """
    at = 2
    while at + 4 <= len(picture) and picture[at] == 0xFF:
        marker = picture[at + 1]
        if marker == 0xDA:  # start of scan: from here on FF D9 can only be the end, which is sought from the end
            return picture.rfind(b"\xff\xd9", at) >= 0
        at += 1 if marker == 0xFF else 2 + int.from_bytes(picture[at + 2 : at + 4], "big")
    return False
