"""Rough places: the grid of cells for sightings, the distance of two cells, and the nearest town."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

GRID = 0.1
"""Side of a cell in degrees: 11.1 km from north to south, 10.4 km from west to east in Quảng Ninh."""

NEAR_KM = 40.0
"""A cell farther than this from every town is told without a place."""

_EARTH_KM = 6371.0  # mean radius (IUGG)
# Vietnam with its waters. A position outside is more likely wrong or made up than a pack's.
_LATITUDES, _LONGITUDES = (8.0, 24.0), (102.0, 115.0)


@dataclass(frozen=True, order=True)
class Cell:
    """A square of the grid by its centre, in degrees (WGS 84), and its side."""

    latitude: float
    longitude: float
    side: float = GRID


# Seats of the 13 former units, to a hundredth of a degree or two. The towns are more than 10 km apart.
SEATS: dict[str, tuple[float, float]] = {
    "Hạ Long": (20.95, 107.08),
    "Móng Cái": (21.53, 107.97),
    "Cẩm Phả": (21.01, 107.29),
    "Uông Bí": (21.03, 106.77),
    "Đông Triều": (21.08, 106.51),
    "Quảng Yên": (20.94, 106.80),
    "Vân Đồn": (21.07, 107.42),
    "Tiên Yên": (21.33, 107.40),
    "Đầm Hà": (21.35, 107.60),
    "Hải Hà": (21.45, 107.75),
    "Ba Chẽ": (21.27, 107.28),
    "Bình Liêu": (21.53, 107.40),
    "Cô Tô": (20.97, 107.76),
}


def cell_of(latitude: float, longitude: float, side: float = GRID) -> Cell | None:
    """The cell of a position; None outside Vietnam."""
    if not (_LATITUDES[0] <= latitude <= _LATITUDES[1] and _LONGITUDES[0] <= longitude <= _LONGITUDES[1]):
        return None
    south, west = math.floor(latitude / side), math.floor(longitude / side)
    return Cell(round((south + 0.5) * side, 4), round((west + 0.5) * side, 4), side)


@lru_cache(maxsize=4096)
def least_km(a: Cell, b: Cell) -> float:
    """The least distance in km of two positions in these cells, as the crow flies."""
    between = _km((a.latitude, a.longitude), (b.latitude, b.longitude))
    return max(0.0, between - _reach_km(a) - _reach_km(b))


def town_near(cell: Cell | None) -> str | None:
    """The nearest of the 13 seats to a cell's centre; None where none is within `NEAR_KM`."""
    if cell is None:
        return None
    name, km = min(
        ((name, _km(seat, (cell.latitude, cell.longitude))) for name, seat in SEATS.items()), key=lambda found: found[1]
    )
    return name if km <= NEAR_KM else None


def _km(a: tuple[float, float], b: tuple[float, float]) -> float:
    """The great-circle distance of two positions in km (haversine)."""
    (north, east), (north_b, east_b) = (tuple(map(math.radians, place)) for place in (a, b))
    half = (
        math.sin((north_b - north) / 2) ** 2 + math.cos(north) * math.cos(north_b) * math.sin((east_b - east) / 2) ** 2
    )
    return 2 * _EARTH_KM * math.asin(math.sqrt(min(1.0, half)))


def _reach_km(cell: Cell) -> float:
    """The distance in km from a cell's centre to its farthest corner, the one nearest to the equator."""
    edge = abs(cell.latitude) - cell.side / 2
    return math.radians(cell.side / 2) * _EARTH_KM * math.hypot(1.0, math.cos(math.radians(edge)))
