"""Where bars stand in a picture, and how they look straightened: upright, one scan line beside the other."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

Gray = npt.NDArray[np.uint8]
Patch = npt.NDArray[np.float32]
Quad = npt.NDArray[np.float32]
"""Four corners, clockwise from the upper left, the bars upright between the first two."""

HEIGHT = 60
"""Rows of a straightened patch."""


def find_bars(gray: Gray, detector: Any) -> list[Quad]:
    """Find what looks like bars with a cv2.barcode.BarcodeDetector, which goes by gradients, blurred or not."""
    try:
        ok, quads = detector.detect(gray)
    except cv2.error:
        return []
    if not ok or quads is None:
        return []
    return [_bars_upright(gray, _clockwise(quad)) for quad in np.asarray(quads, np.float32).reshape(-1, 4, 2)]


def straighten(gray: Gray, quad: Quad, width: int, margin: float) -> Patch:
    """Cut a quadrilateral out of the picture, `margin` of its width added on either side, as HEIGHT rows of `width`."""
    top_left, top_right, bottom_right, bottom_left = quad
    top, bottom = margin * (top_right - top_left), margin * (bottom_right - bottom_left)
    source = np.array([top_left - top, top_right + top, bottom_right + bottom, bottom_left - bottom], np.float32)
    return _cut(gray, source, width, HEIGHT)


def upright_shear(patch: Patch) -> float:
    """Measure how far the bars still lean, in pixels over the patch's height: where leant back, rows agree best."""
    shears = np.arange(-12, 12.1, 1.5)
    contrasts = [float(np.abs(np.diff(mean_row(patch, shear), 2)).sum()) for shear in shears]
    return float(shears[int(np.argmax(contrasts))])


def mean_row(patch: Patch, shear: float) -> Patch:
    """Average the rows of a patch along bars that lean by `shear` pixels over HEIGHT rows."""
    rows, width = patch.shape
    shift = shear * (np.arange(rows) - (rows - 1) / 2) / HEIGHT
    at = np.clip(np.arange(width)[None] + shift[:, None], 0, width - 1.001)
    low = at.astype(np.int32)
    share = (at - low).astype(np.float32)
    index = np.arange(rows)[:, None]
    mean: Patch = (patch[index, low] * (1 - share) + patch[index, low + 1] * share).mean(0)
    return mean


def _clockwise(quad: Quad) -> Quad:
    away = quad - quad.mean(0)
    return quad[np.argsort(np.arctan2(away[:, 1], away[:, 0]))]


def _bars_upright(gray: Gray, quad: Quad) -> Quad:
    patch = _cut(gray, quad, 96, 96)
    across, down = np.abs(np.diff(patch, axis=1)).mean(), np.abs(np.diff(patch, axis=0)).mean()
    return quad if across >= down else np.roll(quad, 1, axis=0)


def _cut(gray: Gray, source: Quad, width: int, height: int) -> Patch:
    target = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    change = cv2.getPerspectiveTransform(source, target)
    patch = cv2.warpPerspective(gray, change, (width, height), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(patch, np.float32)
