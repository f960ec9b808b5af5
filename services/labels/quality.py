"""Grades what was measured of a symbol by ISO/IEC 15416 and 15415, as far as a picture allows.

Grades A and B are in order in artwork, where print has yet to take its share; C is looked at; D and F are refused.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import fmean

from services.labels.bars import Bars, Profile
from services.labels.finding import BARS, MATRIX, Finding, Grade, Place, What
from services.labels.modules import Grid

LEAST_PIXELS = 3.0
"""Pixels of a module below which a picture says too little of edges and modules to grade them."""

_LETTERS = "ABCDF"


@dataclass(frozen=True)
class Scale:
    """The values at which grades A, B, C and D end; `rising`: more is better. In `unit` times `per`."""

    ends: tuple[float, float, float, float]
    source: str
    rising: bool = True
    per: float = 100
    unit: str = "%"

    def letter(self, value: float) -> str:
        """The grade of a value, A to F."""
        for letter, end in zip(_LETTERS, self.ends, strict=False):
            if value >= end - 1e-9 if self.rising else value <= end + 1e-9:
                return letter
        return "F"


SCALES = {
    What.SYMBOL_CONTRAST: Scale((0.70, 0.55, 0.40, 0.20), f"{BARS}, 5.2.3"),
    What.MODULATION: Scale((0.70, 0.60, 0.50, 0.40), f"{BARS}, 5.2.4"),
    What.DEFECTS: Scale((0.15, 0.20, 0.25, 0.30), f"{BARS}, 5.2.5", rising=False),
    What.DECODABILITY: Scale((0.62, 0.50, 0.37, 0.25), f"{BARS}, 5.2.6"),
}
MATRIX_SCALES = {
    What.SYMBOL_CONTRAST: Scale((0.70, 0.55, 0.40, 0.20), f"{MATRIX}, 7.8.2"),
    What.MODULATION: Scale((0.50, 0.40, 0.30, 0.20), f"{MATRIX}, 7.8.3"),
    What.AXIAL: Scale((0.06, 0.08, 0.10, 0.12), f"{MATRIX}, 7.8.6", rising=False),
    What.GRID: Scale((0.38, 0.50, 0.63, 0.75), f"{MATRIX}, 7.8.7", rising=False, per=1, unit="X"),
    What.ERROR_CORRECTION: Scale((0.62, 0.50, 0.37, 0.25), f"{MATRIX}, 7.8.8"),
}


def bars_quality(bars: Bars, code: int, place: Place) -> Iterator[Finding]:
    """The parameters of a barcode: each the mean over the lines of what the line has."""
    if bars.module < LEAST_PIXELS:
        yield Finding(What.PIXELS, Grade.NOT_MEASURED, BARS, code, place, bars.module, "px", LEAST_PIXELS)
    lines = bars.profiles
    contrast = fmean(line.contrast for line in lines)
    yield _found(What.SYMBOL_CONTRAST, contrast, SCALES, code, place)
    darkest, half = fmean(line.darkest for line in lines), fmean(line.lightest for line in lines) / 2
    grade = Grade.IN_ORDER if darkest <= half else Grade.STOP
    yield Finding(What.MINIMUM_REFLECTANCE, grade, f"{BARS}, 5.2.2", code, place, darkest * 100, "%", None, half * 100)
    if bars.module < LEAST_PIXELS:
        return
    edge = fmean(line.edge_contrast for line in lines)
    grade = Grade.IN_ORDER if edge >= 0.15 or contrast < 0.2 else Grade.STOP
    yield Finding(What.EDGE_CONTRAST, grade, f"{BARS}, 5.2.4", code, place, edge * 100, "%", 15)
    for what, value in (
        (What.MODULATION, fmean(line.modulation for line in lines)),
        (What.DEFECTS, fmean(line.defects for line in lines)),
        (What.DECODABILITY, _decodability(lines)),
    ):
        yield _found(what, value, SCALES, code, place)


def _decodability(lines: Sequence[Profile]) -> float:
    """The mean over the lines; a line that says something else, or nothing, has none."""
    texts = [line.told.text for line in lines if line.told]
    said = max(set(texts), key=texts.count, default="")
    return fmean(line.told.decodability if line.told and line.told.text == said else 0.0 for line in lines)


def matrix_quality(grid: Grid, density: tuple[float, float] | None, code: int, place: Place) -> Iterator[Finding]:
    """The parameters of a QR code or a Data Matrix."""
    yield _found(What.SYMBOL_CONTRAST, grid.contrast, MATRIX_SCALES, code, place)
    if min(grid.module) < LEAST_PIXELS:
        yield Finding(What.PIXELS, Grade.NOT_MEASURED, MATRIX, code, place, min(grid.module), "px", LEAST_PIXELS)
    else:
        yield _found(What.MODULATION, grid.modulation, MATRIX_SCALES, code, place)
        yield _found(What.GRID, grid.grid, MATRIX_SCALES, code, place)
    share, letter = grid.patterns
    yield Finding(
        What.FIXED_PATTERN, _graded(letter), f"{MATRIX}, 7.8.5", code, place, share * 100, "%",
        values=(("letter", letter),),
    )  # fmt: skip
    across, down = in_units(grid, density)
    yield _found(What.AXIAL, abs(across - down) / ((across + down) / 2), MATRIX_SCALES, code, place)
    if grid.unused is not None:
        yield _found(What.ERROR_CORRECTION, max(0.0, grid.unused), MATRIX_SCALES, code, place)


def in_units(grid: Grid, density: tuple[float, float] | None) -> tuple[float, float]:
    """A module's width and height in millimetres, or in pixels where the size is not known."""
    across, down = density or (1.0, 1.0)
    lengths = [
        pixels * ((x / across) ** 2 + (y / down) ** 2) ** 0.5
        for pixels, (x, y) in zip(grid.module, grid.sides, strict=True)
    ]
    return lengths[0], lengths[1]


def _found(what: What, value: float, scales: dict[What, Scale], code: int, place: Place) -> Finding:
    scale = scales[what]
    letter = scale.letter(value)
    grade = _graded(letter)
    end = scale.ends[2] * scale.per
    least, most = (end, None) if scale.rising else (None, end)
    values = (("letter", letter),)
    return Finding(what, grade, scale.source, code, place, value * scale.per, scale.unit, least, most, values)


def _graded(letter: str) -> Grade:
    return Grade.IN_ORDER if letter in "AB" else Grade.LOOK if letter == "C" else Grade.STOP
