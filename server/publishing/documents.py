"""Makes PRODUCT and REGISTER of docs/api.md."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from datetime import date
from typing import Any, TypeVar

from django.db.models import Count, Subquery
from django.db.models.functions import Coalesce

from checklists.models import Checklist
from inspections.sightings import copies_of
from issuing.models import IssuerKey, SignedStatement
from records.device_keys import revoked, some_revoked
from records.kinds import schemas
from register.days import rfc3339
from register.description import Register, settle
from register.models import (
    MOST_PICTURES,
    MOST_SHOPS,
    Certificate,
    Locality,
    PackCode,
    Picture,
    Product,
    ProductChange,
    Shop,
)

T = TypeVar("T")
MOST_CHECKLISTS = 50

_PRODUCER = tuple(f"producer__{field}" for field in ("id", "name", "address", "phone", "story", "story_en", "site"))
_PLACE = ("code", "name", "valid_from", "valid_to")
_PARTS = (
    "place",
    *_PRODUCER,
    *(f"former_unit__{field}" for field in _PLACE),
    *(f"commune__{field}" for field in _PLACE),
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
    "withdrawn_reason_en",
)


def register_document() -> dict[str, Any]:
    """REGISTER: its identity, what it holds and takes, and the domains, keys and localities that it knows."""
    held = ProductChange.objects.filter(deleted=False).order_by().values("deleted").annotate(n=Count("pk")).values("n")
    rows = Register.objects.annotate(held=Coalesce(Subquery(held), 0), some_revoked=some_revoked())
    register = rows.first()
    if register is None or register.identity is None:  # an older server made the row, or there is none
        settle(schemas())
        register = rows.get()
    checklists = Checklist.objects.defer("document")[:MOST_CHECKLISTS]
    localities = Locality.objects.order_by("level", "code").prefetch_related("former_units")
    return {
        "id": str(register.identity),
        "name": register.name,
        "sample": register.sample,
        "products": register.held,
        "schemas": schemas(),
        "domains": register.domains.split(),
        "issuer_keys": [_key(key) for key in IssuerKey.objects.order_by("valid_from", "pk")],
        "revoked_keys": [{"kid": kid, "at": rfc3339(at)} for kid, at in (revoked() if register.some_revoked else ())],
        "checklists": [checklist.named() for checklist in checklists],
        "localities": [
            {
                "code": locality.code,
                "name": locality.name,
                "kind": locality.kind,
                "level": locality.level,
                "valid_from": _day(locality.valid_from),
                "valid_to": _day(locality.valid_to),
                "former_units": sorted(unit.code for unit in locality.former_units.all()),
            }
            for locality in localities
        ],
    }


def product_documents(gtins: Collection[str] | None = None) -> Iterator[dict[str, Any]]:
    """PRODUCT by GTIN: for those of these GTINs that have one, or for all.

    Uses a fixed number of queries for plain values: a hundred thousand products take seconds, and not the half minute
    that as many model objects would.
    """
    products = Product.objects.order_by("gtin")
    certificates = Certificate.objects.order_by("-valid_from", "-pk")
    codes = PackCode.objects.order_by("kind", "value")
    pictures = Picture.objects.order_by("position", "pk")
    shops = Shop.objects.order_by("position", "pk")
    changes = ProductChange.objects.filter(deleted=False)
    revoked = SignedStatement.objects.exclude(revoked_at=None).order_by("jti")
    if gtins is not None:
        revoked = revoked.filter(certificate__product__gtin__in=gtins)
        products = products.filter(gtin__in=gtins)
        certificates = certificates.filter(product__gtin__in=gtins)
        codes = codes.filter(product__gtin__in=gtins)
        pictures = pictures.filter(product__gtin__in=gtins)
        shops = shops.filter(producer__in=Product.objects.filter(gtin__in=gtins).order_by().values("producer"))
        changes = changes.filter(gtin__in=gtins)
    changed = dict(changes.values_list("gtin", "changed_at"))
    certificates_of = _grouped(certificates.values_list("product_id", *_CERTIFICATE), _certificate)
    codes_of = _grouped(codes.values_list("product_id", "kind", "value"), _code)
    pictures_of = _grouped(pictures.values_list("product_id", "sha256", "shows", "width", "height"), _picture)
    shops_of = _grouped(shops.values_list("producer_id", "name", "address", "url"), _shop)
    revoked_of = _grouped(revoked.values_list("certificate__product_id", "jti"), str)
    copies = copies_of(gtins)
    for pk, gtin, name, group, *parts in products.values_list("pk", "gtin", "name", "group", *_PARTS).iterator():
        if gtin not in changed:
            continue
        place, producer, former_unit, commune = parts[0], parts[1:8], parts[8:12], parts[12:16]
        yield {
            "gtin": gtin,
            "name": name,
            "group": group,
            "producer": _producer(shops_of.get(producer[0], []), *producer),
            "place": place,
            "former_unit": _place(*former_unit),
            "commune": _place(*commune),
            "certificates": certificates_of.get(pk, []),
            "codes": codes_of.get(pk, []),
            "pictures": pictures_of.get(pk, [])[:MOST_PICTURES],
            "revoked_statements": revoked_of.get(pk, []),
            "copies": copies.get(gtin, []),
            "updated_at": rfc3339(changed[gtin]),
        }


def change_documents(changes: Iterable[ProductChange]) -> list[dict[str, Any]]:
    """One operation for each change, in order.

    A product deleted since the change was read is given as deleted; its tombstone comes again later, harmlessly.
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


