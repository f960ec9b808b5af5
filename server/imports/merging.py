"""Makes one producer of two that a person has found to be the same, and takes that apart again."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils import timezone

from imports import bulk
from imports.models import ProducerMerge
from register.clock import lock_clock
from register.models import MOST_SHOPS, Producer, Product, Shop, record_products

_KEPT = ("name", "address", "phone", "tax_code", "site", "story", "story_en")


class CannotMerge(Exception):
    """Why the two stay two, in the person's language."""


def merge(kept: Producer, gone: Producer, by: Any) -> ProducerMerge:
    """Move products and shops of `gone` to `kept`, and delete it. What `kept` says of itself stays.

    Raises CannotMerge where somebody has changed or deleted one of them meanwhile, or where the shops are too many.
    """
    with transaction.atomic():
        lock_clock()
        now = {one.pk: one for one in Producer.objects.filter(pk__in=(kept.pk, gone.pk))}
        if len(now) != 2 or any(shown(now[one.pk]) != shown(one) for one in (kept, gone)):
            raise CannotMerge("Có người vừa sửa một trong hai chủ thể. Chưa gộp gì, hãy xem lại.")
        shops = list(gone.shops.all())
        if kept.shops.count() + len(shops) > MOST_SHOPS:
            raise CannotMerge(f"Gộp lại sẽ có hơn {MOST_SHOPS} nơi bán. Hãy bớt nơi bán rồi gộp.")
        products = list(gone.products.all())
        at, why = timezone.now(), f"Gộp chủ thể {gone.name}"
        done = ProducerMerge.objects.create(
            kept=kept.pk,
            gone={"id": gone.pk} | shown(gone),
            products=[one.pk for one in products],
            shops=[one.pk for one in shops],
            by=by,
        )
        _move(products, kept.pk, by.pk, at, why)
        _move(shops, kept.pk, by.pk, at, why)
        gone._change_reason = why  # type: ignore[attr-defined] # simple-history's
        gone._history_user = by  # type: ignore[attr-defined]
        gone.delete()
        record_products(one.gtin for one in [*products, *kept.products.all()])
    return done


def take_apart(done: ProducerMerge, by: Any) -> int:
    """Bring the producer back with those of its products and shops that still lie where they were moved to.

    Returns how many products went back. Raises CannotMerge where that was done already.
    """
    with transaction.atomic():
        lock_clock()
        if not ProducerMerge.objects.filter(pk=done.pk, undone_at=None).update(undone_at=timezone.now()):
            raise CannotMerge("Hai chủ thể này đã được tách lại.")
        back = Producer(pk=done.gone["id"], **{name: done.gone.get(name, "") for name in _KEPT})
        back._history_user = by  # type: ignore[attr-defined]
        back.save(force_insert=True)
        at, why = timezone.now(), f"Tách lại chủ thể {back.name}"
        products = list(Product.objects.filter(pk__in=done.products, producer=done.kept))
        _move(products, back.pk, by.pk, at, why)
        _move(list(Shop.objects.filter(pk__in=done.shops, producer=done.kept)), back.pk, by.pk, at, why)
        staying = Product.objects.filter(producer=done.kept).values_list("gtin", flat=True)
        record_products([*(one.gtin for one in products), *staying])
    return len(products)


def shown(producer: Producer) -> dict[str, str]:
    """What a producer says of itself."""
    return {name: getattr(producer, name) for name in _KEPT}


def _move(rows: list[Any], producer: int, by: int, at: Any, why: str) -> None:
    """Give products or shops another producer, with the history of it."""
    if not rows:
        return
    model = type(rows[0])
    keys = [one.pk for one in rows]
    first = bulk.first_editions(model, keys, at)
    model.history.model.objects.bulk_create(first, 500)
    for one in rows:
        one.producer_id = producer
    for part in bulk.parts(keys):
        model.objects.filter(pk__in=part).update(producer=producer)
    model.history.model.objects.bulk_create(bulk.editions(rows, bulk.CHANGED, by, at, why), 500)
