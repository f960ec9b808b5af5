"""PRODUCT and the register's description as docs/api.md draws them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from django.db.models import Prefetch, QuerySet

from register.models import Certificate, Locality, Product, ProductChange, Register


def rfc3339(moment: datetime) -> str:
    """A moment in UTC to the second, with `Z`."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def with_parts(products: QuerySet[Product]) -> QuerySet[Product]:
    """Fetch what a document needs in a fixed number of queries."""
    newest_first = Certificate.objects.order_by("-valid_from", "-pk")
    return products.select_related("producer", "former_unit", "commune").prefetch_related(
        Prefetch("certificates", newest_first), "packcodes"
    )


def register_document() -> dict[str, Any]:
    """Name, sample or not, and how many products."""
    register = Register.objects.first()
    return {
        "name": register.name if register else "OCOP Quảng Ninh",
        "sample": bool(register and register.sample),
        "products": Product.objects.count(),
    }


def product_document(product: Product, changed_at: datetime) -> dict[str, Any]:
    """PRODUCT; `product` comes from `with_parts`."""
    producer = product.producer
    return {
        "gtin": product.gtin,
        "name": product.name,
        "group": product.group,
        "producer": {
            "id": producer.pk,
            "name": producer.name,
            "address": producer.address,
            "phone": producer.phone or None,
        },
        "former_unit": _place(product.former_unit),
        "commune": _place(product.commune),
        "certificates": [_certificate(certificate) for certificate in product.certificates.all()],
        "codes": [{"kind": code.kind, "value": code.value} for code in product.packcodes.all()],
        "updated_at": rfc3339(changed_at),
    }


def change_documents(changes: Iterable[ProductChange]) -> list[dict[str, Any]]:
    """One operation for each change, in order.

    A product deleted since the change was read is given as deleted now; its tombstone comes again later, harmlessly.
    """
    changes = list(changes)
    gtins = [change.gtin for change in changes if not change.deleted]
    products = {product.gtin: product for product in with_parts(Product.objects.filter(gtin__in=gtins))}
    return [
        {"op": "upsert", "product": product_document(products[change.gtin], change.changed_at)}
        if change.gtin in products
        else {"op": "delete", "gtin": change.gtin}
        for change in changes
    ]


def _place(locality: Locality | None) -> dict[str, str] | None:
    return {"code": locality.code, "name": locality.name} if locality else None


def _certificate(certificate: Certificate) -> dict[str, Any]:
    return {
        "number": certificate.number,
        "stars": certificate.stars,
        "decision": certificate.decision,
        "issuer": certificate.issuer,
        "valid_from": certificate.valid_from.isoformat(),
        "valid_to": certificate.valid_to.isoformat(),
        "withdrawn_on": certificate.withdrawn_on.isoformat() if certificate.withdrawn_on else None,
        "withdrawn_reason": certificate.withdrawn_reason or None,
    }
