"""Prepares photographs for sending with a note."""

from __future__ import annotations

import io

from PIL import Image, ImageCms, ImageOps

from services.file_kinds import unread_kind

LONGEST_SIDE = 2560
MOST_PIXELS = 60_000_000
MOST_BYTES = 8 * 1024 * 1024  # what the server takes (docs/api.md)
_FORMATS = ("JPEG", "MPO", "PNG", "WEBP", "AVIF", "HEIF")


class BadPicture(Exception):
    """A file that cannot be used as a photo; `reason` is `too_big` (over 60 megapixels) or one of file_kinds.KINDS."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def prepare(picture: bytes) -> bytes:
    """Turn a picture into an upright JPEG of at most 2560 pixels a side, without metadata (place, time, camera).

    Reads JPEG, PNG, WebP, and AVIF or HEIC where the installed Pillow does; the first picture of a file that holds
    several. Colours are converted to sRGB, which readers assume where there is no profile. Raises BadPicture.
    """
    try:
        Image.init()
        with Image.open(io.BytesIO(picture), formats=[f for f in _FORMATS if f in Image.OPEN]) as opened:
            if opened.width * opened.height <= MOST_PIXELS:
                return _jpeg(opened)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        pass
    except Exception as error:  # Pillow's plug-ins raise whatever a broken file makes them raise
        kind = unread_kind(picture)
        raise BadPicture("unreadable" if kind == "pdf" else kind) from error  # a document is no photo
    raise BadPicture("too_big")


def _jpeg(opened: Image.Image) -> bytes:
    # Lets the JPEG decoder skip detail that will not be kept: far less time and memory for a 48-megapixel photo.
    opened.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
    picture = _in_srgb(ImageOps.exif_transpose(opened))
    picture.thumbnail((LONGEST_SIDE, LONGEST_SIDE), Image.Resampling.LANCZOS)
    # A new image, because Pillow copies comments and profiles along in `info`; transparent parts become white.
    clean = Image.new("RGB", picture.size, "white")
    transparent = picture.has_transparency_data
    source = picture.convert("RGBA" if transparent else "RGB")
    clean.paste(source, mask=source.getchannel("A") if transparent else None)
    for quality in (85, 70, 50):
        target = io.BytesIO()
        clean.save(target, "JPEG", quality=quality, optimize=True)
        if target.tell() <= MOST_BYTES:
            break
    return target.getvalue()


def _in_srgb(picture: Image.Image) -> Image.Image:
    """Convert a picture to 8 bits a channel, and its colours from its own profile to sRGB."""
    if picture.mode.startswith("I"):
        # Sixteen bits a pixel: Pillow's own conversion would cut off what is above 255, which is nearly everything.
        return picture.convert("I").point(lambda value: value * (1 / 256)).convert("L")
    profile = picture.info.get("icc_profile")
    if not profile or picture.mode not in ("RGB", "CMYK", "L"):
        return picture
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        converted = ImageCms.profileToProfile(picture, source, ImageCms.createProfile("sRGB"), outputMode="RGB")
    except (ImageCms.PyCMSError, OSError, ValueError, ImportError):  # ImportError: a Pillow without LittleCMS
        return picture
    return converted or picture
