"""Finds where bars are in a picture: regions striped in one direction, at any angle, sharp or blurred.

The structure tensor tells for each small cell how strong the gradients are, and whether they all run along one line.
Neighbouring cells that do, at one angle, are a region worth reading. In noise and texture, gradients run every way.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from services.decoding.pixels import Gray, Quad, reduced

Plane = npt.NDArray[np.float32]
Cells = npt.NDArray[np.intp]
Numbers = npt.NDArray[np.floating[Any]]

CELL = 4
"""Pixels of the reduced picture along a cell's side."""
_COHERENT = 0.5
"""The least coherence of a cell: 1 where all gradients run along one line, 0 where they run every way."""
_STRONG = 6.0
"""The least root mean square gradient of a cell, in gray levels a pixel of the reduced picture."""
_LEAST_CELLS = 24
_LEAST_EDGES = 20
"""The fewest edges that are worth reading: the shortest retail symbol has 34, of which blur hides some."""
_MOST = 400
"""A bound for pictures full of stripes."""
_SMALLER, _LARGE = 3 / 8, 0.35
"""How much the picture is reduced for large regions, and the share of its longest side from which a region is large."""
_PART = 0.25
"""How long, high and apart two regions are at the least, as shares of one that joins them."""
_TURNS = 8
"""Directions that cells are sorted into, each overlapping its neighbours by half."""


@dataclass(frozen=True, eq=False)
class Region:
    """A striped region, in the picture's pixels."""

    quad: Quad

    @property
    def length(self) -> float:
        """Pixels across the bars."""
        return float(np.linalg.norm(self.quad[1] + self.quad[2] - self.quad[0] - self.quad[3])) / 2


def regions(gray: Gray, side: int = 640, likely: int = 6) -> list[Region]:
    """Striped regions, the largest first, found in the picture with its longest side reduced to `side`.

    The `likely` largest are taken as they are, and of the others those that cross as many bars as a barcode has. Bars
    wider than a few cells leave gaps, so large regions are also looked for in a smaller picture.
    """
    scale = min(1.0, side / max(gray.shape))
    small = reduced(gray, scale)
    near = _regions(small, scale)
    far = _regions(reduced(small, _SMALLER), scale * _SMALLER, least=_LARGE)
    large = [region for region in far if not _is_joined(region, near)]
    found = [*large, *(p for p in near if not any(_same(p, other) for other in large))]
    return [*found[:likely], *(region for region in found[likely:] if _edges(gray, region) >= _LEAST_EDGES)]


