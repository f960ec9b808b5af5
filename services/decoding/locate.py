"""Finds where bars are in a picture: regions striped in one direction, at any angle, sharp or blurred.

The structure tensor tells for each small cell how strong the gradients are, and whether they all run along one line.
Neighbouring cells that do, at one angle, are a region worth reading. In noise and texture, gradients run every way.
"""

from __future__ import annotations

import cmath
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
        return math.hypot(*(self.quad[1] + self.quad[2] - self.quad[0] - self.quad[3]).tolist()) / 2


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
    found = [*large, *(region for region in near if not _is_one_of(region, large))]
    return [*found[:likely], *(region for region in found[likely:] if _edges(gray, region) >= _LEAST_EDGES)]


def _edges(gray: Gray, region: Region) -> int:
    """How often a line across a region passes from dark to light or back: on the poorer of two lines."""
    count = int(min(max(region.length, 40), 800))
    top_left, top_right, bottom_right, bottom_left = region.quad.astype(np.float64)
    starts, ends = top_left + (bottom_left - top_left) * _DOWN, top_right + (bottom_right - top_right) * _DOWN
    columns, rows = (starts + np.linspace(0, 1, count)[:, None, None] * (ends - starts)).T
    columns = np.minimum(np.maximum(columns, 0), gray.shape[1] - 1).astype(np.intp)
    rows = np.minimum(np.maximum(rows, 0), gray.shape[0] - 1).astype(np.intp)
    lines = gray[rows, columns].astype(np.float32)
    light = lines > cv2.blur(lines, (max(9, count // 10), 1))
    return min(int(np.count_nonzero(line)) for line in light[:, 1:] != light[:, :-1])


_DOWN = np.array([[0.3], [0.7]])
"""How far down a region its lines are."""


def _is_one_of(region: Region, others: list[Region]) -> bool:
    if not others:
        return False
    away = np.abs(np.array([other.quad for other in others]) - region.quad).max((1, 2))
    return any(far < 0.1 * other.length for far, other in zip(away.tolist(), others, strict=True))


def _is_joined(region: Region, others: list[Region]) -> bool:
    """Whether a region holds others one above the other: barcodes that look like one from afar.

    What is read in its bands would seem to contradict each other.
    """
    if not others:
        return False
    change = cv2.getPerspectiveTransform(region.quad, np.array([[0, 0], [1, 0], [1, 1], [0, 1]], np.float32))
    corners = np.concatenate([other.quad for other in others])
    inside = cv2.perspectiveTransform(corners[None], change)[0].reshape(-1, 4, 2)
    large, middles = np.ptp(inside, axis=1).min(1) > _PART, inside.mean(1)
    rows = middles[large & ((middles > 0) & (middles < 1)).all(1), 1]
    return len(rows) > 1 and float(np.ptp(rows)) > _PART


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
    mean = complex(along.sum(), across.sum())
    angle = 0.5 * cmath.phase(mean)
    c, s = math.cos(angle), math.sin(angle)
    u, v = columns * c + rows * s, rows * c - columns * s
    u0, u1 = _between(u, 0.01)
    middle = (u0 + u1) / 2
    weight = np.sqrt(energy)
    rise = _slope(u - middle, v, weight)
    lean = _slope(u - middle, 0.5 * np.angle((along + 1j * across) / mean), weight)
    level = v - rise[0] - rise[1] * (u - middle)
    v0, v1 = _between(level, 0.04)
    corners = []
    for end, side in ((u0 - 0.5, v0), (u1 + 0.5, v0), (u1 + 0.5, v1), (u0 - 0.5, v1)):
        back = math.tan(min(max(lean[0] + lean[1] * (end - middle), -0.7), 0.7))
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
