"""Deletes mark the products they touch; Django sends these signals for cascades and bulk deletes too."""

from __future__ import annotations

from typing import Any

from django.db.models.signals import post_delete, pre_delete
from django.dispatch import receiver

from register import changes
from register.models import RECORDED, Product, Recorded


@receiver(pre_delete)
def before_delete(sender: type[Any], instance: Any, **_: Any) -> None:
    """Lock the clock before the rows, and remember which products are touched."""
    if sender in RECORDED:
        changes.lock_clock()
        instance.gtins_before_delete = changes.gtins_of(instance)


@receiver(post_delete)
def after_delete(sender: type[Any], instance: Recorded, **_: Any) -> None:
    """Mark the products: tombstones for those that are gone."""
    if sender in RECORDED:
        gtins: set[str] = instance.gtins_before_delete  # type: ignore[attr-defined]
        changes.record(gtins | ({instance.gtin} if isinstance(instance, Product) else set()))
