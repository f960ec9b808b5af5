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
_MOST_CERTIFICATES, _MOST_CODES, _MOST_REVOKED, _MOST_COPIES = 100, 1000, 10_000, 1000
_MOST_PICTURES, _MOST_SHOPS, _MOST_SIGHTINGS = 5, 20, 20
_LARGEST_PICTURE = 1600  # pixels, the longest side

_PRODUCT = frozenset({
    "gtin", "name", "group", "producer", "place", "former_unit", "commune", "certificates", "codes", "pictures",
    "revoked_statements", "copies", "updated_at",
})  # fmt: skip
_CERTIFICATE = frozenset({
    "number", "stars", "decision", "issuer", "valid_from", "valid_to", "withdrawn_on", "withdrawn_reason",
    "withdrawn_reason_en",
})  # fmt: skip
_COPY = frozenset({"serial", "reason", "sold_on", "sightings"})
_GTIN = re.compile("[0-9]{14}")
_WORDS = re.compile(r"(?:[!-~]{1,64}(?: |$))+")
# In the one form that can be compared as text, and in years that can be meant.
_DAYS = re.compile("(?:(?:19|2[0-9])[0-9]{2}-[0-9]{2}-[0-9]{2})*")
_HASH = re.compile("[0-9a-f]{64}")
# Nothing else than a page of the web is ever opened from here.
_HTTPS = re.compile(r"https://[!-~\xa1-\ud7ff\ue000-\U0010ffff]{1,1992}")
CODE_KINDS = frozenset({"exact", "prefix", "pattern"})
LEVELS = frozenset({"former_unit", "commune"})
SHOWN = frozenset({"label", "pack", "product", "place"})
"""What a picture may show; one of anything else comes from a newer register and is left out."""


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
    withdrawn_reason_en: str | None = None


@dataclass(frozen=True)
class Shop:
    """Where a producer's products can be bought; `url` is an https address."""

    name: str
    address: str | None = None
    url: str | None = None


@dataclass(frozen=True)
class Producer:
    """Who answers for the product ("chủ thể"). `site` is an https address; `story_en` is the story in English."""

    id: int
    name: str
    address: str
    phone: str | None = None
    story: str | None = None
    story_en: str | None = None
    site: str | None = None
    shops: tuple[Shop, ...] = ()


@dataclass(frozen=True)
class Picture:
    """A picture of a product: its name (64 hex digits), what it `shows` (SHOWN), and its largest copy's size in pixels.

    `sha256` tells one picture from another and is no proof of its bytes (docs/api.md, *Pictures*).
    """

    sha256: str
    shows: str
    width: int
    height: int


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

    `place` is where it is made, in the dossier's words; `revoked_statements` are ids of signed statements; `pictures`
    are in the order in which they are shown. `says_more`: a newer register says more of it than this version knows, so
    the person should update the app to see that.
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
    pictures: tuple[Picture, ...] = ()
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
            pictures=tuple(_picture(p) for p in document.get("pictures", ()) if p["shows"] in SHOWN),
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
        pictures, shops = document.get("pictures", []), producer.get("shops", [])
        if set(map(type, (certificates, codes, revoked, copies, pictures, shops))) != {list}:
            return False
        if len(certificates) > _MOST_CERTIFICATES or len(codes) > _MOST_CODES or len(revoked) > _MOST_REVOKED:
            return False
        if len(copies) > _MOST_COPIES or len(pictures) > _MOST_PICTURES or len(shops) > _MOST_SHOPS:
            return False
        words = [document["group"]]
        texts = [document["name"], producer["name"], producer["address"], document.get("place", ""), *revoked]
        days = [updated_at[:10]]
        # These may be null.
        told = [producer.get("phone"), producer.get("story"), producer.get("story_en")]
        told_days: list[Any] = []
        addresses = [producer.get("site")]
        hashes = []
        for place in (document.get("former_unit"), document.get("commune")):
            if place is not None:
                texts += (place["code"], place["name"])
                told_days += (place.get("valid_from"), place.get("valid_to"))
        for each in certificates:
            if type(each["stars"]) is not int or each["stars"] not in STARS or each["valid_from"] > each["valid_to"]:
                return False
            days += (each["valid_from"], each["valid_to"])
            texts += (each["number"], each["decision"], each["issuer"])
            told_days.append(each.get("withdrawn_on"))
            told += (each.get("withdrawn_reason"), each.get("withdrawn_reason_en"))
        for code in codes:
            words.append(code["kind"])
            texts.append(code["value"])
        for picture in pictures:
            width, height = picture["width"], picture["height"]
            if type(width) is not int or type(height) is not int:
                return False
            if not (0 < width <= _LARGEST_PICTURE and 0 < height <= _LARGEST_PICTURE):
                return False
            words.append(picture["shows"])
            hashes.append(picture["sha256"])
        for shop in shops:
            texts.append(shop["name"])
            told.append(shop.get("address"))
            addresses.append(shop.get("url"))
        for copy in copies:
            sightings = copy["sightings"]
            if type(sightings) is not list or len(sightings) > _MOST_SIGHTINGS:
                return False
            words.append(copy["reason"])
            texts.append(copy["serial"])
            told += [each["place"] for each in sightings]
            told_days.append(copy["sold_on"])
            days += [each["day"] for each in sightings]
        texts += [text for text in told if text is not None]
        days += [day for day in told_days if day is not None]
        links = [address for address in addresses if address is not None]
        # Joining raises TypeError for what is no text, encoding ValueError for half a surrogate pair.
        return (
            _GTIN.fullmatch(gtin) is not None
            and len("".join(texts).encode()) <= MOST_BYTES
            and max(map(len, texts)) <= _LONGEST_TEXT
            and all(words)
            and _WORDS.fullmatch(" ".join(words)) is not None
            and _DAYS.fullmatch("".join(days)) is not None
            and all(map(_HASH.fullmatch, hashes))
            and all(map(_HTTPS.fullmatch, links))
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
        and all(picture["shows"] in SHOWN for picture in document.get("pictures", ()))
    )


def _producer(document: dict[str, Any]) -> Producer:
    return Producer(
        id=document.get("id"),  # type: ignore[arg-type]  # version 0.1.0 kept products without it
        name=document["name"],
        address=document["address"],
        phone=document.get("phone"),
        story=document.get("story"),
        story_en=document.get("story_en"),
        site=document.get("site"),
        shops=tuple(Shop(s["name"], s.get("address"), s.get("url")) for s in document.get("shops", ())),
    )


def _picture(document: dict[str, Any]) -> Picture:
    return Picture(document["sha256"], document["shows"], document["width"], document["height"])


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
        withdrawn_reason_en=document.get("withdrawn_reason_en"),
    )
