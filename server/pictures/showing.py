"""Opens pictures to show them, and draws those that are drawn when they are first asked for."""

from __future__ import annotations

from typing import Any

from django.core.files.base import ContentFile, File

from pictures import store
from pictures.drawn import draw
from records.pictures import webp
from register.models import Picture


def opened(sha256: str, width: int) -> File[Any] | None:
    """Open a picture to be read; None where no product has it. Raises PhotosUnavailable.

    A drawn picture is kept, and removed like any other; the same text gives the same picture again.
    """
    file = store.opened(sha256, width)
    if file is not None:
        return file
    picture = Picture.objects.filter(sha256=sha256).exclude(drawn_from="").first()
    if picture is None:
        return None
    drawn = webp(draw(picture.drawn_from, (picture.width, picture.height), width))
    store.keep(sha256, {width: drawn})
    return ContentFile(drawn)
