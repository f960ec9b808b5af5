"""What the office does to certificates by a decision: withdraws one, takes a withdrawal back, renews one or many.

Whoever does it says what they saw (`mark`): where somebody has changed a certificate of the product meanwhile, nothing
is written. All of it goes by the register's clock, so that devices hear of it at their next poll.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction
from simple_history.utils import bulk_create_with_history

from register.clock import lock_clock
from register.models import Certificate, Product, record_products

_WITHDRAWAL = ("withdrawn_on", "withdrawn_reason", "withdrawn_reason_en", "withdrawn_by", "withdrawn_by_on")


class ChangedSince(Exception):
    """Somebody has changed certificates of these products since they were shown."""

    def __init__(self, products: Collection[int]) -> None:
        super().__init__("certificates were changed meanwhile")
        self.products = products


class NumberTaken(Exception):
    """A certificate of this number is there already."""


@dataclass(frozen=True)
class Withdrawal:
    """From which day, why, and by which decision. Everybody reads the reason."""

    day: date
    reason: str
    number: str = ""
    decided_on: date | None = None


def mark(certificates: Iterable[Certificate]) -> str:
    """Tells what a product's certificates say; differs where any of them does."""
    columns = [field.attname for field in Certificate._meta.concrete_fields if field.name != "search"]
    said = sorted("\x1f".join(str(getattr(one, column)) for column in columns) for one in certificates)
    return hashlib.sha256("\x1e".join(said).encode()).hexdigest()[:32]


def withdraw(certificate: int, seen: str, withdrawal: Withdrawal, by: Any) -> Certificate:
    """Withdraw a certificate. Raises ChangedSince and Certificate.DoesNotExist."""
    with transaction.atomic():
        one = _unchanged(certificate, seen)
        one.withdrawn_on, one.withdrawn_reason = withdrawal.day, withdrawal.reason
        one.withdrawn_by, one.withdrawn_by_on = withdrawal.number, withdrawal.decided_on
        one.withdrawn_reason_en = ""
        return _save(one, by, f"Thu hồi: {withdrawal.reason}")


def take_back(certificate: int, seen: str, why: str, by: Any) -> Certificate:
    """Undo a wrong withdrawal; the history keeps what was withdrawn and why. Raises as `withdraw` does."""
    with transaction.atomic():
        one = _unchanged(certificate, seen)
        for name in _WITHDRAWAL:
            setattr(one, name, None if name.endswith("_on") else "")
        return _save(one, by, f"Hủy thu hồi: {why}")


def renew(papers: Sequence[Certificate], seen: Mapping[int, str], why: str, by: Any) -> None:
    """Add new certificates, all or none. `seen` is the mark of each product's certificates by the product's key.

    Raises ChangedSince and NumberTaken.
    """
    with transaction.atomic():
        lock_clock()
        now = marks_of(seen)
        if changed := [key for key, shown in seen.items() if now.get(key) != shown]:
            raise ChangedSince(changed)
        taken = Certificate.objects.filter(number__in=[paper.number for paper in papers])
        if number := taken.values_list("number", flat=True).first():
            raise NumberTaken(number)
        bulk_create_with_history(list(papers), Certificate, default_user=by, default_change_reason=why)
        keys = [paper.product_id for paper in papers]
        record_products(Product.objects.filter(pk__in=keys).values_list("gtin", flat=True))


def marks_of(products: Iterable[int]) -> dict[int, str]:
    """The mark of each product's certificates; a product that is gone has none."""
    keys = list(products)
    found: dict[int, list[Certificate]] = defaultdict(list)
    for one in Certificate.objects.filter(product__in=keys):
        found[one.product_id].append(one)
    there = Product.objects.filter(pk__in=keys).values_list("pk", flat=True)
    return {key: mark(found[key]) for key in there}


def _unchanged(certificate: int, seen: str) -> Certificate:
    """The certificate, with the register locked, where its product's certificates still are as they were shown."""
    lock_clock()
    one = Certificate.objects.select_related("product").get(pk=certificate)
    if mark(one.product.certificates.all()) != seen:
        raise ChangedSince([one.product_id])
    return one


def _save(one: Certificate, by: Any, why: str) -> Certificate:
    one._history_user = by  # type: ignore[attr-defined] # simple-history's
    one._change_reason = why  # type: ignore[attr-defined]
    one.save()
    return one
