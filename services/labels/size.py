"""The sizes that the GS1 General Specifications allow (5.12.3), by the kind of symbol."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from services.decoding.symbol import Symbology
from services.labels.finding import GS1, Finding, Grade, Place, What

NOMINAL = 0.330
"""The X-dimension of an EAN or UPC symbol at 100 %, in millimetres."""
TOLERANCE = 0.02
"""The share by which a measured size may be off before it is said to be out of its range."""
_HEIGHT_TOLERANCE = 0.04
_SMALLEST_SEEN = 0.25
"""Millimetres of a module of a matrix code below which phones and printers fail (assumed: no standard's figure)."""


@dataclass(frozen=True)
class Range:
    """Least, target and greatest X-dimension, and the least bar height as `height` or as `modules` high, in mm.

    `strict`: below the range the symbol is refused; otherwise it may still be in order where no till scans it. `floor`
    is the least X-dimension of any of GS1's tables.
    """

    least: float
    target: float
    most: float
    source: str
    floor: float
    height: float | None = None
    modules: float | None = None


TABLE_1 = f"{GS1}, 5.12.3.1, table 1"
TABLE_1_2D = f"{GS1}, 5.12.3.1, table 1 addendum 2"
TABLE_2 = f"{GS1}, 5.12.3.2, table 2"

_EAN = Range(0.264, 0.330, 0.660, TABLE_1, 0.264, modules=22.85 / NOMINAL)
RANGES = {
    Symbology.EAN_13: _EAN,
    Symbology.UPC_A: _EAN,
    Symbology.UPC_E: _EAN,
    Symbology.EAN_8: Range(0.264, 0.330, 0.660, TABLE_1, 0.264, modules=18.23 / NOMINAL),
    Symbology.ITF_14: Range(0.495, 0.495, 1.016, TABLE_2, 0.250, height=31.75),
    Symbology.CODE_128: Range(0.495, 0.495, 1.016, TABLE_2, 0.250, height=31.75),
    Symbology.QR_CODE: Range(0.396, 0.495, 0.990, TABLE_1_2D, _SMALLEST_SEEN),
    Symbology.DATA_MATRIX: Range(0.396, 0.495, 0.990, TABLE_1_2D, _SMALLEST_SEEN),
}
"""Retail point of sale for EAN, UPC and matrix symbols; general distribution for ITF-14 and GS1-128."""


def range_of(symbology: Symbology, *, gs1: bool) -> Range | None:
    """The range for a symbol; None where GS1 has none: its content is not GS1's."""
    found = RANGES.get(symbology)
    return found if found and (gs1 or symbology not in _OF_OTHERS_TOO) else None


_OF_OTHERS_TOO = (Symbology.CODE_128, Symbology.QR_CODE, Symbology.DATA_MATRIX)


def sizes(
    symbology: Symbology, x: float | None, height: float | None, code: int, place: Place, *, gs1: bool
) -> Iterator[Finding]:
    """Judge the X-dimension and the bars' height, in millimetres; `gs1`: the content is GS1's."""
    allowed = range_of(symbology, gs1=gs1)
    if x is None:
        yield Finding(What.X_DIMENSION, Grade.NOT_MEASURED, allowed.source if allowed else "", code, place)
        return
    if allowed is None:
        small = symbology.is_matrix and x < _SMALLEST_SEEN * (1 - TOLERANCE)
        grade = Grade.LOOK if small else Grade.IN_ORDER
        yield Finding(What.X_DIMENSION, grade, "", code, place, x, "mm", _SMALLEST_SEEN if small else None)
        return
    yield Finding(
        What.X_DIMENSION, _graded(x, allowed), allowed.source, code, place, x, "mm", allowed.least, allowed.most
    )
    if allowed is _EAN or symbology is Symbology.EAN_8:
        share = x / NOMINAL * 100
        yield Finding(What.MAGNIFICATION, _graded(x, allowed), f"{GS1}, 5.2.6", code, place, share, "%", 80, 200)
    least = allowed.height or (allowed.modules * x if allowed.modules else None)
    if height is not None and least is not None:
        grade = Grade.LOOK if height < least * (1 - _HEIGHT_TOLERANCE) else Grade.IN_ORDER
        yield Finding(What.BAR_HEIGHT, grade, allowed.source, code, place, height, "mm", least)


def _graded(x: float, allowed: Range) -> Grade:
    """Stop below what any table allows; look where another table than the one for a till or a warehouse allows it."""
    if x < allowed.floor * (1 - TOLERANCE):
        return Grade.STOP
    if x < allowed.least * (1 - TOLERANCE):
        return Grade.LOOK
    return Grade.LOOK if x > allowed.most * (1 + TOLERANCE) else Grade.IN_ORDER
