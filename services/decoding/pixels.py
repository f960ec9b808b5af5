"""Gray pixels and quadrilaterals: the array types that all steps share, and changes of size."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

Gray = npt.NDArray[np.uint8]
Quad = npt.NDArray[np.float32]
"""Four corners (4 x 2, in pixels), clockwise from the upper left. Bars stand upright between the first two."""

MAX_SIDE = 4000
"""The most pixels along the longest side of a picture that is read."""
SATURATED = 250
"""The least brightness of a highlight."""


def resized(gray: Gray, scale: float) -> Gray:
    """The picture with sides `scale` times as long."""
    if scale == 1:
        return gray
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(gray, None, fx=scale, fy=scale, interpolation=how), np.uint8)


def reduced(gray: Gray, scale: float) -> Gray:
    """The picture with sides `scale` times as long, at most 1, but of a pixel at least."""
    if scale == 1:
        return gray
    size = (max(1, round(gray.shape[1] * scale)), max(1, round(gray.shape[0] * scale)))
    return np.asarray(cv2.resize(gray, size, interpolation=cv2.INTER_AREA), np.uint8)


def bounded(gray: Gray, shortest: int) -> tuple[Gray, float] | None:
    """The picture shrunk to a longest side of at most MAX_SIDE pixels, and the scale of that.

    None where it is no gray picture, or one with a side of less than `shortest` pixels.
    """
    if gray.ndim != 2 or gray.dtype != np.uint8 or min(gray.shape, default=0) < shortest:
        return None
    scale = min(1.0, MAX_SIDE / max(gray.shape))
    if min(gray.shape) * scale < shortest:
        return None
    return resized(gray, scale), scale


def widened(quad: Quad, margin: float) -> Quad:
    """The quadrilateral with `margin` of its width added on either side."""
    top_left, top_right, bottom_right, bottom_left = quad
    top, bottom = margin * (top_right - top_left), margin * (bottom_right - bottom_left)
    return np.array([top_left - top, top_right + top, bottom_right + bottom, bottom_left - bottom], np.float32)


def grown(quad: Quad, across: float, down: float) -> Quad:
    """The quadrilateral with a share of its width added on either side, and of its height above and below."""
    wide = widened(quad, across)
    return np.roll(widened(np.roll(wide, -1, axis=0), down), 1, axis=0)


def brightness_around(gray: Gray, quad: Quad) -> int:
    """The brightness along the border of a quadrilateral."""
    steps = np.linspace(0, 1, 32, dtype=np.float32)[:, None]
    border = np.concatenate([quad[n - 1] + steps * (quad[n] - quad[n - 1]) for n in range(4)])
    columns, rows = np.clip(border.T, 0, [[gray.shape[1] - 1], [gray.shape[0] - 1]]).astype(np.intp)
    return int(np.median(gray[rows, columns]))


def holds(corners: npt.ArrayLike, x: float, y: float) -> bool:
    """Whether a polygon holds a point."""
    return cv2.pointPolygonTest(np.asarray(corners, np.float32), (x, y), False) >= 0


def fill(gray: Gray, quad: Quad, brightness: int) -> None:
    """Paint a quadrilateral of the picture."""
    cv2.fillConvexPoly(gray, cv2.convexHull(np.round(quad).astype(np.int32)), brightness)
