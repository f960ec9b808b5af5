"""Measures the plots of the first page, in the units of their drawings. The templates only draw."""

from __future__ import annotations

from dataclasses import dataclass

from overview.commune_grid import COLUMNS, ROWS, Tile
from overview.tones import Tone
from overview.verdicts import Verdicts
from overview.verdicts import address as address_of

TILE_WIDTH, TILE_HEIGHT, TILE_GAP = 60, 62, 3
_LEFT, _TOP, _HEIGHT, _WIDTH = 40, 24, 170, 480
_FEW = 2  # names that stand larger than their tiles without touching each other
_LETTER = 9  # the width of a digit at 14 px, with its share of the gaps


@dataclass(frozen=True)
class Part:
    """One piece of a bar."""

    tone: str
    y: float
    height: float


@dataclass(frozen=True)
class Bar:
    """One week: its pieces from below, what is written at it, and where its records are."""

    x: float
    middle: float
    width: float
    top: float
    parts: list[Part]
    day: str  # "" where there is no room for all
    total: str
    told: str
    address: str


@dataclass(frozen=True)
class Line:
    """A line across the plot, and its number."""

    y: float
    value: int


@dataclass(frozen=True)
class Weeks:
    """The plot of verdicts by week."""

    width: int
    height: int
    base: int
    left: int
    bars: list[Bar]
    lines: list[Line]


@dataclass(frozen=True)
class DrawnTile:
    """A commune's tile with its place in the drawing."""

    tile: Tile
    x: int
    y: int


@dataclass(frozen=True)
class CommuneMap:
    """The communes as a drawing; `told` is its name for a screen reader."""

    width: int
    height: int
    tiles: list[DrawnTile]
    told: str
    counted: bool
    """Whether tiles have numbers; otherwise some are marked, and only those are named where they are few."""
    few: bool


def weeks(verdicts: Verdicts) -> Weeks:
    """Draw the verdicts of each week as a bar of tones. A week leads to its records."""
    top = _round_up(max((tally.total for tally in verdicts.weeks.values()), default=0))
    step = (_WIDTH - _LEFT) / max(1, len(verdicts.weeks))
    wide = min(44.0, step * 0.66)
    base = _TOP + _HEIGHT
    every = 1 if step > 5 * _LETTER * 0.75 else 3
    has_room = step > _LETTER * max((len(f"{tally.total}") for tally in verdicts.weeks.values()), default=0)
    bars = []
    for number, (week, tally) in enumerate(sorted(verdicts.weeks.items())):
        x, y, parts = _LEFT + number * step + (step - wide) / 2, float(base), []
        for tone in Tone:
            if height := _HEIGHT * tally.tones[tone] / top:
                y -= height
                parts.append(Part(tone.value, round(y, 1), round(max(0.5, height - 1), 1)))
        said = ", ".join(f"{tone.label} {tally.tones[tone]}" for tone in Tone if tally.tones[tone])
        told = f"Tuần từ {week:%d/%m/%Y}: {tally.total} phiếu" + (f" ({said})" if said else "")
        address = address_of(verdicts.since.isoformat(), week=week.isoformat()) if tally.total else ""
        said_day = f"{week:%d/%m}" if number % every == 0 else ""
        said_total = f"{tally.total}" if has_room else ""
        bars.append(
            Bar(round(x, 1), round(x + wide / 2, 1), round(wide, 1), round(y - 6, 1), parts, said_day, said_total,
                told, address)
        )  # fmt: skip
    lines = [Line(base - _HEIGHT * value / top, value) for value in (0, top // 2, top)]
    return Weeks(_WIDTH, base + 26, base, _LEFT, bars, lines)


def commune_map(tiles: list[Tile], told: str) -> CommuneMap:
    """Place the tiles; the keyboard goes through them as they come."""
    across, down = TILE_WIDTH + TILE_GAP, TILE_HEIGHT + TILE_GAP
    drawn = [DrawnTile(tile, tile.column * across, tile.row * down) for tile in tiles]
    counted = any(tile.count is not None for tile in tiles)
    few = sum(tile.level > 0 for tile in tiles) <= _FEW
    return CommuneMap(COLUMNS * across - TILE_GAP, ROWS * down - TILE_GAP, drawn, told, counted, few)


def _round_up(most: int) -> int:
    """The even number at which the plot ends: 2, 4, 10, 20, 40, 100 and so on.

    >>> [_round_up(n) for n in (0, 2, 3, 11, 92, 3900)]
    [2, 2, 4, 20, 100, 4000]
    """
    size = 1
    while True:
        for top in (2 * size, 4 * size, 10 * size):
            if most <= top:
                return top
        size *= 10
