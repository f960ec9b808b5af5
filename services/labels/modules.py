"""Measures a QR code or a Data Matrix: its modules, where its sides are, and the parameters of ISO/IEC 15415.

A symbol of artwork lies flat, so its grid is a parallelogram. Its sides are found to fractions of a pixel along the
patterns that are dark there in every symbol. Modulation is taken module by module and not by codeword, and the grid's
nonuniformity along the timing patterns only: docs/labels.md says so.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from services.decoding.data_matrix import placement
from services.decoding.data_matrix.placement import border
from services.decoding.data_matrix.sizes import SIZES, Size
from services.decoding.pixels import Gray
from services.decoding.qr import versions
from services.decoding.qr.codewords import corrected, formats
from services.decoding.symbol import Corners, Symbology, corners_of
from services.labels.bars import linear_light

Values = npt.NDArray[np.float64]
Modules = npt.NDArray[np.bool_]

FINE = 9
"""Samples along a module's side."""
_AROUND = 6
"""Modules around the symbol that are looked at, more than any quiet zone."""
_AGREES = 0.78
"""The least share of the fixed modules that must be right to know where the symbol is."""


@dataclass(frozen=True)
class Grid:
    """A measured matrix symbol.

    `rows` and `columns` count its modules; `module` is a module's width and height in pixels along its own sides, and
    `sides` the directions of these on the page (unit vectors). `quiet` is the narrowest light margin in modules, at the
    top, right, bottom and left of the page's picture of it, and `to_edge` where that is the page's edge. `inverted`:
    light modules on dark ground.
    """

    rows: int
    columns: int
    module: tuple[float, float]
    sides: tuple[tuple[float, float], tuple[float, float]]
    corners: Corners
    mirrored: bool
    inverted: bool
    contrast: float
    darkest: float
    lightest: float
    modulation: float
    patterns: float
    grid: float
    unused: float | None
    quiet: tuple[float, float, float, float]
    to_edge: tuple[bool, bool, bool, bool]


@dataclass(frozen=True, eq=False)
class _Kind:
    """A size of a symbol: which modules are fixed, which of them are dark, and the groups that are graded apart."""

    fixed: Modules
    dark: Modules
    size: Size | int


def measure(picture: Gray, corners: Corners, symbology: Symbology) -> Grid | None:
    """Measure the symbol at `corners`; None where its grid cannot be told."""
    kinds = list(_kinds(symbology))
    for inverted in (False, True):
        shown = np.asarray(255 - picture if inverted else picture, np.uint8)
        found = _placed(shown, np.asarray(corners, float), kinds)
        if found is not None:
            return _measured(shown, *found, inverted=inverted)
    return None


def _kinds(symbology: Symbology) -> Iterator[_Kind]:
    if symbology is Symbology.QR_CODE:
        for version in range(1, versions.LARGEST + 1):
            fixed, dark = versions.known(version)
            yield _Kind(fixed, dark, version)
    elif symbology is Symbology.DATA_MATRIX:
        for size in SIZES.values():
            yield _Kind(*border(size), size)


def _placed(picture: Gray, corners: Values, kinds: list[_Kind]) -> tuple[_Kind, Values, bool] | None:
    """The size, its corners from the symbol's own top left on clockwise, and whether it is mirrored."""
    best: tuple[float, _Kind, Values, bool] | None = None
    for kind in kinds:
        for seen, placed, mirrored in _views(picture, corners, kind):
            level = (float(seen.min()) + float(seen.max())) / 2
            share = float(((seen < level)[kind.fixed] == kind.dark[kind.fixed]).mean())
            if best is None or share > best[0]:
                best = share, kind, placed, mirrored
    if best is None or best[0] < 0.6:
        return None
    _share, kind, placed, mirrored = best
    for _round in range(2):
        placed = _refined(picture, placed, kind)
    return (kind, placed, mirrored) if _agreement(picture, placed, kind) >= _AGREES else None


def _views(picture: Gray, corners: Values, kind: _Kind) -> Iterator[tuple[Values, Values, bool]]:
    """The modules as they are seen from each side, with the corners in that order, and whether in a mirror.

    A mirrored Data Matrix has the border of another one, so that is told by its message.
    """
    rows, columns = kind.fixed.shape
    turns = range(2) if rows != columns else range(1)
    for turn in turns:
        placed = np.roll(corners, -turn, 0)
        across, down = np.hypot(*(placed[1] - placed[0])), np.hypot(*(placed[3] - placed[0]))
        if min(across, down) < 8 or abs(np.log((across / columns) / (down / rows))) > 0.4:
            continue
        seen = _sampled(picture, placed, rows, columns, 1)
        for half in range(4) if rows == columns else (0, 2):
            yield np.rot90(seen, half), np.roll(placed, -half, 0), False
            if not isinstance(kind.size, Size):
                yield np.rot90(seen.T, half), np.roll(placed[[0, 3, 2, 1]], -half, 0), True


