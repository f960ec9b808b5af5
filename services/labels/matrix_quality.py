"""The parameters of ISO/IEC 15415 that need a matrix symbol's modules, and its quiet zone."""

from __future__ import annotations

import numpy as np

from services.decoding.data_matrix import placement
from services.decoding.data_matrix.sizes import Size
from services.decoding.pixels import Gray
from services.decoding.qr import versions
from services.decoding.qr.codewords import corrected, formats
from services.labels.matrix_view import AROUND, FINE, Kind, Modules, Values, at, points_of

_LETTERS = "ABCDF"


def damage(dark: Modules, kind: Kind) -> tuple[float, str]:
    """The share of wrong modules in the fixed pattern that has the worst grade, and that grade.

    Thresholds: ISO/IEC 16022, annex M, and ISO/IEC 18004, annex G. What covers an alignment pattern, such as a logo, is
    no worse than C here, because the finder patterns decide whether a symbol is found.
    """
    wrong = kind.fixed & (dark != kind.dark)
    if isinstance(kind.size, Size):
        parts = np.zeros((4, *wrong.shape), bool)
        parts[0][:, 0] = parts[1][-1] = parts[2][0, 1:] = parts[3][:-1, -1] = True
        return max((_lettered(float(wrong[part].mean()), (0, 0.09, 0.13, 0.17)) for part in parts), key=_gravity)
    side = len(dark)
    rows, columns = np.indices(dark.shape)
    finders = [(rows < 8) & (columns < 8), (rows < 8) & (columns >= side - 8), (rows >= side - 8) & (columns < 8)]
    around = finders[0] | finders[1] | finders[2]
    found = [_lettered(float(wrong[part].mean()), tuple(n / 64 for n in range(4))) for part in finders]
    timing = [float(wrong[line & ~around].mean()) for line in (rows == 6, columns == 6)]
    found += [_lettered(share, (0, 0.07, 0.11, 0.14)) for share in timing]
    for row, column in versions.alignments(kind.size):
        share = float(wrong[row - 2 : row + 3, column - 2 : column + 3].mean())
        found.append((share, _lettered(share, (0, 0.10, 1))[1]))
    return max(found, key=_gravity)


def _lettered(share: float, ends: tuple[float, ...]) -> tuple[float, str]:
    return share, _LETTERS[sum(share > end + 1e-9 for end in ends)]


def _gravity(found: tuple[float, str]) -> tuple[str, float]:
    return found[1], found[0]


def uneven(picture: Gray, corners: Values, kind: Kind, level: float) -> float:
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
        points = (
            points_of(corners, along, np.array([place])) if axis == 0 else points_of(corners, np.array([place]), along)
        )
        seen = at(picture, points).ravel()
        dark = seen < level
        crossed = np.flatnonzero(dark[1:] != dark[:-1])
        if crossed.size < 3:
            continue
        share = (seen[crossed] - level) / (seen[crossed] - seen[crossed + 1])
        edges = (along[crossed] + share / FINE / count) * count
        off = edges - np.round(edges)
        for falling in (False, True):
            same = off[dark[crossed] == falling]
            if same.size > 1:
                worst = max(worst, float(np.abs(same - np.median(same)).max()))
    return worst


def unused_share(dark: Modules, kind: Kind) -> tuple[float | None, bool]:
    """The share of the error correction that was not needed, and whether the symbol is mirrored.

    None where the message cannot be corrected.
    """
    if isinstance(kind.size, Size):
        views = (dark, dark[::-1, ::-1].T) if dark.shape[0] == dark.shape[1] else (dark,)
        for mirrored, modules in enumerate(views):
            done = placement.corrected(placement.codewords(modules, kind.size), kind.size)
            if done is not None:
                return 1 - 2 * max(done[1]) * kind.size.blocks / kind.size.checks, bool(mirrored)
        return None, False
    for mirrored, modules in enumerate((dark, dark.T)):
        for form in formats(modules, kind.size):
            fixed = corrected(modules, kind.size, form)
            if fixed is not None:
                shares = versions.blocks(kind.size, form.level)
                return 1 - fixed[1] / (shares.correctable * len(shares.data)), bool(mirrored)
    return None, False


def quiet_zone(
    picture: Gray, corners: Values, rows: int, columns: int, level: float
) -> tuple[tuple[float, float, float, float], tuple[bool, bool, bool, bool]]:
    """The narrowest light margin on each side, in modules, and whether the page ends there."""
    found, ends = [], []
    height, width = picture.shape
    for side in range(4):
        local = np.roll(corners, -side, 0)
        count, deep = (columns, rows) if side % 2 == 0 else (rows, columns)
        u = np.arange(0.25, count, 0.5) / count
        depth = -np.arange(0.3, AROUND, 0.1)
        points = points_of(local, u, depth / deep)
        beside = np.asarray(((points < 0) | (points > (width, height))).any(axis=2), bool)
        dark = (at(picture, points) < level) & ~beside
        edge, ink = np.flatnonzero(beside.any(1)), np.flatnonzero(dark.any(1))
        reach = float(-depth[ink[0]]) if ink.size else float(AROUND)
        page = float(-depth[edge[0]]) if edge.size else float(AROUND)
        found.append(min(reach, page))
        ends.append(page < reach)
    return (found[0], found[1], found[2], found[3]), (ends[0], ends[1], ends[2], ends[3])
