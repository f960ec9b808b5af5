"""Removes the copies of a picture with its last use; Django sends this signal for cascades and bulk deletes too."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models.signals import post_delete
from django.dispatch import receiver

from pictures.unused import remove_unless_used
from register.models import Picture


@receiver(post_delete, sender=Picture)
def picture_deleted(instance: Picture, **_: Any) -> None:
    """Look whether another product shows the same picture, once the deletion is certain.

    Where database or storage are away by then, the deletion stands all the same; `forget_pictures` removes the files.
    """

    def remove_files() -> None:  # not a partial, which has no name: Django logs a failure by it
        remove_unless_used(instance.sha256)

    transaction.on_commit(remove_files, robust=True)