def _agreement(picture: Gray, corners: Values, kind: _Kind) -> float:
    seen = _sampled(picture, corners, *kind.fixed.shape, 3)
    level = (float(seen.min()) + float(seen.max())) / 2
    return float(((seen < level)[kind.fixed] == kind.dark[kind.fixed]).mean())


def _at(picture: Gray, points: Values) -> Values:
    """The brightness at points (n, m, 2) whose whole numbers are pixels' upper left corners; white beside the page."""
    x, y = (np.ascontiguousarray(points[..., axis] - 0.5, np.float32) for axis in (0, 1))
    return np.asarray(
        cv2.remap(picture, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT, borderValue=255), np.float64
    )


def _points(corners: Values, u: Values, v: Values) -> Values:
    """Points of the parallelogram: `u` along its top side and `v` down its left one, in shares; (v, u, 2)."""
    across, down = corners[1] - corners[0], corners[3] - corners[0]
    return np.asarray(corners[0] + u[None, :, None] * across + v[:, None, None] * down)


def _sampled(picture: Gray, corners: Values, rows: int, columns: int, fine: int) -> Values:
    """The mean brightness of each module, `fine` samples a side over its middle half."""
    inside = (np.arange(fine) + 0.5) / fine * 0.5 + 0.25 if fine > 1 else np.array([0.5])
    u = ((np.arange(columns)[:, None] + inside) / columns).ravel()
    v = ((np.arange(rows)[:, None] + inside) / rows).ravel()
    seen = _at(picture, _points(corners, u, v))
    return np.asarray(seen.reshape(rows, fine, columns, fine).mean((1, 3)))


def _refined(picture: Gray, corners: Values, kind: _Kind) -> Values:
    """The corners, moved to where dark begins along the patterns at the sides."""
    rows, columns = kind.fixed.shape
    dark = kind.fixed & kind.dark
    lines = []
    for side in range(4):  # top, right, bottom, left
        turned = np.rot90(dark, side)
        count, deep = turned.shape[1], turned.shape[0]
        local = np.roll(corners, -side, 0)
        places = np.flatnonzero(turned[0])
        u = ((places[:, None] + np.array([0.3, 0.5, 0.7])) / count).ravel()
        depth = np.arange(-1.3, 1.3, 0.05)
        seen = _at(picture, _points(local, u, depth / deep)).T  # a row for each place, from outside inwards
        at = [_first_dark(row, depth) for row in seen]
        good = np.array([one is not None for one in at])
        if good.sum() < 4:
            return corners
        found = np.array([one for one in at if one is not None])
        along = u[good]
        keep = np.abs(found - np.median(found)) < 0.8
        slope, start = np.polyfit(along[keep], found[keep], 1) if np.ptp(along[keep]) > 0.2 else (0.0, np.median(found))
        if abs(slope) > 1.5:
            slope, start = 0.0, float(np.median(found))
        down = (local[3] - local[0]) / deep
        lines.append((local[0] + start * down, local[1] + (start + slope) * down))
    return np.array([_crossing(lines[side - 1], lines[side]) for side in range(4)])


def _first_dark(row: Values, depth: Values) -> float | None:
    low, high = float(row.min()), float(row.max())
    if high - low < 12:
        return None
    level = (low + high) / 2
    dark = row < level
    at = np.flatnonzero(dark[1:] & ~dark[:-1])
    if not at.size:
        return None
    nearest = at[np.abs(depth[at]).argmin()]
    share = (row[nearest] - level) / (row[nearest] - row[nearest + 1])
    return float(depth[nearest] + share * (depth[1] - depth[0]))


def _crossing(one: tuple[Values, Values], other: tuple[Values, Values]) -> Values:
    a, b = one[1] - one[0], other[1] - other[0]
    share = ((other[0] - one[0])[0] * b[1] - (other[0] - one[0])[1] * b[0]) / (a[0] * b[1] - a[1] * b[0])
    return np.asarray(one[0] + share * a)


def _measured(picture: Gray, kind: _Kind, corners: Values, mirrored: bool, *, inverted: bool) -> Grid:
    rows, columns = kind.fixed.shape
    seen = _sampled(picture, corners, rows, columns, 5)
    low, high = float(seen.min()), float(seen.max())
    level = (low + high) / 2
    dark = seen < level
    across, down = corners[1] - corners[0], corners[3] - corners[0]
    wide, tall = float(np.hypot(*across)), float(np.hypot(*down))
    darkest, lightest = linear_light(low), linear_light(high)
    if inverted:
        darkest, lightest = linear_light(255 - high), linear_light(255 - low)
    apart = 2 * np.abs(seen - level) / max(high - low, 1e-6)
    quiet, to_edge = _quiet(picture, corners, rows, columns, level)
    unused, turned_over = _unused(dark, kind)
    return Grid(
        rows,
        columns,
        (wide / columns, tall / rows),
        (_unit(across), _unit(down)),
        corners_of(corners),
        mirrored or turned_over,
        inverted,
        lightest - darkest,
        darkest,
        lightest,
        float(np.quantile(apart, 0.02)),
        _damage(dark, kind),
        _uneven(picture, corners, kind, level),
        unused,
        quiet,
        to_edge,
    )


