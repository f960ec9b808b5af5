"""Removes the copies of pictures that no product shows."""

from __future__ import annotations

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
