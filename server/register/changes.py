"""Marking what changed, so that devices can follow the register."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction
from django.utils import timezone

from register.models import Product, ProductChange, Recorded, Register, RegisterClock

DEFAULT_NAME = "OCOP Quảng Ninh"


def lock_clock(name: str = "register") -> RegisterClock:
    """Lock the counter until the transaction ends.

    A writer locks it before anything else: two writers then always wait in the same order and cannot deadlock.
    Raises TransactionManagementError outside a transaction.
    """
    return RegisterClock.objects.select_for_update().get(name=name)


def gtins_of(record: Recorded) -> set[str]:
    """The GTINs of the products that show this record."""
    return set(record.changed_products().order_by().values_list("gtin", flat=True)) if record.pk else set()


def record(gtins: Iterable[str]) -> None:
    """Give each GTIN the next cursor; one that has no product any more becomes a tombstone."""
    wanted = sorted(set(gtins))
    if not wanted:
        return
    with transaction.atomic():
        clock = lock_clock()
        now = timezone.now()
        present = set(Product.objects.filter(gtin__in=wanted).values_list("gtin", flat=True))
        rows = [
            ProductChange(gtin=gtin, cursor=cursor, deleted=gtin not in present, changed_at=now)
            for cursor, gtin in enumerate(wanted, start=clock.value + 1)
        ]
        ProductChange.objects.bulk_create(
            rows, update_conflicts=True, unique_fields=["gtin"], update_fields=["cursor", "deleted", "changed_at"]
        )
        clock.value = rows[-1].cursor
        clock.save(update_fields=["value"])


def record_register() -> None:
    """Give the register's description the next cursor."""
    with transaction.atomic():
        clock = lock_clock()
        clock.value += 1
        clock.save(update_fields=["value"])
        if not Register.objects.update(cursor=clock.value):
            Register.objects.bulk_create([Register(name=DEFAULT_NAME, cursor=clock.value)])