def _grouped(rows: Iterable[tuple[Any, ...]], document: Callable[..., T]) -> dict[int, list[T]]:
    """The documents of rows by the product, or the producer, that each row names first."""
    grouped: dict[int, list[T]] = {}
    for owner, *fields in rows:
        grouped.setdefault(owner, []).append(document(*fields))
    return grouped


def _producer(
    shops: list[dict[str, Any]], pk: int, name: str, address: str, phone: str, story: str, story_en: str, site: str
) -> dict[str, Any]:
    return {
        "id": pk,
        "name": name,
        "address": address,
        "phone": phone or None,
        "story": story or None,
        "story_en": story_en or None,
        "site": site or None,
        "shops": shops[:MOST_SHOPS],
    }


def _shop(name: str, address: str, url: str) -> dict[str, str | None]:
    return {"name": name, "address": address or None, "url": url or None}


def _picture(sha256: str, shows: str, width: int, height: int) -> dict[str, Any]:
    return {"sha256": sha256, "shows": shows, "width": width, "height": height}


def _place(
    code: str | None, name: str | None, valid_from: date | None, valid_to: date | None
) -> dict[str, str | None] | None:
    if code is None:
        return None
    return {"code": code, "name": name, "valid_from": _day(valid_from), "valid_to": _day(valid_to)}


def _key(key: IssuerKey) -> dict[str, str | None]:
    return {
        "kid": key.kid,
        "public_key": key.public_key,
        "issuer": key.issuer,
        "valid_from": rfc3339(key.valid_from),
        "valid_to": rfc3339(key.valid_to) if key.valid_to else None,
        "revoked_at": rfc3339(key.revoked_at) if key.revoked_at else None,
        "revoked_reason": key.revoked_reason or None,
    }


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None


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
    withdrawn_reason_en: str,
) -> dict[str, Any]:
    return {
        "number": number,
        "stars": stars,
        "decision": decision,
        "issuer": issuer,
        "valid_from": valid_from.isoformat(),
        "valid_to": valid_to.isoformat(),
        "withdrawn_on": _day(withdrawn_on),
        "withdrawn_reason": withdrawn_reason or None,
        "withdrawn_reason_en": withdrawn_reason_en or None,
    }
