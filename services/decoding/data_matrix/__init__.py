"""Data Matrix (ECC 200, ISO/IEC 16022) and its rectangular extension (ISO/IEC 21471), with NumPy and OpenCV alone.

>>> import numpy as np
>>> read(np.full((100, 100), 255, np.uint8))
[]
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from math import inf

import cv2
import numpy as np

from services.decoding.data_matrix import text
from services.decoding.data_matrix.dots import grown, places
from services.decoding.data_matrix.grid import CLEAR, Grid, binarise, brightness, grids, pitch, refine
from services.decoding.data_matrix.locate import Points, busy, elbows
from services.decoding.data_matrix.passes import LITTLE, Pass, further_passes, quick_passes
from services.decoding.data_matrix.placement import Modules, border, codewords, corrected
from services.decoding.data_matrix.sizes import SIZES, Size
from services.decoding.eci import Undecodable
from services.decoding.pace import after
from services.decoding.pixels import Gray, bounded, holds, resized
from services.decoding.symbol import Corners, corners_of, overlap, scaled

__all__ = ["DataMatrix", "quick", "read"]

_SHORTEST = 8
_QUIET = 8  # pixels added around: a symbol may touch the picture's edge
_NEAR = 0.65  # from this fit on, bulging sides are tried
_NEAT, _WORN, _RUINED = 0.15, 0.2, 0.3  # share of the border that may be wrong: to be seen, to be believed, to be tried
_SURE = 0.7  # the least fit where the most errors possible were corrected
_SHIFTS = ((0.0, 0.0), (0.2, 0.0), (-0.2, 0.0), (0.0, 0.2), (0.0, -0.2))

Late = Callable[[], bool]
"""Whether the time is up."""


@dataclass(frozen=True)
class DataMatrix:
    """A symbol that Reed-Solomon confirmed.

    `text` and `raw` are what a scanner transmits without the symbology identifier: FNC1 in first position only sets
    `gs1`, later ones are the group separator. `corners` are pixels, clockwise from the symbol's top left; its solid
    sides meet at the bottom left, also where it is seen in a mirror. `part` is the position in a structured append and
    the number of its symbols.
    """

    text: str
    raw: bytes
    corners: Corners
    gs1: bool
    errors_corrected: int
    part: tuple[int, int] | None = None


class _Level:
    """The picture at one scale, and what several searches need of it, computed once."""

    def __init__(self, image: Gray, *, everywhere: bool) -> None:
        self.image = image
        self._everywhere = everywhere

    @cached_property
    def negative(self) -> Gray:
        """Dark where the picture is light."""
        return np.asarray(cv2.bitwise_not(self.image), np.uint8)

    @cached_property
    def busy(self) -> Gray | None:
        """Where quick searches look: see `busy`."""
        return np.full_like(self.image, 255) if self._everywhere else busy(self.image)


@dataclass(frozen=True)
class _View:
    """A part of the picture in which modules are dark and touch.

    `scale` is how many times as large it is, and `origin` where its upper left is in the picture.
    """

    ink: Gray
    scale: float
    origin: tuple[float, float]

    def home(self, grid: Grid) -> Corners:
        """The grid's corners in the picture."""
        return corners_of(grid.shape[:4] / self.scale + self.origin)


@dataclass(frozen=True)
class _Seen:
    """What has the border of a symbol: its its corners, and the symbol if read."""

    corners: Corners
    symbol: DataMatrix | None = None


def read(gray: Gray, *, deadline: float = inf) -> list[DataMatrix]:
    """The Data Matrix symbols in a gray picture; empty where there is none or the array is no picture.

    `deadline` is a time.monotonic() second after which no further candidate is looked at.
    """
    return _read(gray, deadline, thorough=True)


def quick(gray: Gray, *, deadline: float = inf) -> list[DataMatrix]:
    """The symbols that a first look finds: for frames of a video, and beside other codes."""
    return _read(gray, deadline, thorough=False)


def _read(gray: Gray, deadline: float, *, thorough: bool) -> list[DataMatrix]:
    seen, shrunk = _looked(gray, deadline, thorough=thorough)
    symbols = [one.symbol for one in seen if one.symbol]
    return [replace(symbol, corners=scaled(symbol.corners, 1 / shrunk)) for symbol in symbols]


def _looked(gray: Gray, deadline: float, *, thorough: bool) -> tuple[list[_Seen], float]:
    """What is seen in the picture, shrunk if it is very large, and by how much.

    A thorough look ends once something was read and nothing is seen that was not.
    """
    within = bounded(gray, _SHORTEST)
    if within is None:
        return [], 1.0
    gray, shrunk = within
    late = after(deadline)
    seen: list[_Seen] = []
    longest = max(gray.shape)
    levels: dict[float, _Level] = {}
    surrounded = _quiet(gray)
    first = quick_passes(longest)
    for number, search in enumerate(first + (further_passes(longest) if thorough else [])):
        if late() or (number >= len(first) and seen and all(one.symbol for one in seen)):
            break
        if search.scale not in levels:
            levels[search.scale] = _Level(resized(surrounded, search.scale), everywhere=longest <= LITTLE)
        for one in _search(levels[search.scale], search, seen, late):
            _keep(seen, one)
    return seen, shrunk


