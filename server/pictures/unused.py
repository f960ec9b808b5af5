"""Removes the copies of pictures that no product shows."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from pictures import store
from register.clock import lock_clock
from register.models import Picture


def remove_unless_used(sha256: str) -> bool:
    """Remove the copies of a picture that no product shows; whether it was so.

    The register's clock is locked meanwhile, so that nobody gives the picture to a product at the same time.
    """
    with transaction.atomic():
        lock_clock()
        unused = not Picture.objects.filter(sha256=sha256).exists()
        if unused:
            store.remove(sha256)
    return unused


def remove_unused(before: datetime) -> int:
    """Remove the copies of pictures that no product shows and that came before a moment. Returns how many.

    They are left where a form was given up after its files had come.
    """
    shown = set(Picture.objects.values_list("sha256", flat=True))
    return sum(
        remove_unless_used(sha256) for sha256, since in store.kept_since() if sha256 not in shown and since < before
    )
