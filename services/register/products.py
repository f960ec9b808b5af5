"""The register's products as frozen dataclasses, read from what the server sends."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any


@dataclass(frozen=True)
class Certificate:
    """One OCOP certificate: valid from `valid_from` to `valid_to` inclusive, both days in Vietnam's calendar.

    `stars` is 3, 4 or 5. `decision` names the rules it was graded under (148/QĐ-TTg or 1048/QĐ-TTg).
    """

    number: str
    stars: int
    decision: str
    issuer: str
    valid_from: date
    valid_to: date
    withdrawn_on: date | None = None
    withdrawn_reason: str | None = None


@dataclass(frozen=True)
class Producer:
    """Who answers for the product ("chủ thể")."""

    id: int
    name: str
    address: str
    phone: str | None = None


@dataclass(frozen=True)
class Place:
    """An administrative unit: one of the 13 former districts or of the 54 communes, and the days on which it existed.

    Both days are inclusive; None: open.
    """

    code: str
    name: str
    valid_from: date | None = None
    valid_to: date | None = None


@dataclass(frozen=True)
class Locality:
    """An administrative unit as the register describes it, and the days on which it existed (inclusive; None: open).

    `level` is `former_unit` or `commune`; `former_units` are the codes of all units that a commune's land was in.
    """

    code: str
    name: str
    kind: str
    level: str
    valid_from: date | None = None
    valid_to: date | None = None
    former_units: tuple[str, ...] = ()

    @classmethod
    def from_json(cls, document: dict[str, Any]) -> Locality:
        """Read a locality of docs/api.md. Raises KeyError, TypeError or ValueError where it does not fit."""
        return cls(
            code=document["code"],
            name=document["name"],
            kind=document["kind"],
            level=document["level"],
            valid_from=_day(document["valid_from"]),
            valid_to=_day(document["valid_to"]),
            former_units=tuple(document["former_units"]),
        )


@dataclass(frozen=True)
class PackCode:
    """A text found on the product's packs beside its GTIN; `kind` is `exact`, `prefix` or `pattern` (docs/api.md)."""

    kind: str
    value: str


@dataclass(frozen=True)
class Sighting:
    """A pack that was seen: the day in Vietnam's calendar, and the nearest town or None."""

    day: date
    place: str | None


@dataclass(frozen=True)
class SuspectedCopy:
    """A serial number that seems to be on more than one pack, and the sightings that one pack cannot explain.

    `reason` is `too_far_apart` or `seen_after_sale`; `sold_on` is the day on which a pack with it was reported sold.
    """

    serial: str
    reason: str
    sold_on: date | None
    sightings: tuple[Sighting, ...]


@dataclass(frozen=True)
class Product:
    """One registered product. `gtin` has 14 digits; `certificates` are newest first.

    `place` is where it is made, in the dossier's words; `revoked_statements` are ids of signed statements.
    """

    gtin: str
    name: str
    group: str
    producer: Producer
    former_unit: Place | None
    commune: Place | None
    certificates: tuple[Certificate, ...]
    codes: tuple[PackCode, ...]
    updated_at: datetime
    place: str = ""
    revoked_statements: frozenset[str] = frozenset()
    copies: tuple[SuspectedCopy, ...] = ()

    @classmethod
    def from_json(cls, document: dict[str, Any]) -> Product:
        """Read PRODUCT of docs/api.md. Raises KeyError, TypeError or ValueError where it does not fit."""
        return cls(
            gtin=document["gtin"],
            name=document["name"],
            group=document["group"],
            producer=_producer(document["producer"]),
            former_unit=_place(document.get("former_unit")),
            commune=_place(document.get("commune")),
            certificates=tuple(_certificate(c) for c in document["certificates"]),
            codes=tuple(PackCode(c["kind"], c["value"]) for c in document["codes"]),
            updated_at=datetime.fromisoformat(document["updated_at"]),
            place=document.get("place", ""),
            revoked_statements=frozenset(document.get("revoked_statements", ())),
            copies=tuple(_suspected_copy(c) for c in document.get("copies", ())),
        )


def is_product(document: Any) -> bool:
    """Whether `Product.from_json` can read it, with a GTIN of 14 digits, and text where the app shows or searches text.

    Makes no objects, so that checking a whole register takes less time than parsing it.
    """
    try:
        gtin, producer, updated_at = document["gtin"], document["producer"], document["updated_at"]
        texts = [gtin, document["name"], document["group"], producer["name"], producer["address"], updated_at]
        for place in (document.get("former_unit"), document.get("commune")):
            if place:
                texts += (place["code"], place["name"])
                for day in (place.get("valid_from"), place.get("valid_to")):
                    if day:
                        date.fromisoformat(day)
        for certificate in document["certificates"]:
            date.fromisoformat(certificate["valid_from"])
            date.fromisoformat(certificate["valid_to"])
            if certificate.get("withdrawn_on"):
                date.fromisoformat(certificate["withdrawn_on"])
            texts += (certificate["number"], certificate["decision"], certificate["issuer"])
            if type(certificate["stars"]) is not int:
                return False
        for code in document["codes"]:
            texts += (code["kind"], code["value"])
        texts += (document.get("place", ""), *document.get("revoked_statements", ()))
        for copy in document.get("copies", ()):
            texts += (copy["serial"], copy["reason"])
            _suspected_copy(copy)
            texts += (sighting["place"] for sighting in copy["sightings"] if sighting["place"] is not None)
        datetime.fromisoformat(updated_at)
        "".join(texts).encode()  # raises TypeError for what is no text, ValueError for half a surrogate pair
    except (KeyError, TypeError, ValueError, AttributeError):
        return False
    return len(gtin) == 14 and gtin.isascii() and gtin.isdigit()


def _producer(document: dict[str, Any]) -> Producer:
    return Producer(document.get("id"), document["name"], document["address"], document.get("phone"))  # type: ignore[arg-type]


def _place(document: dict[str, Any] | None) -> Place | None:
    if not document:
        return None
    return Place(document["code"], document["name"], _day(document.get("valid_from")), _day(document.get("valid_to")))


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _suspected_copy(document: dict[str, Any]) -> SuspectedCopy:
    sightings = tuple(Sighting(date.fromisoformat(s["day"]), s["place"]) for s in document["sightings"])
    return SuspectedCopy(document["serial"], document["reason"], _day(document["sold_on"]), sightings)


def _certificate(document: dict[str, Any]) -> Certificate:
    return Certificate(
        number=document["number"],
        stars=document["stars"],
        decision=document["decision"],
        issuer=document["issuer"],
        valid_from=date.fromisoformat(document["valid_from"]),
        valid_to=date.fromisoformat(document["valid_to"]),
        withdrawn_on=_day(document.get("withdrawn_on")),
        withdrawn_reason=document.get("withdrawn_reason"),
    )
