"""What an inspection says before the person has said anything: the product, its codes, the verdict as it was shown."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from services.codes import ProductCode
from services.notes.content import NotedCode, NotedVerdict
from services.rounds.inspection import MOST_CODES, Compared, Found
from services.verification.check import CheckedCode


def found_on(pack: Sequence[CheckedCode], copy_as_of: datetime | None) -> Found:
    """Take over a pack's codes, the judged one first, and what they say of lot and dates.

    `copy_as_of` is the time of the register's copy on this device. What the label shows is left open, and so is what
    was found: both are for the person to say.
    """
    if not pack:
        return Found()
    first = pack[0]
    named = next((each for each in pack if each.product), first)
    codes = [each.code for each in pack if isinstance(each.code, ProductCode)]
    product = named.product
    return Found(
        gtin=named.gtin,
        product_name=product.name if product else None,
        producer_name=product.producer.name if product else None,
        codes=tuple(map(NotedCode.of, pack[:MOST_CODES])),
        verdict=NotedVerdict.of(first),
        copy_as_of=copy_as_of.replace(microsecond=0) if copy_as_of else None,
        lot=Compared(next((code.lot for code in codes if code.lot), None)),
        produced=_day(next((code.produced for code in codes if code.produced), None)),
        expiry=_day(next((code.expiry for code in codes if code.expiry), None)),
    )


def _day(day: date | None) -> Compared:
    return Compared(day.isoformat() if day else None)
