"""Where a Data Matrix may be: corners between two solid, straight, dark sides of about the right shape.

Works on a picture whose symbol is the dark part: for a light symbol on dark ground it is inverted before.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import inf

import cv2
import numpy as np
import numpy.typing as npt

from services.decoding.pixels import Gray

Points = npt.NDArray[np.float64]


_MIN_SIDE = 20.0  # of the longer leg: ten modules of two pixels
_MOST_HULLS = 400
_SLACKS = (0.06, 0.16)  # by how much of its shorter side a hull's outline is simplified
_CHANGES = 3.0  # the least mean changes between dark and light along the rows and columns of a symbol's bounding box
_CELL = 4  # pixels of the halved picture along the side of a cell; see busy
_UNEVEN, _CROWDED = 20, 210  # gray levels between neighbours, and how much of a cell (of 255) must have them
_MOST_ROWS = 32_000  # OpenCV's remap takes no more than 32,767


@dataclass(frozen=True)
class Mask:
    """How ink is told from ground.

    The adaptive threshold's block in pixels, how much darker than the block's mean ink is, and the side of the closing
    (morphology) that joins modules separated by blur or print (0: none). Parts are looked at whose longer side is from
    `least` to `most` pixels.
    """

    block: int
    darker: int
    closing: int = 0
    least: float = _MIN_SIDE
    most: float = inf


def lookup(image: Gray, x: npt.NDArray[np.float32], y: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """The gray values at pixel positions x, y, both of shape (n, m), interpolated between pixels."""
    parts = [
        cv2.remap(
            image, x[k : k + _MOST_ROWS], y[k : k + _MOST_ROWS], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
        )
        for k in range(0, len(x), _MOST_ROWS)
    ]
    return np.asarray(parts[0] if len(parts) == 1 else np.concatenate(parts), np.float32)


def sample(image: Gray, points: Points) -> npt.NDArray[np.float32]:
    """The gray values at points, an array (..., 2) of pixel positions x, y."""
    flat = points.reshape(points.shape[0], -1, 2).astype(np.float32)
    return lookup(image, flat[..., 0], flat[..., 1]).reshape(points.shape[:-1])


def busy(gray: Gray) -> Gray | None:
    """Where light and dark change everywhere within a few modules, as a mask; None where that is nowhere.

    Plain ground and single edges are left out, so nobody looks for symbols there.
    """
    height, width = (side // (2 * _CELL) for side in gray.shape)
    if min(height, width) < 3:
        return np.full_like(gray, 255)
    half = cv2.resize(gray, (width * _CELL, height * _CELL), interpolation=cv2.INTER_AREA)
    near = np.ones((3, 3), np.uint8)
    _, uneven = cv2.threshold(
        cv2.subtract(cv2.dilate(half, near), cv2.erode(half, near)), _UNEVEN, 255, cv2.THRESH_BINARY
    )
    crowded = cv2.blur(cv2.resize(uneven, (width, height), interpolation=cv2.INTER_AREA), (3, 3))
    _, cells = cv2.threshold(crowded, _CROWDED, 255, cv2.THRESH_BINARY)
    if not cv2.countNonZero(cells):
        return None
    cells = cv2.dilate(cells, np.ones((5, 5), np.uint8))
    return np.asarray(cv2.resize(cells, gray.shape[::-1], interpolation=cv2.INTER_NEAREST), np.uint8)


def elbows(ink: Gray, mask: Mask, late: Callable[[], bool], where: Gray | None = None) -> Points:
    """The corners between solid sides in the picture, the most solid first.

    Shape (n, 5, 2): the end of the left side, the corner of the L, the end of the bottom side; then the next points of
    the outline beyond either end, which lie along the dashed sides where these hang together with the solid ones.
    `where` is a mask of the places to look at, the whole picture if it is left out. Nothing where it becomes `late`.
    """
    blurred = cv2.GaussianBlur(ink, (3, 3), 0)
    mean = cv2.blur(blurred, (mask.block, mask.block), borderType=cv2.BORDER_REPLICATE)
    _, dark = cv2.threshold(cv2.subtract(mean, blurred), mask.darker - 1, 255, cv2.THRESH_BINARY)
    if where is not None:
        dark = cv2.bitwise_and(dark, where)
    joined = dark
    if mask.closing:
        joined = cv2.morphologyEx(dark, cv2.MORPH_CLOSE, np.ones((mask.closing, mask.closing), np.uint8))
    found = _corners(_hulls(np.asarray(joined, np.uint8), np.asarray(dark, np.uint8), mask, late))
    return _solid(ink, found) if len(found) and not late() else np.zeros((0, 5, 2))


def _hulls(joined: Gray, dark: Gray, mask: Mask, late: Callable[[], bool]) -> list[Points]:
    """The convex hulls of the connected parts of what was `joined` that are as large as the mask says.

    And in which dark and light change as often as in a symbol, both ways.
    """
    if late():
        return []
    outlines, hierarchy = cv2.findContours(joined, cv2.RETR_CCOMP, cv2.CHAIN_APPROX_SIMPLE)
    hulls: list[Points] = []
    if late():
        return []
    for outline, (_, _, _, parent) in zip(outlines, hierarchy[0].tolist() if len(outlines) else (), strict=True):
        if parent >= 0 or len(outline) < 4:  # a hole, or too small
            continue
        x, y, width, height = cv2.boundingRect(outline)
        if mask.least <= max(width, height) <= mask.most and min(width, height) >= mask.least / 3:
            part = dark[y : y + height, x : x + width]
            across = cv2.countNonZero(cv2.bitwise_xor(part[:, 1:], part[:, :-1]))
            down = cv2.countNonZero(cv2.bitwise_xor(part[1:], part[:-1]))
            if across >= _CHANGES * height and down >= _CHANGES * width:
                hulls.append(np.asarray(cv2.convexHull(outline)))
    return hulls if len(hulls) <= _MOST_HULLS else sorted(hulls, key=cv2.contourArea, reverse=True)[:_MOST_HULLS]


def _corners(hulls: list[Points]) -> Points:
    """The corners of hulls with two sides long enough to be those of an L, at 50 to 130 degrees."""
    rows: list[Points] = []
    lengths: list[float] = []
    for hull in hulls:
        length, short = cv2.arcLength(hull, True), min(cv2.minAreaRect(hull)[1])
        for slack in _SLACKS:
            polygon = cv2.approxPolyDP(hull, slack * short, True)[:, 0]
            count = len(polygon)
            if 3 <= count <= 12:
                if cv2.contourArea(polygon, True) < 0:  # y points down: positive is clockwise
                    polygon = polygon[::-1]
                # On the outline, clockwise: the bottom side's end, the L's corner, the left side's end.
                rows.append(polygon[(np.arange(count)[:, None] + (1, 0, -1, 2, -2)) % count])
                lengths += [length] * count
    if not rows:
        return np.zeros((0, 5, 2))
    found, around = np.concatenate(rows).astype(float), np.array(lengths)
    up, along = found[:, 0] - found[:, 1], found[:, 2] - found[:, 1]
    a, b = np.hypot(*up.T), np.hypot(*along.T)
    cosine = (up * along).sum(1) / np.maximum(a * b, 1e-9)
    good = (np.abs(cosine) < 0.65) & (np.maximum(a, b) >= np.maximum(_MIN_SIDE, 0.12 * around))
    good &= np.minimum(a, b) >= np.maximum(_MIN_SIDE / 3, 0.05 * np.maximum(a, b))
    found = found[good]
    _, first = np.unique(np.round(found[:, :3] / 3).reshape(-1, 6), axis=0, return_index=True)
    return np.asarray(found[np.sort(first)])


def _solid(ink: Gray, found: Points) -> Points:
    """Keep the corners whose sides are dark along their whole length just inside, and lighter just outside."""
    for samples, insets, slack in ((14, (0.0, 0.02), 0.15), (40, (0.0, 0.012, 0.03, 0.055), 0.0)):
        if not len(found):
            break
        left, corner, bottom = (found[:, k, None, None] for k in range(3))
        up, along = left - corner, bottom - corner
        t = np.linspace(0.04, 0.96, samples)[None, None, :, None]
        dark, light = [], []
        for side, across in ((up, along), (along, up)):
            length = np.hypot(side[..., 0], side[..., 1])[..., None]
            inward = across / np.maximum(np.hypot(across[..., 0], across[..., 1])[..., None], 1e-9)
            steps = np.array(insets)[None, :, None, None] * length + 1.0
            inside = sample(ink, corner + side * t + inward * steps)
            outside = sample(ink, corner + side * t - inward * np.maximum(2.0, 0.03 * length))
            low, high = inside.mean(2).min(1), _medians(outside.reshape(len(found), -1))
            middle = ((low + high) / 2)[:, None, None]
            dark.append(np.where(high - low > 12, (inside < middle).mean(2).max(1), 0.0))
            light.append((outside > middle).mean((1, 2)))
        solid, quiet = np.minimum(*dark), np.minimum(*light)
        order = np.argsort(-(solid + 0.5 * quiet + 0.1 * np.maximum(*dark)))
        good = (solid >= 0.8 - slack) & (quiet >= 0.7 - slack)
        found = np.asarray(found[order[good[order]]])
    return found


def _medians(rows: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    half = rows.shape[1] // 2
    return np.asarray(np.partition(rows, half, axis=1)[:, half])
