"""Names what was inspected by GS1 Digital Link URIs, as the Core Business Vocabulary 2.0 (8.2, 8.3) writes them.

They are under id.gs1.org, GS1's canonical form: one product has one name, whoever tells of it.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from linking.qualifiers import NotQualifiers, qualifiers_of
from register.gtin import to_gtin14
from rounds.inspection import Inspection

_CANONICAL = "https://id.gs1.org/01"


def is_global(gtin: str | None) -> bool:
    """Whether a GTIN of 14 digits is one product in all the world: its check digit fits, and it is one company's.

    Numbers for use within a company name another product in the next one (General Specifications, 1.4.4).

    >>> is_global("09520000100018"), is_global("09520000100017"), is_global("02001234567893")
    (True, False, False)
    """
    if not gtin or to_gtin14(gtin) != gtin:
        return False
    if gtin.startswith("000000"):  # a GTIN-8
        return gtin[6] not in "02"
    return gtin[1] != "2" and gtin[1:3] not in {"02", "04"}


def named(said: Inspection) -> dict[str, Any]:
    """`epcList` where packs with serial numbers were scanned, else `quantityList` with the product or its lot.

    Empty where the inspection names no product that is the same in all the world. No quantity is told: people write it
    in words of their own, and EPCIS counts trade items.
    """
    if not is_global(said.gtin):
        return {}
    product = f"{_CANONICAL}/{said.gtin}"
    if serials := serials_of(said):
        return {"epcList": [f"{product}/21/{quote(serial, safe='')}" for serial in serials]}
    lot = lot_of(said)
    return {"quantityList": [{"epcClass": f"{product}/10/{quote(lot, safe='')}" if lot else product}]}


def serials_of(said: Inspection) -> list[str]:
    """The serial numbers of this product that were scanned, each once."""
    found = (code.serial for code in said.codes if code.gtin == said.gtin)
    return list(dict.fromkeys(serial for serial in found if serial and _fits("21", serial)))


def lot_of(said: Inspection) -> str | None:
    """The lot, where all that names one names the same; code and label may differ."""
    scanned = [code.lot for code in said.codes if code.gtin == said.gtin]
    lots = {lot for lot in (said.lot.code, said.lot.label, *scanned) if lot}
    lot = lots.pop() if len(lots) == 1 else None
    return lot if lot and _fits("10", lot) else None


def is_sure(said: Inspection) -> bool:
    """Whether no code that was scanned names another product."""
    return all(code.gtin in (None, said.gtin) for code in said.codes)


def _fits(key: str, value: str) -> bool:
    """Whether a qualifier may have this value (GS1 General Specifications, 3.4, 3.5)."""
    try:
        return qualifiers_of(f"{key}/{quote(value, safe='')}") == {key: value}
    except NotQualifiers:
        return False