def _edges(gray: Gray, region: Region) -> int:
    """How often a line across a region passes from dark to light or back: on the poorer of two lines."""
    count = int(np.clip(region.length, 40, 800))
    share = np.linspace(0, 1, count)[:, None]
    top_left, top_right, bottom_right, bottom_left = region.quad
    counts = []
    for down in (0.3, 0.7):
        start, end = top_left + (bottom_left - top_left) * down, top_right + (bottom_right - top_right) * down
        columns, rows = np.clip((start + share * (end - start)).T, 0, [[gray.shape[1] - 1], [gray.shape[0] - 1]])
        line = gray[rows.astype(np.intp), columns.astype(np.intp)][None].astype(np.float32)
        light = line > cv2.blur(line, (max(9, count // 10), 1))
        counts.append(int(np.count_nonzero(light[0, 1:] != light[0, :-1])))
    return min(counts)


def _same(one: Region, other: Region) -> bool:
    return bool(np.abs(one.quad - other.quad).max() < 0.1 * other.length)


def _is_joined(region: Region, others: list[Region]) -> bool:
    """Whether a region holds others one above the other: barcodes that look like one from afar.

    What is read in its bands would seem to contradict each other.
    """
    change = cv2.getPerspectiveTransform(region.quad, np.array([[0, 0], [1, 0], [1, 1], [0, 1]], np.float32))
    rows = []
    for other in others:
        inside = cv2.perspectiveTransform(other.quad[None], change)[0]
        size, (x, y) = np.ptp(inside, axis=0), inside.mean(0)
        if size.min() > _PART and 0 < x < 1 and 0 < y < 1:
            rows.append(float(y))
    return len(rows) > 1 and max(rows) - min(rows) > _PART


def _regions(small: Gray, scale: float, least: float = 0.0) -> list[Region]:
    """Regions at least as long as a `least` share of the longest side of a reduced picture."""
    if min(small.shape) < 4 * CELL:
        return []
    xx, yy, xy = _tensor(small)
    energy, along, across = xx + yy, xx - yy, 2 * xy
    striped = (along * along + across * across > (_COHERENT * energy) ** 2) & (energy > _STRONG**2)
    turns = (np.arctan2(across, along) * (_TURNS / (2 * math.pi)) + _TURNS / 2).astype(np.int8) % _TURNS
    turns[~striped] = -9
    candidates: list[Cells] = []
    for turn in range(_TURNS):
        mask = ((turns == turn) | (turns == (turn + 1) % _TURNS)).astype(np.uint8)
        count, labels, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=4, ltype=cv2.CV_16U)
        span = np.hypot(stats[:count, cv2.CC_STAT_WIDTH], stats[:count, cv2.CC_STAT_HEIGHT])
        worth = (stats[:count, cv2.CC_STAT_AREA] >= _LEAST_CELLS) & (span >= least * max(striped.shape))
        order = np.argsort(labels, axis=None, kind="stable")
        ends = np.cumsum(stats[:count, cv2.CC_STAT_AREA])
        candidates += [order[ends[label - 1] : ends[label]] for label in np.flatnonzero(worth[1:]) + 1]
    taken = np.zeros(striped.size, bool)
    found: list[Region] = []
    for cells in sorted(candidates, key=len, reverse=True):
        if taken[cells].mean() <= 0.5 and len(found) < _MOST:
            taken[cells] = True
            found.append(_region(cells, along, across, energy, CELL / scale))
    return found


def _tensor(small: Gray) -> tuple[Plane, Plane, Plane]:
    """The structure tensor of each cell, averaged over its neighbours."""
    x = cv2.Scharr(small, cv2.CV_32F, 1, 0, scale=1 / 32)
    y = cv2.Scharr(small, cv2.CV_32F, 0, 1, scale=1 / 32)
    cells = (max(1, small.shape[1] // CELL), max(1, small.shape[0] // CELL))

    def averaged(product: Plane) -> Plane:
        return np.asarray(cv2.blur(cv2.resize(product, cells, interpolation=cv2.INTER_AREA), (3, 3)), np.float32)

    return averaged(x * x), averaged(y * y), averaged(x * y)


def _region(cells: Cells, along: Plane, across: Plane, energy: Plane, size: float) -> Region:
    """The quadrilateral around cells: its long sides follow their middle line, its short ones the outermost bars.

    In perspective bars fan out, so their lean is taken to change evenly from end to end.
    """
    rows, columns = np.divmod(cells, along.shape[1])
    along, across, energy = along.ravel()[cells], across.ravel()[cells], energy.ravel()[cells]
    double = along + 1j * across
    mean = double.sum()
    angle = 0.5 * math.atan2(mean.imag, mean.real)
    c, s = math.cos(angle), math.sin(angle)
    u, v = columns * c + rows * s, rows * c - columns * s
    u0, u1 = _between(u, 0.01)
    middle = (u0 + u1) / 2
    weight = np.sqrt(energy)
    rise = _slope(u - middle, v, weight)
    lean = _slope(u - middle, 0.5 * np.angle(double / mean), weight)
    level = v - rise[0] - rise[1] * (u - middle)
    v0, v1 = _between(level, 0.04)
    corners = []
    for end, side in ((u0 - 0.5, v0), (u1 + 0.5, v0), (u1 + 0.5, v1), (u0 - 0.5, v1)):
        back = math.tan(np.clip(lean[0] + lean[1] * (end - middle), -0.7, 0.7))
        x, y = end - back * side, rise[0] + rise[1] * (end - middle) + side
        corners.append(((x * c - y * s + 0.5) * size, (x * s + y * c + 0.5) * size))
    return Region(np.array(corners, np.float32))


def _between(values: Numbers, share: float) -> tuple[float, float]:
    """The range of the values without a `share` of them at either end."""
    order = np.sort(values)
    cut = int(share * len(order))
    return float(order[cut]), float(order[-1 - cut])


def _slope(at: Numbers, values: Numbers, weight: Numbers) -> tuple[float, float]:
    """The weighted straight line through `values`: its height at 0 and its slope."""
    weight = weight / weight.sum()
    mean_at, mean_value = float(weight @ at), float(weight @ values)
    away = at - mean_at
    slope = float(weight @ (away * (values - mean_value))) / max(float(weight @ away**2), 1.0)
    return mean_value - slope * mean_at, slope
