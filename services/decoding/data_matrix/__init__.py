"""Data Matrix (ECC 200, ISO/IEC 16022) and its rectangular extension (ISO/IEC 21471), with NumPy and OpenCV alone.

>>> import numpy as np
>>> read(np.full((100, 100), 255, np.uint8))
[]
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from math import inf

import cv2
import numpy as np
import numpy.typing as npt

from services.decoding.data_matrix import text
from services.decoding.data_matrix.grid import CLEAR, Grid, binarise, brightness, grids, pitch, refine
from services.decoding.data_matrix.locate import Mask, elbows
from services.decoding.data_matrix.placement import Modules, border, codewords, corrected
from services.decoding.data_matrix.sizes import Size
from services.decoding.eci import Undecodable
from services.decoding.pixels import Gray, bounded, resized
from services.decoding.symbol import Corners, corners_of, overlap

__all__ = ["DataMatrix", "candidates", "read"]

_SHORTEST = 8
_QUIET = 8  # pixels added around: a symbol may touch the picture's edge
_NEAR = 0.65  # from this fit on, bulging sides are tried
_WORN, _RUINED = 0.2, 0.3  # share of the border that may be wrong: to be believed, to be looked at again
_SURE = 0.7  # the least fit where the most errors possible were corrected
_SHIFTS = ((0.0, 0.0), (0.2, 0.0), (-0.2, 0.0), (0.0, 0.2), (0.0, -0.2))

Late = Callable[[], bool]
"""Whether the time is up."""


@dataclass(frozen=True)
class DataMatrix:
    """A symbol that Reed-Solomon confirmed.

    `text` and `raw` are what a scanner transmits without the symbology identifier: FNC1 in first position only sets
    `gs1`, later ones are the group separator. `corners` are pixels, clockwise from the symbol's top left; its solid
    sides meet at the bottom left. `part` is the position in a structured append and the number of its symbols.
    """

    text: str
    raw: bytes
    corners: Corners
    gs1: bool
    errors_corrected: int
    part: tuple[int, int] | None = None


@dataclass(frozen=True)
class _Pass:
    """One search: its scale, its mask, and whether it is for a light symbol on dark ground."""

    scale: float
    mask: Mask
    inverted: bool = False


_CLOSED, _FINE = Mask(31, 6, 3), Mask(15, 4)

# Scales to search at, the likeliest first, for pictures whose longest side is above the key.
_SCALES: tuple[tuple[int, tuple[float, ...]], ...] = (
    (1400, (0.5, 0.25, 1.0)),
    (700, (0.5, 1.0)),
    (440, (1.0,)),
    (300, (1.0, 2.0)),
    (150, (2.0, 1.0)),
    (0, (4.0, 2.0)),
)


def _passes(longest: int) -> list[_Pass]:
    """The searches for a picture with this longest side, the quickest first. They end once one finds a symbol."""
    first, *others = next(scales for least, scales in _SCALES if longest > least)
    return [
        _Pass(first, _CLOSED),
        _Pass(first, _FINE),
        _Pass(first, _CLOSED, inverted=True),
        *(_Pass(scale, _CLOSED) for scale in others),
        *(_Pass(scale, _CLOSED, inverted=True) for scale in others if scale != 1 or longest < 700),
    ]


def read(gray: Gray, *, deadline: float = inf) -> list[DataMatrix]:
    """The Data Matrix symbols in a gray picture; empty where there is none or the array is no picture.

    `deadline` is a time.monotonic() second after which no further candidate is looked at.
    """
    within = bounded(gray, _SHORTEST)
    if within is None:
        return []
    gray, shrunk = within

    def late() -> bool:
        return time.monotonic() >= deadline

    found: list[DataMatrix] = []
    for search in _passes(max(gray.shape)):
        if late():
            break
        ink = np.asarray(255 - gray if search.inverted else gray, np.uint8)
        found += _search(resized(_quiet(ink), search.scale), search, late)
        if found:
            break
    return [_moved(symbol, shrunk) for symbol in found]


def _quiet(ink: Gray) -> Gray:
    return np.asarray(cv2.copyMakeBorder(ink, _QUIET, _QUIET, _QUIET, _QUIET, cv2.BORDER_CONSTANT, value=255), np.uint8)


def _moved(symbol: DataMatrix, scale: float) -> DataMatrix:
    return replace(symbol, corners=_home(symbol.corners, scale))


def _home(corners: Corners, scale: float) -> Corners:
    """Corners in the picture as it was given: without the quiet zone added, and before it was shrunk."""
    return corners_of(((x - _QUIET) / scale, (y - _QUIET) / scale) for x, y in corners)


def candidates(gray: Gray, *, deadline: float = inf) -> list[tuple[Corners, float]]:
    """What has the border of a Data Matrix, read or not: corners, and the mean side of a module in pixels.

    Two solid sides, and two that alternate as one of the sizes does. For pictures as large as a camera's frame.
    """
    within = bounded(gray, _SHORTEST)
    if within is None:
        return []
    gray, shrunk = within
    found: list[tuple[Corners, float]] = []
    for search in _passes(max(gray.shape))[:3:2]:  # dark on light, and light on dark
        ink = resized(_quiet(np.asarray(255 - gray if search.inverted else gray, np.uint8)), search.scale)
        for grid in _seen(ink, search, lambda: time.monotonic() >= deadline):
            corners = _home(corners_of(grid.shape[:4] / search.scale), shrunk)
            if not any(overlap(corners, known) for known, _ in found):
                found.append((corners, pitch(grid) / search.scale / shrunk))
    return found


def _seen(ink: Gray, search: _Pass, late: Late) -> Iterator[Grid]:
    for sizes in grids(ink, elbows(ink, search.mask)):
        for rough in sizes:
            if late():
                return
            grid = refine(ink, rough)
            if grid.fit >= CLEAR and _damage(binarise(brightness(ink, grid), grid.size)[0], grid.size) <= _WORN:
                yield grid
                break


def _search(ink: Gray, search: _Pass, late: Late) -> Iterator[DataMatrix]:
    quads: list[npt.NDArray[np.float32]] = []
    for sizes in grids(ink, elbows(ink, search.mask)):
        for rough in sizes:
            if late():
                return
            middle = rough.shape[:4].mean(axis=0).tolist()
            if any(cv2.pointPolygonTest(quad, middle, False) >= 0 for quad in quads):
                break
            symbol = _read_at(ink, rough, search.scale, late)
            if symbol is not None:
                quads.append(np.array(symbol.corners, np.float32) * search.scale)
                yield symbol
                break


def _read_at(ink: Gray, rough: Grid, scale: float, late: Late) -> DataMatrix | None:
    grid = refine(ink, rough)
    if grid.fit < CLEAR:
        return None
    if _damage(binarise(brightness(ink, grid), grid.size)[0], grid.size) > _RUINED:
        return None
    symbol = _decoded(ink, grid, scale, late)
    if symbol is None and grid.fit > _NEAR and not late():
        symbol = _decoded(ink, refine(ink, grid, bulges=True), scale, late)
    return symbol


def _decoded(ink: Gray, grid: Grid, scale: float, late: Late) -> DataMatrix | None:
    seen = set()
    if pitch(grid) < 1.2:
        return None
    for shift in _SHIFTS:
        if late():
            return None
        for modules in binarise(brightness(ink, grid, shift), grid.size):
            key = modules.tobytes()
            if key in seen:
                continue
            seen.add(key)
            symbol = _message(modules, grid, scale)
            if symbol is not None:
                return symbol
    return None


def _damage(modules: Modules, size: Size) -> float:
    """The share of the border's modules that are wrong."""
    fixed, dark = border(size)
    return float((modules[fixed] != dark[fixed]).mean())


def _message(modules: Modules, grid: Grid, scale: float) -> DataMatrix | None:
    """The message of the modules, if Reed-Solomon, padding, encodation and border all agree."""
    size = grid.size
    if _damage(modules, size) > _WORN:
        return None
    done = corrected(codewords(modules, size), size)
    if done is None:
        return None
    data, errors = done
    if max(errors) >= size.checks // size.blocks // 2 and grid.fit < _SURE:
        return None
    try:
        message = text.decode(data.tobytes())
    except Undecodable:
        return None
    if not message.raw:
        return None
    corners = corners_of(grid.shape[:4] / scale)
    return DataMatrix(message.text, message.raw, corners, message.gs1, sum(errors), message.part)
