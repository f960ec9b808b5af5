"""The register's products as frozen dataclasses, read from what the server sends."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date, datetime
from types import NoneType
from typing import Any

STARS = (3, 4, 5)
"""Products are graded with 1 to 5 stars, and recognised from 3 on (Decision 148/QĐ-TTg): no certificate has fewer."""

MOST_BYTES = 512 * 1024
"""What a product's JSON may hold, members that are not known here included."""

_LONGEST_TEXT = 2000  # characters
_MOST = (100, 1000, 10_000, 1000)  # certificates, codes, revoked statements, copies
_MOST_SIGHTINGS = 20

_PRODUCT = frozenset({
    "gtin", "name", "group", "producer", "place", "former_unit", "commune", "certificates", "codes",
    "revoked_statements", "copies", "updated_at",
})  # fmt: skip
_CERTIFICATE = frozenset({
    "number", "stars", "decision", "issuer", "valid_from", "valid_to", "withdrawn_on", "withdrawn_reason",
})  # fmt: skip
_COPY = frozenset({"serial", "reason", "sold_on", "sightings"})
_GTIN = re.compile("[0-9]{14}")
_WORDS = re.compile(r"(?:[!-~]{1,64}(?: |$))+")
# In the one form that can be compared as text, and in years that can be meant.
_DAYS = re.compile("(?:(?:19|2[0-9])[0-9]{2}-[0-9]{2}-[0-9]{2})*")
CODE_KINDS = frozenset({"exact", "prefix", "pattern"})
LEVELS = frozenset({"former_unit", "commune"})


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
        """Read a locality of docs/api.md. Raises KeyError, TypeError or ValueError where it does not fit.

        One of a level that is not known here does not fit: it would be taken for one of another level.
        """
        former_units = document["former_units"]
        texts = [document["code"], document["name"], document["kind"], *former_units]
        if document["level"] not in LEVELS or len("".join(texts)) > _LONGEST_TEXT or not isinstance(former_units, list):
            raise ValueError("not a locality that is known here")
        return cls(
            code=document["code"],
            name=document["name"],
            kind=document["kind"],
            level=document["level"],
            valid_from=_day(document["valid_from"]),
            valid_to=_day(document["valid_to"]),
            former_units=tuple(former_units),
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

    `place` is where it is made, in the dossier's words; `revoked_statements` are ids of signed statements. `says_more`:
    a newer register says more of it than this version knows, so the person should update the app to see that.
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
    says_more: bool = field(default=False, compare=False)

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
            says_more=_says_more(document),
        )


def is_product(document: Any) -> bool:
    """Whether it is PRODUCT of docs/api.md within its bounds, so that `Product.from_json` reads what can be shown.

    Members and words that this version does not know do no harm. Makes no objects, so that checking a whole register
    takes less time than parsing it.
    """
    try:
        gtin, producer, updated_at = document["gtin"], document["producer"], document["updated_at"]
        certificates, codes = document["certificates"], document["codes"]
        revoked, copies = document.get("revoked_statements", []), document.get("copies", [])
        lists = (certificates, codes, revoked, copies)
        if any(type(each) is not list or len(each) > most for each, most in zip(lists, _MOST, strict=True)):
            return False
        words = [document["group"]]
        texts = [document["name"], producer["name"], producer["address"], document.get("place", "")]
        texts += [*revoked, *_given(producer.get("phone"))]
        days = [updated_at[:10]]
        for place in (document.get("former_unit"), document.get("commune")):
            if place is not None:
                texts += (place["code"], place["name"])
                days += (*_given(place.get("valid_from")), *_given(place.get("valid_to")))
        for each in certificates:
            if type(each["stars"]) is not int or each["stars"] not in STARS or each["valid_from"] > each["valid_to"]:
                return False
            days += (each["valid_from"], each["valid_to"], *_given(each.get("withdrawn_on")))
            texts += (each["number"], each["decision"], each["issuer"], *_given(each.get("withdrawn_reason")))
        for code in codes:
            words.append(code["kind"])
            texts.append(code["value"])
        for copy in copies:
            sightings = copy["sightings"]
            if type(sightings) is not list or len(sightings) > _MOST_SIGHTINGS:
                return False
            words.append(copy["reason"])
            texts += (copy["serial"], *(place for each in sightings for place in _given(each["place"])))
            days += (*_given(copy["sold_on"]), *(each["day"] for each in sightings))
        # Joining raises TypeError for what is no text, encoding ValueError for half a surrogate pair.
        return (
            _GTIN.fullmatch(gtin) is not None
            and len("".join(texts).encode()) <= MOST_BYTES
            and max(map(len, texts)) <= _LONGEST_TEXT
            and all(words)
            and _WORDS.fullmatch(" ".join(words)) is not None
            and _DAYS.fullmatch("".join(days)) is not None
            and all(map(date.fromisoformat, days))
            and datetime.fromisoformat(updated_at).tzinfo is not None
            and type(producer.get("id")) in (int, NoneType)
        )
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError):
        return False


def _given(value: Any) -> tuple[Any, ...]:
    return () if value is None else (value,)


def _says_more(document: dict[str, Any]) -> bool:
    parts = [(document, _PRODUCT), *((each, _CERTIFICATE) for each in document["certificates"])]
    parts += [(each, _COPY) for each in document.get("copies", ())]
    return not (
        all(part.keys() <= known for part, known in parts)
        and all(code["kind"] in CODE_KINDS for code in document["codes"])
    )


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
