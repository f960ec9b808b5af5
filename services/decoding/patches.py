"""Finds where a matrix code must be, whichever its kind: a rectangle full of light and dark in a quiet zone.

It sees codes that are too blurred, too small or too much damaged for the finder patterns of their kind to be found.
Print has gaps between its lines and words, and texture has no quiet zone.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

import cv2
import numpy as np
import numpy.typing as npt

from services.decoding.pixels import SATURATED, Gray, Quad, resized
from services.decoding.symbol import CodeKind

Plane = npt.NDArray[np.float32]
Bits = npt.NDArray[np.bool_]

_SIDES = (640, 320, 160)
"""Longest sides of the pictures that are searched: small codes are seen in the largest, blurred ones in the others."""
_CELL = 4
_BUSY = {640: 6.0, 320: 4.0, 160: 4.0}
"""The least change of a cell over two pixels, in gray levels, in the direction in which it changes least."""
_LEAST_CELLS, _MOST_PATCHES = 16, 40
_FILL = 0.7
"""The least share of its rectangle that a busy patch fills."""
_LONGEST = 3.0
"""The most that a patch is longer than wide: a rectangular Data Matrix may be long."""
_MARGIN = 0.25
"""Share of a patch's sides that is added on each side, to find its ends and its quiet zone."""
_WELL_INSIDE = 1.4
"""How many margins from the ends there must be ink: the rectangle may reach into the quiet zone."""
_ROWS, _STRIP = 96, 4
"""Rows of a straightened patch with its margin, and how many of them, or columns, must be light in a quiet zone."""
_QUIET = 0.08
"""Less than this share of a quiet zone is dark."""
_FEWEST_QUIET = 3
"""Sides with a quiet zone: one may be cut off, or lie under a highlight."""
_SPOT, _MOST_HIGHLIGHTS = np.ones((13, 13), np.uint8), 0.6
"""The smallest highlight, larger than a few light modules, and the most of a code that highlights cover."""
_INK = (0.3, 0.7)
"""Between these shares of a matrix code are dark."""
_FEWEST_EDGES = 5
"""The least edges of an average row and column."""
_NO_GAP = 0.12
"""The least share that is dark in every few neighbouring rows and columns: lines of print have gaps."""
_ONE_OF_MANY = 5
_MODULES = tuple(range(21, 62, 4))
"""Modules along the sides of the QR Codes that packs bear."""
_FINDER, _SECOND, _SOLID = 0.5, 0.25, 0.8
"""The least likeness of a QR Code's third best corner, how much more the second must have where only two are seen, and
the least share of a Data Matrix's solid sides that is dark."""


@dataclass(frozen=True, eq=False)
class Patch:
    """A rectangle that looks like a matrix code: its corners and its module in the picture's pixels, and its kind."""

    quad: Quad
    module: float
    kind: CodeKind


def patches(gray: Gray) -> Iterator[Patch]:
    """The rectangles in a picture that must be matrix codes, some of them more than once."""
    scale = 1.0
    small = gray
    for side in _SIDES:
        smaller = min(1.0, side / max(small.shape))
        small, scale = resized(small, smaller), scale * smaller
        if min(small.shape) < 4 * _CELL:
            return
        for rectangle in _rectangles(small, _BUSY[side]):
            patch = _patch(gray, rectangle / scale)
            if patch is not None:
                yield patch


def _rectangles(small: Gray, busy: float) -> Iterator[Quad]:
    """The rectangles that are filled by cells with strong gradients every way."""
    rows, columns = (side // _CELL * _CELL for side in (small.shape[0] - 2, small.shape[1] - 2))

    def moved(y: int, x: int) -> Gray:
        return small[1 + y : 1 + y + rows, 1 + x : 1 + x + columns]

    changes = [
        cv2.resize(
            cv2.absdiff(moved(y, x), moved(-y, -x)), (columns // _CELL, rows // _CELL), interpolation=cv2.INTER_AREA
        )
        for y, x in ((0, 1), (1, 0), (1, 1), (1, -1))
    ]
    calmest = np.minimum.reduce(changes)
    mask = cv2.morphologyEx((calmest > busy).astype(np.uint8), cv2.MORPH_CLOSE, np.ones((3, 3), np.uint8))
    count, labels, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=4, ltype=cv2.CV_16U)
    left, top, width, height, area = (stats[:count, n] for n in range(5))
    good = (area >= _LEAST_CELLS) & (area > _FILL / 2 * width * height)
    good[0] = False
    for label in np.flatnonzero(good)[np.argsort(-area[good])][:_MOST_PATCHES]:
        x0, y0, wide, high = left[label], top[label], width[label], height[label]
        part = labels[y0 : y0 + high, x0 : x0 + wide] == label
        points = (np.argwhere(part)[:, ::-1] + (x0, y0)).astype(np.float32)
        middle, (across, down), angle = cv2.minAreaRect(points)
        across, down = across + 1, down + 1
        filled = cv2.contourArea(cv2.convexHull(points)) + len(points) ** 0.5 * 2  # a highlight leaves a hole
        if filled >= _FILL * across * down and max(across, down) <= _LONGEST * min(across, down):
            rectangle = cv2.boxPoints(((middle[0] + 0.5, middle[1] + 0.5), (across, down), angle))
            yield np.asarray(rectangle * _CELL + 0.5, np.float32)  # the first row and column have no cells


def _patch(gray: Gray, rectangle: Quad) -> Patch | None:
    """The patch in a rectangle, if it is one: what is dark there lies close and even, and around it is quiet."""
    wide = np.asarray(rectangle.mean(0) + (rectangle - rectangle.mean(0)) * (1 + 2 * _MARGIN), np.float32)
    across, down = (float(np.linalg.norm(wide[n] - wide[0])) for n in (1, 3))
    size = _ROWS / min(across, down)
    width, height = round(across * size), round(down * size)
    back = cv2.getPerspectiveTransform(_upright(width, height), wide)
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    cut = cv2.warpPerspective(gray, back, (width, height), flags=flags, borderMode=cv2.BORDER_REPLICATE)
    edge = _WELL_INSIDE * _MARGIN / (1 + 2 * _MARGIN)
    x, y = round(edge * width), round(edge * height)
    threshold, _ = cv2.threshold(cut[y : height - y, x : width - x], 0, 255, cv2.THRESH_BINARY | cv2.THRESH_OTSU)
    dark = cut <= threshold
    (top, bottom), up_and_down = _ends(dark[:, x : width - x].mean(1), y)
    (left, right), to_the_sides = _ends(dark[y : height - y].mean(0), x)
    highlights = (
        cv2.morphologyEx((cut >= SATURATED).astype(np.uint8), cv2.MORPH_OPEN, _SPOT)[top:bottom, left:right] > 0
    )
    if up_and_down + to_the_sides < _FEWEST_QUIET or not _is_matrix(dark[top:bottom, left:right], highlights):
        return None
    inside = np.array([[left, top], [right, top], [right, bottom], [left, bottom]], np.float32) - 0.5
    quad = np.asarray(cv2.perspectiveTransform(inside[None], back)[0], np.float32)
    code = np.asarray(cut[top:bottom, left:right], np.uint8)
    kind, modules = _kind(code, dark[top:bottom, left:right])
    return Patch(quad, (across / width * (right - left) + down / height * (bottom - top)) / 2 / modules, kind)


def _upright(width: float, height: float) -> Quad:
    return np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32) - np.float32(0.5)


