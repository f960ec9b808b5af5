"""The quiet zones that symbols need, in modules."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from services.decoding.symbol import Symbology
from services.labels.finding import GS1, Finding, Grade, Place, What

ZONES: dict[Symbology, tuple[float, float, str]] = {
    Symbology.EAN_13: (11, 7, f"{GS1}, 5.2.3.4"),
    Symbology.EAN_8: (7, 7, f"{GS1}, 5.2.3.4"),
    Symbology.UPC_A: (9, 9, f"{GS1}, 5.2.3.4"),
    Symbology.UPC_E: (9, 7, f"{GS1}, 5.2.3.4"),
    Symbology.ITF_14: (10, 10, f"{GS1}, 5.3.2.2"),
    Symbology.CODE_128: (10, 10, f"{GS1}, 5.4.4.2"),
    Symbology.QR_CODE: (4, 4, "ISO/IEC 18004, 9.1"),
    Symbology.DATA_MATRIX: (1, 1, "ISO/IEC 16022, 5.4"),
}
"""Before and after the symbol as it is read; for matrix symbols all around."""
_NEAR = 0.3
"""Modules that a zone may lack by what is measured and drawn, before it is said to be too narrow."""

SIDES = ("left", "right")
ALL_SIDES = ("top", "right", "bottom", "left")


def quiet_zones(
    symbology: Symbology, zones: Sequence[float], to_edge: Sequence[bool], code: int, place: Place
) -> Iterator[Finding]:
    """Judge each side's zone, in modules, in the order of SIDES or ALL_SIDES; the worst sides are told apart.

    Where the zone ends with the page, what comes there is not known, so that is looked at and not refused.
    """
    if symbology not in ZONES:
        return
    left, right, source = ZONES[symbology]
    sides = SIDES if len(zones) == 2 else ALL_SIDES
    needed = (left, right) if len(zones) == 2 else (left,) * 4
    found = [
        (_graded(zone, need, cut=cut), side, zone, need)
        for side, zone, need, cut in zip(sides, zones, needed, to_edge, strict=True)
    ]
    if all(grade is Grade.IN_ORDER for grade, *_rest in found):
        _grade, side, zone, need = min(found, key=lambda one: one[2] - one[3])
        values = (("side", "all"),)
        yield Finding(What.QUIET_ZONE, Grade.IN_ORDER, source, code, place, zone, "X", need, None, values)
        return
    for (grade, side, zone, need), cut in zip(found, to_edge, strict=True):
        if grade is not Grade.IN_ORDER:
            values = (("side", side), ("edge", int(cut)))  # type: ignore[assignment]
            yield Finding(What.QUIET_ZONE, grade, source, code, place, zone, "X", need, None, values)


def _graded(zone: float, need: float, *, cut: bool) -> Grade:
    lacks = need - zone
    if lacks <= min(_NEAR, need / 4):
        return Grade.IN_ORDER
    return Grade.LOOK if cut or lacks < min(1.0, need / 2) else Grade.STOP
