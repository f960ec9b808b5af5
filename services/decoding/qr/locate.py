"""Finds where QR Codes may be: finder patterns by their runs of 1 : 1 : 3 : 1 : 1, and triples of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from itertools import combinations, permutations

import cv2
import numpy as np
import numpy.typing as npt

from services.decoding.pixels import Gray

Floats = npt.NDArray[np.float64]

_MOST_SPOTS = 1500
_MOST_SEEN, _MOST_PATTERNS = 50, 18  # of those with the most votes, how many of which all threes are tried
_LEAST_LIKENESS = 0.45  # the least correlation of finder patterns with how they should look
_LEAST_TORN = 0.7  # the same for the two whole ones where the third is not
_SURE_VOTES, _MOST_SURE = 0.5, 4  # share of the rows through a pattern's middle; how many such patterns are paired
_OUTSIDE = 1_000_000  # a length longer than any run of a pattern
_LONGEST_SIDE, _SHORTEST_SIDE = 185, 13  # modules between finder patterns, with room for error


@dataclass(frozen=True)
class Triple:
    """Middles of three finder patterns as the corners of a symbol, in pixels, and the pixels of a module at each.

    `light` is whether the symbol is light on dark ground. `at_right` and `below` are the other two as seen from
    `corner`.
    """

    corner: Floats
    at_right: Floats
    below: Floats
    module: float
    light: bool
    misfit: float

    @property
    def modules(self) -> tuple[float, float]:
        """About how many modules lie between the middles along both sides."""
        return (
            float(np.linalg.norm(self.at_right - self.corner)) / self.module,
            float(np.linalg.norm(self.below - self.corner)) / self.module,
        )


def binarise(gray: Gray, block: int, offset: float) -> tuple[Gray, Gray]:
    """Masks of the pixels darker and of those lighter than their surroundings of `block` pixels by over `offset`."""
    mean = cv2.blur(gray, (block, block), borderType=cv2.BORDER_REPLICATE)
    dark = cv2.compare(cv2.add(gray, offset), mean, cv2.CMP_LT)  # type: ignore[call-overload]
    light = cv2.compare(cv2.subtract(gray, offset), mean, cv2.CMP_GT)  # type: ignore[call-overload]
    return np.asarray(dark, np.uint8), np.asarray(light, np.uint8)


class _Runs:
    """The runs of equal pixels in each row of a mask; an extra last column separates the rows."""

    def __init__(self, mask: Gray) -> None:
        rows, self.width = mask.shape
        self.width += 1
        padded = np.full((rows, self.width), 2, np.uint8)
        padded[:, :-1] = mask
        flat = padded.reshape(-1)
        self.starts = np.append(0, np.flatnonzero(flat[1:] != flat[:-1]) + 1).astype(np.int32)
        self.values = flat[self.starts]
        self.lengths = np.diff(self.starts, append=flat.size).astype(np.float32)
        self.lengths[self.values == 2] = _OUTSIDE

    def patterns(self) -> npt.NDArray[np.intp]:
        """The index of the middle run wherever five runs look like a cut through a finder pattern."""
        length = self.lengths
        middle = length[2:-2]
        likely = np.flatnonzero(
            (self.values[2:-2] == 255) & (middle > 1.3 * length[1:-3]) & (middle > 1.3 * length[3:-1]) & (middle < 400)
        )
        return likely[self.fits(likely + 2)] + 2

    def fits(self, middles: npt.NDArray[np.intp]) -> npt.NDArray[np.bool_]:
        """Whether the five runs around each are near 1 : 1 : 3 : 1 : 1.

        Spread ink or light moves all edges of one kind alike, so distances between edges of one kind are compared.
        """
        middles = np.clip(middles, 2, len(self.lengths) - 3)
        a, b, c, d, e = (self.lengths[middles + shift] for shift in (-2, -1, 0, 1, 2))
        module = (a + b + c + d + e) / 7
        slack = 0.45 * module + 0.6
        good = (np.abs(a + b - 2 * module) < slack) & (np.abs(d + e - 2 * module) < slack)
        good &= (np.abs(b + c - 4 * module) < 1.4 * slack) & (np.abs(c + d - 4 * module) < 1.4 * slack)
        good &= (np.minimum(a, e) > 0.25 * module) & (np.maximum(a, e) < 2.6 * module + 1)
        return np.asarray(good & (c > 1.2 * np.maximum(b, d)) & (module >= 1))

    def at(self, rows: npt.NDArray[np.intp], columns: npt.NDArray[np.intp]) -> npt.NDArray[np.intp]:
        """The index of the run that holds each of these pixels."""
        pixels = (rows * self.width + columns).astype(np.int32)
        return np.asarray(np.searchsorted(self.starts, pixels, side="right") - 1, np.intp)

    def middle(self, run: npt.NDArray[np.intp]) -> tuple[npt.NDArray[np.intp], Floats]:
        """Row, and the column of the middle of each run."""
        row = self.starts[run] // self.width
        return row.astype(np.intp), self.starts[run] % self.width + (self.lengths[run] - 1) / 2.0

    def module(self, run: npt.NDArray[np.intp]) -> Floats:
        """A seventh of the five runs around."""
        return np.asarray(sum(self.lengths[run + shift] for shift in (-2, -1, 0, 1, 2)) / 7.0, np.float64)


def finder_patterns(mask: Gray, late: Callable[[], bool], step: int = 1) -> Floats:
    """Middles of what may be finder patterns of marked modules: rows of x, y, module size across and down, votes.

    Every `step`th row is looked at. None are found once it is `late`.
    """
    across = _Runs(mask[::step])
    runs = across.patterns()
    if not runs.size or late():
        return np.zeros((0, 5))
    row, x = across.middle(runs)
    row *= step
    columns, which = np.unique(np.rint(x).astype(np.intp), return_inverse=True)
    down = _Runs(np.asarray(cv2.transpose(mask), np.uint8)[columns])
    crossing = down.at(which, row)
    both = (crossing >= 2) & (crossing < len(down.lengths) - 2)
    runs, crossing, x = runs[both], crossing[both], x[both]
    wide, high = across.module(runs), down.module(crossing)
    both = down.fits(crossing) & (down.values[crossing] == 255) & (wide < 2.2 * high) & (high < 2.2 * wide)
    # Rows that cross the same vertical run are cuts through the same pattern.
    crossing, order, votes = np.unique(crossing[both], return_index=True, return_counts=True)
    x, wide, high = x[both][order], wide[both][order], high[both][order]
    return _gathered(np.column_stack([x, down.middle(crossing)[1], wide, high, votes * step]))


def _gathered(hits: Floats) -> Floats:
    """Merge hits that are close together, adding their votes; those with the most votes come first."""
    hits = hits[np.argsort(hits[:, 0], kind="stable")]
    starts, ends = (np.searchsorted(hits[:, 0], hits[:, 0] + side * 1.8 * hits[:, 2]) for side in (-1, 1))
    left = np.ones(len(hits), bool)
    found: list[list[float]] = []
    for n in np.argsort(-hits[:, 4], kind="stable"):
        if not left[n]:
            continue
        near = slice(starts[n], ends[n])
        around, (_, y, wide, high, _) = hits[near], hits[n]
        same = left[near] & (np.abs(around[:, 1] - y) < 1.8 * high)
        same &= (around[:, 2] < 1.5 * wide) & (wide < 1.5 * around[:, 2])
        ours = around[same]
        found.append([*np.sort(ours[:, :4], axis=0)[len(ours) // 2], ours[:, 4].sum()])
        left[near] &= ~same
        if len(found) == _MOST_SPOTS:
            break
    return np.array(found, np.float64).reshape(-1, 5)


@cache
def _threes(number: int) -> npt.NDArray[np.intp]:
    return np.array(list(combinations(range(number), 3)), np.intp).reshape(-1, 3)


def triples(patterns: Floats, *, light: bool) -> list[Triple]:
    """Threes of finder patterns that may be the corners of a symbol, the likeliest first."""
    if len(patterns) < 3:
        return []
    patterns = patterns[:_MOST_SEEN]
    # About three modules of rows vote for a pattern; more votes do not make it likelier.
    share = np.minimum(patterns[:, 4] / np.maximum(3 * patterns[:, 3], 1), 1)
    best = np.argsort(-share, kind="stable")[:_MOST_PATTERNS]
    patterns, share = patterns[best], share[best]
    threes = _threes(len(patterns))
    points, size = patterns[threes][:, :, :2], patterns[threes][:, :, 2:4].mean(axis=2)
    # The corner lies opposite the longest side.
    sides = np.linalg.norm(points[:, [1, 2, 0]] - points[:, [2, 0, 1]], axis=2)
    first = sides.argmax(axis=1)
    index = (first[:, None] + np.arange(3)) % 3
    points = np.take_along_axis(points, index[:, :, None], axis=1)
    sides = np.take_along_axis(sides, index, axis=1)
    one, two = points[:, 1] - points[:, 0], points[:, 2] - points[:, 0]
    turn = one[:, 0] * two[:, 1] - one[:, 1] * two[:, 0]
    long, short = np.maximum(sides[:, 1], sides[:, 2]), np.minimum(sides[:, 1], sides[:, 2])
    # A cut through a turned pattern is longer than the pattern is wide.
    direction = np.arctan2(one[:, 1], one[:, 0])
    lean = np.maximum(np.abs(np.cos(direction)), np.abs(np.sin(direction)))
    module = size.mean(axis=1) * lean
    spread = size.max(axis=1) / size.min(axis=1)
    across = (sides[:, 1] + sides[:, 2]) / 2 / np.maximum(module, 0.1)
    skew = np.abs((one * two).sum(axis=1)) / np.maximum(sides[:, 1] * sides[:, 2], 1)
    misfit = (
        across / 200 + (1 - share[threes].mean(axis=1)) + (spread - 1) + (long / np.maximum(short, 1) - 1) + 1.5 * skew
    )
    good = (spread < 2) & (long < 2.2 * short) & (skew < 0.6) & (across > _SHORTEST_SIDE * 0.8)
    good &= across < _LONGEST_SIDE
    ranked = np.flatnonzero(good)
    ranked = ranked[np.argsort(misfit[ranked], kind="stable")]
    found = []
    for n in ranked[:40]:
        at_right, below = (points[n, 1], points[n, 2]) if turn[n] > 0 else (points[n, 2], points[n, 1])
        found.append(Triple(points[n, 0], at_right, below, float(module[n]), light, float(misfit[n])))
    return found


def pairs(patterns: Floats, *, light: bool) -> list[Triple]:
    """Triples of two sure finder patterns and a supposed third, for symbols with one that is torn or hidden."""
    patterns = patterns[:_MOST_SEEN]
    votes = patterns[:, 4] / np.maximum(3 * patterns[:, 3], 1)
    sure = patterns[(votes > _SURE_VOTES) & (patterns[:, 4] > 2)][:_MOST_SURE]
    found = []
    for n, m in permutations(range(len(sure)), 2):
        one, two = sure[n, :2], sure[m, :2]
        size = (sure[n, 2:4].mean() + sure[m, 2:4].mean()) / 2
        if max(sure[n, 2], sure[m, 2]) > 1.5 * min(sure[n, 2], sure[m, 2]):
            continue
        side = two - one
        turned = np.array([-side[1], side[0]])
        options = [(one, two, one + turned), (one, one - turned, two), ((one + two - turned) / 2, two, one)]
        for corner, at_right, below in options:
            direction = np.arctan2(*(at_right - corner)[::-1])
            module = float(size * max(abs(np.cos(direction)), abs(np.sin(direction))))
            triple = Triple(corner, at_right, below, module, light, 0.0)
            if _SHORTEST_SIDE * 0.8 < triple.modules[0] < _LONGEST_SIDE / 2:
                found.append(triple)
    return found


def alike(smooth: Gray, found: list[Triple], *, torn: bool = False) -> list[Triple]:
    """The triples whose finder patterns look right along the symbol's sides, the likeliest first.

    Their module sizes are those with which the patterns look best. With `torn`, one pattern need not look right.
    """
    if not found:
        return []
    corners = np.array([[t.corner, t.at_right, t.below] for t in found])
    sides = corners[:, 1:] - corners[:, :1]
    between = np.array([t.modules for t in found]).mean(axis=1)
    scales = np.array([0.76, 0.87, 1.0, 1.15, 1.32])
    across, down = (sides[:, n, None] / between[:, None, None] * scales[:, None] for n in (0, 1))  # triple, scale, xy
    steps = np.arange(-4, 5)
    y, x = (grid.reshape(1, 1, 1, -1, 1) for grid in np.meshgrid(steps, steps, indexing="ij"))
    points = corners[:, :, None, None] + x * across[:, None, :, None] + y * down[:, None, :, None]
    seen = _at(smooth, points.reshape(-1, 2)).reshape(len(found), 3, len(scales), -1)
    if found[0].light:
        seen = -seen
    expected = np.where(np.isin(np.maximum(np.abs(x), np.abs(y)).reshape(-1), (2, 4)), 1.0, -1.0)
    expected -= expected.mean()
    seen = seen - seen.mean(axis=-1, keepdims=True)
    likeness = (seen * expected).sum(axis=-1) / np.sqrt((seen**2).sum(axis=-1) * (expected**2).sum() + 1)
    best, size = likeness.max(axis=-1), scales[likeness.argmax(axis=-1)].mean(axis=-1)
    misfit = np.array([t.misfit for t in found]) - 2 * best.mean(axis=1)
    if torn:
        good = np.sort(best, axis=1)[:, 1] > _LEAST_TORN
    else:
        good = (best.mean(axis=1) > _LEAST_LIKENESS) & (best.min(axis=1) > _LEAST_LIKENESS / 2)
    ranked = [n for n in np.argsort(misfit, kind="stable") if good[n]]
    return [replace(found[n], module=found[n].module * float(size[n])) for n in ranked]


def _at(gray: Gray, points: Floats) -> Floats:
    """Brightness at points, in pixels."""
    rows = points.astype(np.float32).reshape(-1, 9, 2)
    seen = cv2.remap(gray, rows, None, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)  # type: ignore[call-overload]
    return np.asarray(seen, np.float64).reshape(-1)
