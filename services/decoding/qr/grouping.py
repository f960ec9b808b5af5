"""Groups finder patterns into symbols: by size and direction, then by the timing patterns that must lie between them.

The work grows with the number of patterns, not with the number of their threes, so that a sheet of a hundred symbols is
searched as fast as its patterns are found.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import cv2
import numpy as np
import numpy.typing as npt

from services.decoding.pixels import Gray
from services.decoding.qr.locate import Floats, Triple
from services.decoding.qr.versions import LARGEST, dimension

Singles = npt.NDArray[np.float32]
_Indices = npt.NDArray[np.intp]

_MOST = 700  # patterns that are grouped, the likeliest first: those of a sheet of 140 symbols, and false ones
_LEAST_LIKENESS = 0.4  # the least correlation of a pattern with how a finder pattern looks
_LEAST_TOGETHER = 0.58  # the same on average for the three patterns of a symbol
_LARGEST_SPREAD = 1.6  # between the sizes of two patterns of a symbol
_LARGEST_TURN = np.deg2rad(20)  # between a pattern's own direction and that of its neighbour
_NEAREST = 4  # neighbours of a pattern that are tried in each of four directions
_LARGEST_STRETCH = 1.7  # between two sides of a symbol
_LEAST_RIGHT = np.cos(np.deg2rad(65))  # the cosine of the sharpest angle between two sides
_MOST_ALIKE = 4  # groups that are compared by their timing patterns, for each corner and quadrant
_LEAST_RHYTHM = 0.5  # the least correlation of both timing patterns with the version that they fit best
_AT_ONCE = 500  # groups whose timing patterns are looked at before the time is asked again
_SURE_RHYTHM = 0.8  # the same not to compare further groups of the same patterns
_SLACK = 0.18  # share by which the distance of two patterns may differ from that of the version

_TURNS, _SIZES = 12, (0.87, 1.0, 1.15)
_RADII, _ANGLES = 9, 24
_ROWS = 32  # looks that are compared at once
_TILTS = (-0.15, 0.0, 0.15)  # how much farther the end of a side may be than its start
_SAMPLES = 400  # along a side, two and more for each module


@dataclass(frozen=True)
class Group:
    """Three finder patterns with the timing patterns of one version between them.

    `tilts` say how much farther away the patterns at the right and below are than the corner, as a share of its depth.
    `rhythm` is how well the timing patterns alternate, at most 1.
    """

    triple: Triple
    version: int
    tilts: tuple[float, float]
    rhythm: float


@cache
def _polar() -> tuple[Floats, Floats]:
    """Points around a finder pattern, in modules as a horizontal cut through it measures them."""
    radius, angle = np.meshgrid(
        (np.arange(_RADII) + 0.5) * 4.5 / _RADII, np.arange(_ANGLES) * 2 * np.pi / _ANGLES, indexing="ij"
    )
    return (radius * np.cos(angle)).reshape(-1), (radius * np.sin(angle)).reshape(-1)


def _lean(direction: npt.NDArray[np.floating] | float) -> npt.NDArray[np.floating]:
    """By how much a horizontal or vertical cut through a turned pattern is too long: its inverse."""
    return np.asarray(np.maximum(np.abs(np.cos(direction)), np.abs(np.sin(direction))))


@cache
def _looks() -> tuple[Floats, Floats, Singles, Singles]:
    """Directions and sizes of finder patterns, and for each how bright every point is and whether it belongs to it."""
    x, y = _polar()
    directions, sizes = (
        grid.reshape(-1) for grid in np.meshgrid(np.arange(_TURNS) * np.pi / 2 / _TURNS, _SIZES, indexing="ij")
    )
    modules = _lean(directions) * sizes
    along = (np.outer(x, np.cos(directions)) + np.outer(y, np.sin(directions))) / modules
    down = (np.outer(y, np.cos(directions)) - np.outer(x, np.sin(directions))) / modules
    ring = np.maximum(np.abs(along), np.abs(down))
    part = (ring < 4.5).astype(np.float64)
    bright = np.where((ring < 1.5) | ((ring > 2.5) & (ring < 3.5)), -1.0, 1.0) * part
    bright = (bright - bright.sum(axis=0) / part.sum(axis=0)) * part
    bright /= np.linalg.norm(bright, axis=0)
    return directions, modules, bright.astype(np.float32), part.astype(np.float32)


def _correlation(seen: Singles, shapes: Singles, part: Singles) -> Singles:
    """The correlation of each row with each column of `shapes`, which have mean 0 and length 1 over their `part`.

    Goes through few rows at a time: NumPy shares larger products among threads, and waits long for them where the
    device is busy.
    """
    total = part.sum(axis=0)
    found = np.empty((len(seen), shapes.shape[1]), np.float32)
    for start in range(0, len(seen), _ROWS):
        rows = seen[start : start + _ROWS]
        rows = rows - rows.mean(axis=1, keepdims=True)
        spread = (rows * rows) @ part - (rows @ part) ** 2 / total
        found[start : start + _ROWS] = rows @ shapes / np.sqrt(np.maximum(spread, 0) + 100)
    return found


def _sampled(gray: Gray, x: Floats, y: Floats) -> Singles:
    seen = cv2.remap(
        gray, x.astype(np.float32), y.astype(np.float32), cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )
    return np.asarray(seen, np.float32)


def described(smooth: Gray, patterns: Floats, *, light: bool) -> Floats:
    """Rows of x, y, module, direction (radians, up to a quarter turn) and likeness of what looks like finder patterns.

    The likeliest come first.
    """
    if not len(patterns):
        return np.zeros((0, 5))
    x, y = _polar()
    size = patterns[:, 2:4].mean(axis=1)
    seen = _sampled(smooth, patterns[:, :1] + np.outer(size, x), patterns[:, 1:2] + np.outer(size, y))
    directions, modules, shapes, part = _looks()
    likeness = _correlation(-seen if light else seen, shapes, part)
    best = likeness.argmax(axis=1)
    found = np.column_stack([patterns[:, :2], size * modules[best], directions[best], likeness.max(axis=1)])
    ranked = np.argsort(-found[:, 4], kind="stable")[:_MOST]
    return np.asarray(found[ranked[found[ranked, 4] >= _LEAST_LIKENESS]])


def groups(smooth: Gray, patterns: Floats, late: Callable[[], bool], *, light: bool) -> list[Group]:
    """The symbols that finder patterns (as `described`) span, the likeliest first; a pattern may be in several.

    Nothing more is compared once it is `late`.
    """
    corner, at_right, below, rank = _threes(patterns)
    if not corner.size:
        return []
    points = patterns[:, :2]
    c, r, b = points[corner], points[at_right], points[below]
    module = np.cbrt(patterns[corner, 2] * patterns[at_right, 2] * patterns[below, 2])
    across, down = np.linalg.norm(r - c, axis=1), np.linalg.norm(b - c, axis=1)
    distance = (across + down) / 2 / module
    members = np.column_stack([corner, at_right, below])
    likeness = patterns[members, 4].mean(axis=1)
    rhythm, version, tilts = np.zeros(len(c)), np.zeros(len(c), int), np.zeros((len(c), 2))
    taken = np.zeros(len(patterns), bool)
    for least, most in ((0, 1), (1, _MOST_ALIKE)):
        chosen = np.flatnonzero((rank >= least) & (rank < most) & ~taken[members].any(axis=1))
        for start in range(0, chosen.size, _AT_ONCE):
            some = chosen[start : start + _AT_ONCE]
            if not late():
                done = _rhythms(smooth, (c[some], r[some], b[some]), distance[some], light=light)
                rhythm[some], version[some], tilts[some] = done
        taken[members[rhythm > _SURE_RHYTHM]] = True
    good = np.flatnonzero((rhythm > _LEAST_RHYTHM) & (likeness > _LEAST_TOGETHER))
    ranked = good[np.argsort(-(rhythm + likeness)[good], kind="stable")]
    found = []
    for n in ranked:
        sized = float((across[n] + down[n]) / 2 / (dimension(int(version[n])) - 7))
        triple = Triple(c[n], r[n], b[n], sized, light, float(-rhythm[n] - likeness[n]))
        found.append(Group(triple, int(version[n]), (float(tilts[n, 0]), float(tilts[n, 1])), float(rhythm[n])))
    return found


def _threes(patterns: Floats) -> tuple[_Indices, _Indices, _Indices, _Indices]:
    """Corners, neighbours to the right and below that are alike in size and direction, and the rank of each three.

    The rank counts from 0, the likeliest, among the threes of the same corner and quadrant.
    """
    one, other, quadrant, distance = _neighbours(patterns)
    number = len(patterns)
    # All pairs of neighbours of a corner in two quadrants that follow each other clockwise.
    slots = np.full((number, 4, _NEAREST), -1)
    key = one * 4 + quadrant
    rank = np.arange(len(key)) - np.searchsorted(key, key)
    slots[one, quadrant, rank] = np.arange(len(key))
    right = np.repeat(slots[..., None], _NEAREST, axis=3)
    under = np.repeat(np.roll(slots, -1, axis=1)[:, :, None], _NEAREST, axis=2)
    both = (right >= 0) & (under >= 0)
    right, under = right[both], under[both]
    corner, at_right, below = one[right], other[right], other[under]
    c, r, b = (patterns[index, :2] for index in (corner, at_right, below))
    long, short = np.maximum(distance[right], distance[under]), np.minimum(distance[right], distance[under])
    skew = np.abs(((r - c) * (b - c)).sum(axis=1)) / (distance[right] * distance[under])
    sizes = patterns[np.stack([corner, at_right, below]), 2]
    spread = sizes.max(axis=0) / sizes.min(axis=0)
    good = (long < _LARGEST_STRETCH * short) & (skew < _LEAST_RIGHT) & (spread < _LARGEST_SPREAD)
    index = np.flatnonzero(good)
    misfit = long / short + skew + spread + 0.5 * np.log(long * short)
    group = corner * 4 + quadrant[right]
    index = index[np.lexsort((misfit[index], group[index]))]
    rank = np.arange(index.size) - np.searchsorted(group[index], group[index])
    index, rank = index[rank < _MOST_ALIKE], rank[rank < _MOST_ALIKE]
    return corner[index], at_right[index], below[index], rank


def _neighbours(patterns: Floats) -> tuple[_Indices, _Indices, _Indices, Floats]:
    """The nearest patterns in each of the four directions of a pattern: pattern, neighbour, quadrant and distance.

    Sorted by pattern and quadrant, then by distance.
    """
    x, y, module, direction = (patterns[:, n].astype(np.float32) for n in range(4))
    ratio = module[:, None] / module[None, :]
    one, other = np.nonzero((ratio < _LARGEST_SPREAD) & (ratio > 1 / _LARGEST_SPREAD))
    dx, dy = x[other] - x[one], y[other] - y[one]
    distance = np.hypot(dx, dy)
    modules = distance / np.sqrt(module[one] * module[other])
    fits = (modules > (dimension(1) - 7) * 0.75) & (modules < (dimension(LARGEST) - 7) * 1.2)
    one, other, dx, dy, distance = one[fits], other[fits], dx[fits], dy[fits], distance[fits]
    way = np.arctan2(dy, dx)
    turns = (way - direction[one]) / (np.pi / 2)
    quadrant = np.rint(turns)
    theirs = (way - direction[other]) / (np.pi / 2)
    limit = _LARGEST_TURN / (np.pi / 2)
    fits = (np.abs(turns - quadrant) < limit) & (np.abs(theirs - np.rint(theirs)) < limit)
    one, other, distance = one[fits], other[fits], distance[fits]
    quadrant = quadrant[fits].astype(np.intp) % 4
    order = np.lexsort((distance, one * 4 + quadrant))
    key = (one * 4 + quadrant)[order]
    order = order[np.arange(order.size) - np.searchsorted(key, key) < _NEAREST]
    return one[order], other[order], quadrant[order], distance[order].astype(np.float64)


@cache
def _rhythm_shapes(version: int) -> tuple[Singles, Singles]:
    """How a timing pattern of the version looks along a line between finder patterns in each tilt, and its part."""
    along, distance = (np.arange(_SAMPLES) + 0.5) / _SAMPLES, dimension(version) - 7
    modules = np.array([along / (1 + tilt * (1 - along)) * distance for tilt in _TILTS])  # undoes `projected`
    part = (modules > 3.5) & (modules < distance - 3.5)
    shapes = np.cos(np.pi * modules) * part
    shapes = (shapes - shapes.sum(axis=1, keepdims=True) / part.sum(axis=1, keepdims=True)) * part
    shapes /= np.linalg.norm(shapes, axis=1, keepdims=True)
    return shapes.T.astype(np.float32), part.T.astype(np.float32)


def _rhythms(
    smooth: Gray, sides: tuple[Floats, Floats, Floats], distance: Floats, *, light: bool
) -> tuple[Floats, _Indices, Floats]:
    """How well both timing patterns alternate, at which version, and the tilts at which they do it best."""
    c, r, b = sides
    along = (np.arange(_SAMPLES) + 0.5) / _SAMPLES
    ends, aside = np.stack([r, b], axis=1), np.stack([b, r], axis=1)
    starts = c[:, None] + (aside - c[:, None]) * (3 / distance)[:, None, None]
    x, y = (starts[..., n, None] + (ends - c[:, None])[..., n, None] * along for n in (0, 1))
    lines = _sampled(smooth, x.reshape(-1, _SAMPLES), y.reshape(-1, _SAMPLES)).reshape(x.shape)
    if light:
        lines = -lines
    best, which, tilts = np.full(len(c), -1.0), np.ones(len(c), np.intp), np.zeros((len(c), 2))
    for version in range(1, LARGEST + 1):
        modules = dimension(version) - 7
        rows = np.flatnonzero(np.abs(np.log(modules / distance)) < _SLACK + 1.5 / modules)
        if not rows.size:
            continue
        likeness = _correlation(lines[rows].reshape(-1, _SAMPLES), *_rhythm_shapes(version)).reshape(-1, 2, len(_TILTS))
        total = likeness.max(axis=2).mean(axis=1)
        better = total > best[rows]
        rows = rows[better]
        best[rows], which[rows] = total[better], version
        tilts[rows] = np.take(_TILTS, likeness.argmax(axis=2)[better])
    return best, which, tilts
