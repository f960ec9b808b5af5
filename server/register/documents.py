"""PRODUCT and the register's description as docs/api.md draws them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from datetime import UTC, date, datetime
from typing import Any, TypeVar

from register.models import Certificate, PackCode, Product, ProductChange, Register

T = TypeVar("T")

_PARTS = (
    "producer_id",
    "producer__name",
    "producer__address",
    "producer__phone",
    "former_unit__code",
    "former_unit__name",
    "commune__code",
    "commune__name",
)
_CERTIFICATE = (
    "number",
    "stars",
    "decision",
    "issuer",
    "valid_from",
    "valid_to",
    "withdrawn_on",
    "withdrawn_reason",
)


def rfc3339(moment: datetime) -> str:
    """A moment in UTC to the second, with `Z`."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def register_document() -> dict[str, Any]:
    """Name, sample or not, and how many products."""
    register = Register.objects.first()
    return {
        "name": register.name if register else "OCOP Quảng Ninh",
        "sample": bool(register and register.sample),
        "products": Product.objects.count(),
    }


def product_documents(gtins: Collection[str] | None = None) -> Iterator[dict[str, Any]]:
    """PRODUCT for each of these GTINs that has one, or for all, by GTIN.

    A fixed number of queries, for plain values: a register of a hundred thousand takes seconds, and not the half minute
    of as many models.
    """
    products = Product.objects.order_by("gtin")
    certificates = Certificate.objects.order_by("-valid_from", "-pk")
    codes = PackCode.objects.order_by("kind", "value")
    changes = ProductChange.objects.filter(deleted=False)
    if gtins is not None:
        products = products.filter(gtin__in=gtins)
        certificates = certificates.filter(product__gtin__in=gtins)
        codes = codes.filter(product__gtin__in=gtins)
        changes = changes.filter(gtin__in=gtins)
    changed = dict(changes.values_list("gtin", "changed_at"))
    certificates_of = _by_product(certificates.values_list("product_id", *_CERTIFICATE), _certificate)
    codes_of = _by_product(codes.values_list("product_id", "kind", "value"), _code)
    for pk, gtin, name, group, *parts in products.values_list("pk", "gtin", "name", "group", *_PARTS).iterator():
        if gtin not in changed:
            continue
        producer_id, producer_name, address, phone, unit_code, unit_name, commune_code, commune_name = parts
        yield {
            "gtin": gtin,
            "name": name,
            "group": group,
            "producer": {"id": producer_id, "name": producer_name, "address": address, "phone": phone or None},
            "former_unit": _place(unit_code, unit_name),
            "commune": _place(commune_code, commune_name),
            "certificates": certificates_of.get(pk, []),
            "codes": codes_of.get(pk, []),
            "updated_at": rfc3339(changed[gtin]),
        }


def change_documents(changes: Iterable[ProductChange]) -> list[dict[str, Any]]:
    """One operation for each change, in order.

    A product deleted since the change was read is given as deleted now; its tombstone comes again later, harmlessly.
    """
    changes = list(changes)
    gtins = [change.gtin for change in changes if not change.deleted]
    products = {document["gtin"]: document for document in product_documents(gtins)} if gtins else {}
    return [
        {"op": "upsert", "product": {**products[change.gtin], "updated_at": rfc3339(change.changed_at)}}
        if change.gtin in products
        else {"op": "delete", "gtin": change.gtin}
        for change in changes
    ]


def _by_product(rows: Iterable[tuple[Any, ...]], document: Callable[..., T]) -> dict[int, list[T]]:
    grouped: dict[int, list[T]] = {}
    for product, *fields in rows:
        grouped.setdefault(product, []).append(document(*fields))
    return grouped


def _place(code: str | None, name: str | None) -> dict[str, str | None] | None:
    return {"code": code, "name": name} if code is not None else None


def _code(kind: str, value: str) -> dict[str, str]:
    return {"kind": kind, "value": value}


def _certificate(
    number: str,
    stars: int,
    decision: str,
    issuer: str,
    valid_from: date,
    valid_to: date,
    withdrawn_on: date | None,
    withdrawn_reason: str,
) -> dict[str, Any]:
    return {
        "number": number,
        "stars": stars,
        "decision": decision,
        "issuer": issuer,
        "valid_from": valid_from.isoformat(),
        "valid_to": valid_to.isoformat(),
        "withdrawn_on": withdrawn_on.isoformat() if withdrawn_on else None,
        "withdrawn_reason": withdrawn_reason or None,
    }
