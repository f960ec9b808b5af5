"""Deletes mark the products they touch; Django sends these signals for cascades and bulk deletes too."""

from __future__ import annotations

from typing import Any

from django.db.models.signals import m2m_changed, post_delete, pre_delete
from django.dispatch import receiver

from register import changes
from register.models import DESCRIBED, RECORDED, Locality, Product, Recorded


@receiver(pre_delete)
def before_delete(sender: type[Any], instance: Any, **_: Any) -> None:
    """Lock the clock before the rows, and remember which products are touched."""
    if sender in RECORDED or sender in DESCRIBED:
        changes.lock_clock()
    if sender in RECORDED:
        instance.gtins_before_delete = changes.gtins_of(instance)


@receiver(post_delete)
def after_delete(sender: type[Any], instance: Recorded, **_: Any) -> None:
    """Mark the products: tombstones for those that are gone."""
    if sender in RECORDED:
        gtins: set[str] = instance.gtins_before_delete  # type: ignore[attr-defined]
        changes.record(gtins | ({instance.gtin} if isinstance(instance, Product) else set()))
    if sender in DESCRIBED:
        changes.record_register()


@receiver(m2m_changed, sender=Locality.former_units.through)
def units_changed(action: str, **_: Any) -> None:
    """Mark the register's description, which tells which communes have which former units' land."""
    if action.startswith("post_"):
        changes.record_register()
