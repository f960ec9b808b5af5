"""Symbols to print as rectangles, in the sizes that the GS1 General Specifications ask for at a shop's till.

X-dimensions, heights and quiet zones are those of symbol specification table 1 (5.12.3.1) for EAN and UPC symbols, of
its addendum 2 for Data Matrix and QR code, and of table 2 (5.12.3.2) for ITF-14.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

Bar = tuple[float, float, float, float]
"""Left, top, width and height of something dark, in modules."""

MATRIX_X = (0.396, 0.495, 0.990)
"""Least, target and greatest X-dimension of Data Matrix and QR code, in millimetres."""


@dataclass(frozen=True)
class Digits:
    """Digits below bars, around `middle`, their feet on `baseline`, `height` high; all in modules."""

    text: str
    middle: float
    baseline: float
    height: float


@dataclass(frozen=True)
class DrawnSymbol:
    """A symbol with its quiet zones: a module is `x` millimetres wide, everything else is in modules."""

    x: float
    width: float
    height: float
    bars: tuple[Bar, ...]
    digits: tuple[Digits, ...] = ()


class DoesNotFit(Exception):
    """A text is too long for a symbol that can be printed here."""


def matrix_symbol(rows: Sequence[Sequence[int]], x: float, quiet: int) -> DrawnSymbol:
    """Draw rows of modules, 1 for dark, with `quiet` modules around them.

    Equal dark runs in consecutive rows become one bar.
    """
    bars: list[Bar] = []
    begun: dict[tuple[int, int], int] = {}
    for y, row in enumerate([*rows, ()]):
        runs = set(dark_runs(row))
        for start, width in [run for run in begun if run not in runs]:
            top = begun.pop((start, width))
            bars.append((start + quiet, top + quiet, width, y - top))
        for run in runs:
            begun.setdefault(run, y)
    return DrawnSymbol(x, len(rows[0]) + 2 * quiet, len(rows) + 2 * quiet, tuple(sorted(bars)))


def dark_runs(row: Sequence[int]) -> list[tuple[int, int]]:
    """Give the first module and the width of each dark run."""
    edges = [i for i in range(len(row) + 1) if (row[i] if i < len(row) else 0) != (row[i - 1] if i else 0)]
    return [(start, end - start) for start, end in zip(edges[::2], edges[1::2], strict=True)]
