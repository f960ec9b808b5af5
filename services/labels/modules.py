"""Measures a QR code or a Data Matrix: its modules, where its sides are, and the parameters of ISO/IEC 15415.

A symbol of artwork lies flat, so its grid is a parallelogram. Its sides are found to fractions of a pixel along the
patterns that are dark there in every symbol. Modulation is taken module by module and not by codeword, and the grid's
nonuniformity along the timing patterns only: docs/labels.md says so.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from services.decoding.data_matrix.placement import border
from services.decoding.data_matrix.sizes import SIZES
from services.decoding.pixels import Gray
from services.decoding.qr import versions
from services.decoding.symbol import Corners, Symbology, corners_of
from services.labels.bars import linear_light
from services.labels.matrix_quality import damage, quiet_zone, uneven, unused_share
from services.labels.matrix_view import Kind, Values, at, points_of, sampled

_LIKELY, _AGREES = 0.6, 0.78
"""The least share of the fixed modules that must be right by an engine's corners, and by those that were measured."""
_WORST = 0.05
"""The share of modules that may be worse than the modulation that is told: errors are corrected."""
_SHORTEST = 8
"""Pixels of a side."""
_STRETCHED = 0.4
"""How much longer one side of a module may be than the other: the logarithm of their ratio."""


@dataclass(frozen=True)
class Grid:
    """A measured matrix symbol.

    `rows` and `columns` count its modules; `module` is a module's width and height in pixels along its own sides, and
    `sides` the directions of these on the page (unit vectors). `patterns` is the share of wrong modules in the worst
    fixed pattern, and its grade; `unused` the error correction's share that was not needed. `quiet` is the narrowest
    light margin in modules at the symbol's own top, right, bottom and left, and `to_edge` where that is the page's
    edge. `inverted`: light modules on dark ground.
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
    patterns: tuple[float, str]
    grid: float
    unused: float | None
    quiet: tuple[float, float, float, float]
    to_edge: tuple[bool, bool, bool, bool]


def measure(picture: Gray, corners: Corners, symbology: Symbology) -> Grid | None:
    """Measure the symbol at `corners`; None where its grid cannot be told."""
    kinds = list(_kinds(symbology))
    for inverted in (False, True):
        shown = np.asarray(255 - picture if inverted else picture, np.uint8)
        found = _placed(shown, np.asarray(corners, float), kinds)
        if found is not None:
            return _measured(shown, *found, inverted=inverted)
    return None


def _kinds(symbology: Symbology) -> Iterator[Kind]:
    if symbology is Symbology.QR_CODE:
        for version in range(1, versions.LARGEST + 1):
            fixed, dark = versions.known(version)
            yield Kind(fixed, dark, version)
    elif symbology is Symbology.DATA_MATRIX:
        for size in SIZES.values():
            yield Kind(*border(size), size)


def _placed(picture: Gray, corners: Values, kinds: list[Kind]) -> tuple[Kind, Values] | None:
    """The size, and its corners from the symbol's own top left on clockwise."""
    best: tuple[float, Kind, Values] | None = None
    for kind in kinds:
        for seen, placed in _views(picture, corners, kind):
            level = (float(seen.min()) + float(seen.max())) / 2
            share = float(((seen < level)[kind.fixed] == kind.dark[kind.fixed]).mean())
            if best is None or share > best[0]:
                best = share, kind, placed
    if best is None or best[0] < _LIKELY:
        return None
    _share, kind, placed = best
    for _round in range(2):
        placed = _refined(picture, placed, kind)
    return (kind, placed) if _agreement(picture, placed, kind) >= _AGREES else None


def _views(picture: Gray, corners: Values, kind: Kind) -> Iterator[tuple[Values, Values]]:
    """The modules as they are seen from each side, with the corners in that order.

    A mirrored symbol has the fixed modules of another one, so it is told by its message.
    """
    rows, columns = kind.fixed.shape
    for turn in range(2) if rows != columns else range(1):
        placed = np.roll(corners, -turn, 0)
        across, down = np.hypot(*(placed[1] - placed[0])), np.hypot(*(placed[3] - placed[0]))
        if min(across, down) < _SHORTEST or abs(np.log((across / columns) / (down / rows))) > _STRETCHED:
            continue
        seen = sampled(picture, placed, rows, columns, 1)
        for half in range(4) if rows == columns else (0, 2):
            yield np.rot90(seen, half), np.roll(placed, -half, 0)


def _agreement(picture: Gray, corners: Values, kind: Kind) -> float:
    rows, columns = kind.fixed.shape
    seen = sampled(picture, corners, rows, columns, 3)
    level = (float(seen.min()) + float(seen.max())) / 2
    return float(((seen < level)[kind.fixed] == kind.dark[kind.fixed]).mean())


def _refined(picture: Gray, corners: Values, kind: Kind) -> Values:
    """The corners, moved to where dark begins along the patterns at the sides."""
    dark = kind.fixed & kind.dark
    lines = []
    for side in range(4):  # top, right, bottom, left
        turned = np.rot90(dark, side)
        count, deep = turned.shape[1], turned.shape[0]
        local = np.roll(corners, -side, 0)
        places = np.flatnonzero(turned[0])
        u = ((places[:, None] + np.array([0.3, 0.5, 0.7])) / count).ravel()
        depth = np.arange(-1.3, 1.3, 0.05)
        seen = at(picture, points_of(local, u, depth / deep)).T  # a row for each place, from outside inwards
        begins = [_first_dark(row, depth) for row in seen]
        good = np.array([one is not None for one in begins])
        if good.sum() < 4:
            return corners
        found = np.array([one for one in begins if one is not None])
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
    begins = np.flatnonzero(dark[1:] & ~dark[:-1])
    if not begins.size:
        return None
    nearest = begins[np.abs(depth[begins]).argmin()]
    share = (row[nearest] - level) / (row[nearest] - row[nearest + 1])
    return float(depth[nearest] + share * (depth[1] - depth[0]))


def _crossing(one: tuple[Values, Values], other: tuple[Values, Values]) -> Values:
    a, b = one[1] - one[0], other[1] - other[0]
    share = ((other[0] - one[0])[0] * b[1] - (other[0] - one[0])[1] * b[0]) / (a[0] * b[1] - a[1] * b[0])
    return np.asarray(one[0] + share * a)


def _measured(picture: Gray, kind: Kind, corners: Values, *, inverted: bool) -> Grid:
    rows, columns = kind.fixed.shape
    seen = sampled(picture, corners, rows, columns, 5)
    low, high = float(seen.min()), float(seen.max())
    level = (low + high) / 2
    dark = seen < level
    across, down = corners[1] - corners[0], corners[3] - corners[0]
    wide, tall = float(np.hypot(*across)), float(np.hypot(*down))
    darkest, lightest = linear_light(low), linear_light(high)
    if inverted:
        darkest, lightest = linear_light(255 - high), linear_light(255 - low)
    apart = 2 * np.abs(seen - level) / max(high - low, 1e-6)
    quiet, to_edge = quiet_zone(picture, corners, rows, columns, level)
    unused, mirrored = unused_share(dark, kind)
    return Grid(
        rows,
        columns,
        (wide / columns, tall / rows),
        (_unit(across), _unit(down)),
        corners_of(corners),
        mirrored,
        inverted,
        lightest - darkest,
        darkest,
        lightest,
        float(np.quantile(apart, _WORST)),
        damage(dark, kind),
        uneven(picture, corners, kind, level),
        unused,
        quiet,
        to_edge,
    )


def _unit(way: Values) -> tuple[float, float]:
    x, y = (way / np.hypot(*way)).tolist()
    return x, y
