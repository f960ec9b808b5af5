"""Finds the communes of a record, and marks them on the scheme of the province."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe

from backoffice.overview_plots import commune_map
from inspections.grid import cell_of, town_near
from overview.commune_grid import marked
from register.localities import COMMUNES, FORMER_UNITS
from register.models import Locality
from register.places import units_named

_NAMES = {commune.code: f"{commune.kind} {commune.name}" for commune in COMMUNES}


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


def draw(here: Collection[str], told: str) -> SafeString:
    """The scheme of the first page with these communes marked; `told` is what a screen reader says of it."""
    drawn = commune_map(marked(_NAMES, here), told)
    return mark_safe(render_to_string("backoffice/parts/commune_map.html", {"map": drawn}))  # noqa: S308 - a template
