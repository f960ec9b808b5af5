"""Draws the province as a scheme: a block for each former unit where it lies, in it a cell for each commune.

Blocks stand in the order of their places, not to scale. A commune of several former units stands in the first.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from html import escape

from django.utils.safestring import SafeString, mark_safe

from inspections.grid import cell_of, town_near
from register.localities import COMMUNES, FORMER_UNITS
from register.models import Locality
from register.places import units_named

_AT = {
    "binh-lieu": (4, 0), "hai-ha": (5, 0), "mong-cai": (6, 0),
    "ba-che": (3, 1), "tien-yen": (4, 1), "dam-ha": (5, 1),
    "dong-trieu": (0, 2), "uong-bi": (1, 2), "ha-long": (2, 2), "cam-pha": (3, 2), "van-don": (4, 2), "co-to": (6, 2),
    "quang-yen": (1, 3),
}  # fmt: skip
"""The column and the row of each former unit, by its code."""
_BLOCK_WIDTH, _BLOCK_HEIGHT, _GAP = 96, 72, 6
_IN_A_ROW, _CELL_WIDTH, _CELL_HEIGHT = 4, 20, 12
_NAMES = {unit.code: unit.name for unit in FORMER_UNITS}


@dataclass(frozen=True)
class Where:
    """The communes in which a record surely or possibly lies, and how that is known, in words."""

    communes: frozenset[str]
    words: str


def where(address: str, latitude: float | None, longitude: float | None) -> Where | None:
    """Find the place of a record: the unit that its address names, else the town near its position."""
    units = units_named(address)[0] if address else []
    communes = [unit for unit in units if unit.level == Locality.Level.COMMUNE]
    if communes:
        return Where(frozenset(unit.code for unit in communes), f"{communes[0]}, theo địa chỉ đã ghi")
    if units:
        return Where(_of_unit(units[0].code), f"{units[0]} cũ, theo địa chỉ đã ghi")
    cell = cell_of(latitude, longitude) if latitude is not None and longitude is not None else None
    town = town_near(cell)
    code = next((unit.code for unit in FORMER_UNITS if unit.name == town), None)
    return Where(_of_unit(code), f"gần {town}, theo vị trí của máy") if code else None


def _of_unit(code: str) -> frozenset[str]:
    return frozenset(commune.code for commune in COMMUNES if code in commune.former)


def draw(marked: Collection[str], told: str) -> SafeString:
    """The scheme as SVG with these communes filled; `told` is what a screen reader says of it."""
    width = 7 * (_BLOCK_WIDTH + _GAP) - _GAP
    height = 4 * (_BLOCK_HEIGHT + _GAP) - _GAP
    blocks = "".join(_block(code, marked) for code in _AT)
    drawn = (
        f'<svg class="communes" viewBox="0 0 {width} {height}" role="img" aria-label="{escape(told)}">{blocks}</svg>'
    )
    return mark_safe(drawn)  # noqa: S308 - made of names that are constants, and of escaped words


def _block(unit: str, marked: Collection[str]) -> str:
    column, row = _AT[unit]
    left, top = column * (_BLOCK_WIDTH + _GAP), row * (_BLOCK_HEIGHT + _GAP)
    communes = [commune for commune in COMMUNES if commune.former[0] == unit]
    cells = "".join(
        f'<rect class="{"here" if commune.code in marked else "commune"}" rx="2" '
        f'x="{left + 7 + (n % _IN_A_ROW) * (_CELL_WIDTH + 1)}" y="{top + 27 + (n // _IN_A_ROW) * (_CELL_HEIGHT + 2)}" '
        f'width="{_CELL_WIDTH}" height="{_CELL_HEIGHT}"><title>{commune.kind} {commune.name}</title></rect>'
        for n, commune in enumerate(communes)
    )
    style = ' class="here"' if any(commune.code in marked for commune in communes) else ""
    middle = left + _BLOCK_WIDTH // 2
    return (
        f'<rect class="unit" x="{left}" y="{top}" width="{_BLOCK_WIDTH}" height="{_BLOCK_HEIGHT}" rx="8"/>'
        f'<text{style} x="{middle}" y="{top + 18}">{_NAMES[unit]}</text>{cells}'
    )
