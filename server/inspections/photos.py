"""Checking and keeping the bytes of a photo."""

from __future__ import annotations

import io

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone
from PIL import Image, UnidentifiedImageError

from inspections.models import Inspection, Photo
from register.clock import lock_clock

# A 100-megapixel phone still fits; more in 8 MiB is a decompression bomb.
MAX_PIXELS = 120_000_000
Image.MAX_IMAGE_PIXELS = None  # Pillow only warns at its own limit
_EXTENSIONS = {"JPEG": "jpg", "PNG": "png"}


class UnsupportedPhoto(ValueError):
    """The bytes are not a JPEG or PNG picture that may be opened."""


def extension_of(picture: bytes, announced: str) -> str:
    """Return `jpg` or `png`, by what the bytes are. Raises UnsupportedPhoto, also where the note says the other."""
    try:
        with Image.open(io.BytesIO(picture), formats=tuple(_EXTENSIONS)) as image:
            kind, pixels = str(image.format), image.width * image.height
            image.verify()  # reads the file's structure; no pixel is unpacked
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError) as error:
        raise UnsupportedPhoto("The picture is neither JPEG nor PNG, or it is damaged.") from error
    if pixels > MAX_PIXELS:
        raise UnsupportedPhoto("The picture has too many pixels.")
    if announced != f"image/{kind.lower()}":
        raise UnsupportedPhoto(f"The picture is a {kind}, which is not what the note says.")
    if kind == "JPEG" and not _jpeg_ends(picture):
        raise UnsupportedPhoto("The picture breaks off before its end.")
    return _EXTENSIONS[kind]


def _jpeg_ends(picture: bytes) -> bool:
    """Whether the picture has its end-of-image marker (ITU-T T.81, B.1.1.2); Pillow looks at a JPEG's beginning alone.

    Segments are stepped over by their lengths: a thumbnail in one has an end of its own.
    """
    at = 2
    while at + 4 <= len(picture) and picture[at] == 0xFF:
        marker = picture[at + 1]
        if marker == 0xDA:  # start of scan: from here on FF D9 is nothing but the end
            return picture.find(b"\xff\xd9", at) >= 0
        at += 1 if marker == 0xFF else 2 + int.from_bytes(picture[at + 2 : at + 4], "big")
    return False


def store(photo: Photo, picture: bytes) -> bool:
    """Keep `picture`, whose SHA-256 is the photo's name; False when it was kept before.

    Raises UnsupportedPhoto, and PhotosUnavailable where it cannot be kept now.

    The file is durable before the row says so. The note moves to the end of its account's list, so that other devices
    learn of it.
    """
    if photo.file:
        return False
    name = f"photos/{photo.sha256[:2]}/{photo.sha256}.{extension_of(picture, photo.type)}"
    name = default_storage.save(name, ContentFile(picture))
    with transaction.atomic():
        clock = lock_clock("inspections")
        first = Photo.objects.filter(pk=photo.pk, file="").update(file=name, stored_at=timezone.now())
        if first:
            clock.value += 1
            clock.save(update_fields=["value"])
            Inspection.objects.filter(pk=photo.inspection_id).update(cursor=clock.value)
    return bool(first)