def _ends(dark: npt.NDArray[np.floating], margin: int) -> tuple[tuple[int, int], int]:
    """Where the ink begins and ends, about `margin` from either end of the profile, and how many ends are quiet."""
    light = np.convolve(dark, np.ones(_STRIP) / _STRIP, "valid") < _QUIET  # of the strip that begins here
    start, stop = margin, len(dark) - margin
    before, after = np.flatnonzero(light[: max(0, start - _STRIP) + 1]), np.flatnonzero(light[stop:])
    first = int(before[-1]) + _STRIP if before.size else round(margin / _WELL_INSIDE)
    last = stop + int(after[0]) if after.size else len(dark) - round(margin / _WELL_INSIDE)
    return (first, last), int(before.size > 0) + int(after.size > 0)


def _is_matrix(dark: Bits, highlights: Bits) -> bool:
    """Whether light and dark change often both ways, and nowhere leave a gap that is no highlight."""
    if min(dark.shape) < _ROWS / 4 or highlights.mean() > _MOST_HIGHLIGHTS:
        return False
    if not _INK[0] < dark.sum() / (~highlights).sum() < _INK[1]:
        return False
    few = np.ones(_ONE_OF_MANY) / _ONE_OF_MANY
    least = _FEWEST_EDGES * (1 - highlights.mean())
    return all(
        np.count_nonzero(np.diff(dark, axis=axis)) >= least * dark.shape[1 - axis]
        and np.convolve((dark | highlights).mean(axis), few, "valid").min() > _NO_GAP
        for axis in (0, 1)
    )


def _kind(code: Gray, dark: Bits) -> tuple[CodeKind, float]:
    """The likeliest kind of a straightened code, and how many modules it has along its sides."""
    edges = np.count_nonzero(np.diff(dark, axis=1)) / dark.shape[0]
    if max(code.shape) < 2 * min(code.shape):  # of a code that is cut off there may be half
        likeness, modules = max((_likeness(code, modules), modules) for modules in _MODULES)
        if likeness > _FINDER:
            return CodeKind.QR_CODE, modules
    rim = max(2, round(min(dark.shape) / (4 * edges)))
    sides = [dark[:rim].mean(), dark[:, -rim:].mean(), dark[-rim:].mean(), dark[:, :rim].mean()]
    solid = max(min(sides[n], sides[n - 1]) for n in range(4))
    return (CodeKind.DATA_MATRIX if solid > _SOLID else CodeKind.OTHER_MATRIX), 2 * edges


def _likeness(code: Gray, modules: int) -> float:
    """How much the corners are like finder patterns of a QR Code with so many modules along its longer side.

    The third best corner counts, or the second best if it is very much like one.
    """
    size = [max(16, round(side * modules / max(code.shape))) for side in code.shape[::-1]]
    small = cv2.resize(code, size, interpolation=cv2.INTER_AREA).astype(np.float32)
    corners = np.array([np.rot90(small, turn)[:8, :8].ravel() for turn in range(4)])
    corners -= corners.mean(1, keepdims=True)
    seen = corners @ _finder() / np.maximum(np.linalg.norm(corners, axis=1), 1)
    third, second = np.sort(seen)[1:3]
    return float(max(third, second - _SECOND))


@cache
def _finder() -> Plane:
    """A finder pattern at the upper left with its separator, somewhat blurred; its mean is 0 and its length 1."""
    y, x = np.mgrid[-1:9, -1:9] - 3
    ring = np.maximum(np.abs(x), np.abs(y))
    pattern = np.where((ring == 2) | (ring == 4), 1, -1).astype(np.float32)
    blurred = cv2.GaussianBlur(pattern, (3, 3), 0.5)[1:9, 1:9].ravel()
    blurred -= blurred.mean()
    return np.asarray(blurred / np.linalg.norm(blurred), np.float32)
