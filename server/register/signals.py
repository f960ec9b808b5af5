"""Marks products that deletes touch as changed; Django sends these signals for cascades and bulk deletes too."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.db.models.signals import m2m_changed, post_delete, pre_delete
from django.dispatch import receiver

from register.clock import lock_clock
from register.description import Described, record_register
from register.models import Locality, Product, Recorded, record_products


def _touches_products(sender: type[Any], origin: Any) -> bool:
    """Whether a delete is to mark products; what goes with its product does not, as that is marked itself."""
    deleted = origin.model if isinstance(origin, QuerySet) else type(origin)
    return issubclass(sender, Recorded) and (sender is Product or deleted is not Product)


@receiver(pre_delete)
def before_delete(sender: type[Any], instance: Any, origin: Any, **_: Any) -> None:
    """Lock the clock before the rows, and remember which products are touched."""
    if issubclass(sender, (Recorded, Described)):
        lock_clock()
    if _touches_products(sender, origin):
        instance.gtins_before_delete = instance.changed_gtins()


@receiver(post_delete)
def after_delete(sender: type[Any], instance: Recorded, origin: Any, **_: Any) -> None:
    """Mark the products: deleted ones become tombstones."""
    if _touches_products(sender, origin):
        gtins: set[str] = instance.gtins_before_delete  # type: ignore[attr-defined]
        record_products(gtins | ({instance.gtin} if isinstance(instance, Product) else set()))
    if issubclass(sender, Described):
        record_register()


@receiver(m2m_changed, sender=Locality.former_units.through)
def units_changed(action: str, **_: Any) -> None:
    """Mark the register's description as changed, since it tells which communes have land of which former units."""
    if action.startswith("post_"):
        record_register()