def _unit(way: Values) -> tuple[float, float]:
    x, y = (way / np.hypot(*way)).tolist()
    return x, y


def _damage(dark: Modules, kind: _Kind) -> float:
    """The greatest share of wrong modules in one of the fixed patterns."""
    wrong = kind.fixed & (dark != kind.dark)
    if isinstance(kind.size, Size):
        parts = [np.zeros_like(wrong) for _ in range(4)]
        parts[0][:, 0] = parts[1][-1] = parts[2][0, 1:] = parts[3][:-1, -1] = True
        return max(float(wrong[part].mean()) for part in parts)
    side = len(dark)
    rows, columns = np.indices(dark.shape)
    finders = [(rows < 8) & (columns < 8), (rows < 8) & (columns >= side - 8), (rows >= side - 8) & (columns < 8)]
    timing = ((rows == 6) | (columns == 6)) & ~(finders[0] | finders[1] | finders[2])
    shares = [float(wrong[part & kind.fixed].mean()) for part in (*finders, timing)]
    for row, column in versions.alignments(kind.size):
        shares.append(float(wrong[row - 2 : row + 3, column - 2 : column + 3].mean()) / 2)
    return max(shares)


def _uneven(picture: Gray, corners: Values, kind: _Kind, level: float) -> float:
    """How far an edge in the timing patterns is from where the grid has it, in modules, apart from spread ink."""
    rows, columns = kind.fixed.shape
    if isinstance(kind.size, Size):
        height, width = (side + 2 for side in kind.size.region)
        lines = [((0.5) / rows, 0, width, 0), ((width - 0.5) / columns, 0, height, 1)]
    else:
        lines = [(6.5 / rows, 7, columns - 7, 0), (6.5 / columns, 7, rows - 7, 1)]
    worst = 0.0
    for place, begin, end, axis in lines:
        count = columns if axis == 0 else rows
        along = np.arange(begin + 0.5, end - 0.5, 1 / FINE) / count
        points = _points(corners, along, np.array([place])) if axis == 0 else _points(corners, np.array([place]), along)
        seen = _at(picture, points).ravel()
        dark = seen < level
        at = np.flatnonzero(dark[1:] != dark[:-1])
        if at.size < 3:
            continue
        share = (seen[at] - level) / (seen[at] - seen[at + 1])
        edges = (along[at] + share / FINE / count) * count
        off = edges - np.round(edges)
        for falling in (False, True):
            same = off[dark[at] == falling]
            if same.size > 1:
                worst = max(worst, float(np.abs(same - np.median(same)).max()))
    return worst


def _unused(dark: Modules, kind: _Kind) -> tuple[float | None, bool]:
    """The share of the error correction that was not needed, None where the message cannot be corrected, and whether
    a Data Matrix was turned over for that."""
    if isinstance(kind.size, Size):
        square = dark.shape[0] == dark.shape[1]
        for turned_over in (False, True) if square else (False,):
            modules = dark[::-1, ::-1].T if turned_over else dark
            done = placement.corrected(placement.codewords(modules, kind.size), kind.size)
            if done is not None:
                return 1 - 2 * max(done[1]) * kind.size.blocks / kind.size.checks, turned_over
        return None, False
    for form in formats(dark, kind.size):
        fixed = corrected(dark, kind.size, form)
        if fixed is not None:
            shares = versions.blocks(kind.size, form.level)
            return 1 - fixed[1] / (shares.correctable * len(shares.data)), False
    return None, False


def _quiet(
    picture: Gray, corners: Values, rows: int, columns: int, level: float
) -> tuple[tuple[float, float, float, float], tuple[bool, bool, bool, bool]]:
    """The narrowest light margin on each side, in modules, and whether the page ends there."""
    found, ends = [], []
    height, width = picture.shape
    for side in range(4):
        local = np.roll(corners, -side, 0)
        count, deep = (columns, rows) if side % 2 == 0 else (rows, columns)
        u = np.arange(0.25, count, 0.5) / count
        depth = -np.arange(0.3, _AROUND, 0.1)
        points = _points(local, u, depth / deep)
        beside = ((points < 0) | (points > (width, height))).any(-1)
        dark = (_at(picture, points) < level) & ~beside
        edge, ink = np.flatnonzero(beside.any(1)), np.flatnonzero(dark.any(1))
        reach = float(-depth[ink[0]]) if ink.size else float(_AROUND)
        page = float(-depth[edge[0]]) if edge.size else float(_AROUND)
        found.append(min(reach, page))
        ends.append(page < reach)
    return (found[0], found[1], found[2], found[3]), (ends[0], ends[1], ends[2], ends[3])
