"""What a GTIN's prefix says about the number. It never says where the goods come from."""

from __future__ import annotations

from enum import StrEnum

from biip.gs1_prefixes import GS1Prefix, GS18Prefix


class GtinKind(StrEnum):
    """Who issued the number, and for what (GS1 General Specifications 1.4.2, 1.4.3).

    A RESTRICTED number belongs to one shop or region and means something else in the next. UNASSIGNED is what GS1 had
    issued to nobody when biip was released, so a newer number may be among them.
    """

    TRADE_ITEM = "trade_item"
    RESTRICTED = "restricted"
    COUPON = "coupon"
    DEMONSTRATION = "demonstration"
    ISBN = "isbn"
    ISMN = "ismn"
    ISSN = "issn"
    REFUND = "refund"
    UNASSIGNED = "unassigned"


_USAGES = {
    "Restricted Circulation": GtinKind.RESTRICTED,
    "coupon": GtinKind.COUPON,
    "demonstrations": GtinKind.DEMONSTRATION,
    "ISBN": GtinKind.ISBN,
    "ISSN": GtinKind.ISSN,
    "Refund": GtinKind.REFUND,
    "General Manager": GtinKind.UNASSIGNED,  # used for keys of other standards
    "future": GtinKind.UNASSIGNED,
}
"""The kind for each of biip's words on the use of a prefix."""

_MORE = {"05": GtinKind.COUPON, "984": GtinKind.COUPON, "9790": GtinKind.ISMN}
"""Prefixes that biip does not tell: U.P.C. coupons, another coupon prefix, and music within Bookland (ISO 10957)."""


def kind_of(gtin: str) -> GtinKind:
    """The kind of a 14-digit GTIN.

    >>> kind_of("09521234567899"), kind_of("02012345678900")
    (<GtinKind.DEMONSTRATION: 'demonstration'>, <GtinKind.RESTRICTED: 'restricted'>)
    """
    short = gtin.startswith("000000")
    number = gtin[6:] if short else gtin[1:]
    if not short:
        more = next((kind for prefix, kind in _MORE.items() if number.startswith(prefix)), None)
        if more is not None:
            return more
    prefix = GS18Prefix.extract(number) if short else GS1Prefix.extract(number)
    if prefix is None:
        return GtinKind.UNASSIGNED
    return next((kind for words, kind in _USAGES.items() if words in prefix.usage), GtinKind.TRADE_ITEM)


def isbn_10(isbn: str) -> str | None:
    """The ISBN-10 of an ISBN-13, or None: only those that begin with 978 have one (ISO 2108).

    >>> isbn_10("9780306406157"), isbn_10("9791090636071")
    ('0306406152', None)
    """
    return _with_modulo_11(isbn[3:12]) if isbn.startswith("978") else None


def issn_of(ean: str) -> str:
    """The ISSN in the EAN-13 of a serial; the two digits after it are the publisher's own (ISO 3297, annex B).

    >>> issn_of("9770317847001")
    '0317-8471'
    """
    issn = _with_modulo_11(ean[3:10])
    return f"{issn[:4]}-{issn[4:]}"


def _with_modulo_11(digits: str) -> str:
    """The digits with their check character (ISO 2108, 3297): the sum weighted ... 3, 2, 1 is a multiple of 11."""
    total = sum(int(digit) * weight for weight, digit in enumerate(reversed(digits), 2))
    return digits + "0123456789X"[-total % 11]
