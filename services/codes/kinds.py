"""What a GTIN's prefix says of the number: never where the goods come from."""

from __future__ import annotations

from enum import StrEnum


class GtinKind(StrEnum):
    """Who may have given the number, and to what (GS1 General Specifications 1.4.2)."""

    TRADE_ITEM = "trade_item"
    RESTRICTED = "restricted"
    COUPON = "coupon"
    DEMONSTRATION = "demonstration"
    ISBN = "isbn"
    ISSN = "issn"