def _keep(seen: list[_Seen], one: _Seen) -> None:
    """Add what was seen, in the place of what was seen there before without being read."""
    others = [other for other in seen if overlap(other.corners, one.corners)]
    if one.symbol or not others:
        seen[:] = [other for other in seen if other.symbol or other not in others]
        seen.append(one)


def _quiet(ink: Gray) -> Gray:
    return np.asarray(cv2.copyMakeBorder(ink, _QUIET, _QUIET, _QUIET, _QUIET, cv2.BORDER_CONSTANT, value=255), np.uint8)


def _search(level: _Level, search: Pass, seen: list[_Seen], late: Late) -> Iterator[_Seen]:
    """What one search sees, apart from what was read before."""
    where = level.busy if search.quick or search.dots else None
    if where is None and (search.quick or search.dots):
        return
    ink = level.negative if search.inverted else level.image
    view = _View(ink, search.scale, (-_QUIET, -_QUIET))
    if where is None or not search.dots:
        yield from _in_view(view, elbows(ink, search.mask, late, where), seen, late, fan=not search.quick)
        return
    for place in places(ink, where):
        if not late():
            joined, larger = grown(ink, place)
            left, top = (side / search.scale - _QUIET for side in place.bounds[:2])
            view = _View(joined, search.scale * larger, (left, top))
            yield from _in_view(view, elbows(joined, search.mask, late), seen, late, fan=True)


def _in_view(view: _View, corners: Points, seen: list[_Seen], late: Late, *, fan: bool) -> Iterator[_Seen]:
    for sizes in grids(view.ink, corners, late, fan=fan):
        for rough in sizes:
            if late():
                return
            x, y = (rough.shape[:4].mean(axis=0) / view.scale + view.origin).tolist()
            if any(one.symbol and holds(one.corners, x, y) for one in seen):
                break
            one = _read_at(view, rough, late)
            if one is not None:
                yield one
                if one.symbol:
                    break


def _read_at(view: _View, rough: Grid, late: Late) -> _Seen | None:
    grid = refine(view.ink, rough)
    if grid.fit < CLEAR:
        return None
    damage = _damage(binarise(brightness(view.ink, grid), grid.size)[0], grid.size)
    if damage > _RUINED:
        return None
    symbol = _decoded(view, grid, late)
    if symbol is None and grid.fit > _NEAR and not late():
        symbol = _decoded(view, refine(view.ink, grid, bulges=True), late)
    if symbol is None and damage > _NEAT:
        return None
    return _Seen(view.home(grid), symbol)


def _decoded(view: _View, grid: Grid, late: Late) -> DataMatrix | None:
    seen = set()
    if pitch(grid) < 1.2:
        return None
    for shift in _SHIFTS:
        if late():
            return None
        for modules in binarise(brightness(view.ink, grid, shift), grid.size):
            key = modules.tobytes()
            if key in seen:
                continue
            seen.add(key)
            symbol = _message(modules, grid, view)
            if symbol is not None:
                return symbol
    return None


def _damage(modules: Modules, size: Size) -> float:
    """The share of the border's modules that are wrong."""
    fixed, dark = border(size)
    return float((modules[fixed] != dark[fixed]).mean())


def _message(modules: Modules, grid: Grid, view: _View) -> DataMatrix | None:
    """The message of the modules or of their mirror image, if Reed-Solomon, padding, encodation and border agree."""
    if _damage(modules, grid.size) > _WORN:
        return None
    read = _text(modules, grid)
    if read is None:
        # Turned over at the diagonal through the corners that are no end of a solid side, the border is the same.
        read = _text(modules[::-1, ::-1].T, grid, mirrored=True)
    if read is None:
        return None
    message, errors = read
    return DataMatrix(message.text, message.raw, view.home(grid), message.gs1, errors, message.part)


def _text(modules: Modules, grid: Grid, *, mirrored: bool = False) -> tuple[text.Message, int] | None:
    """The message, and how many errors were corrected. Mirrored symbols are rare, so less is forgiven there."""
    size = SIZES.get(modules.shape)
    if size is None:
        return None
    done = corrected(codewords(modules, size), size)
    if done is None:
        return None
    data, errors = done
    if max(errors) >= size.checks // size.blocks // 2 and (mirrored or grid.fit < _SURE):
        return None
    try:
        message = text.decode(data.tobytes())
    except Undecodable:
        return None
    return (message, sum(errors)) if message.raw else None
