"""Finds bars with OpenCV's detector, and straightens them: upright, with one scan line below the other."""

from __future__ import annotations

import threading

import cv2
import numpy as np
import numpy.typing as npt

from services.decoding.pixels import Gray, Quad, widened

Patch = npt.NDArray[np.float32]

HEIGHT = 60
"""Rows of a straightened patch."""

_of_this_thread = threading.local()


def detector() -> cv2.barcode.BarcodeDetector:
    """OpenCV's detector, one for each thread: it keeps state between calls, and several cameras may be read at once."""
    if not hasattr(_of_this_thread, "detector"):
        _of_this_thread.detector = cv2.barcode.BarcodeDetector()
    own: cv2.barcode.BarcodeDetector = _of_this_thread.detector
    return own


def find_bars(gray: Gray) -> list[Quad]:
    """Find what looks like bars; the detector uses gradients, so blur does no harm."""
    try:
        ok, quads = detector().detect(gray)
    except cv2.error:
        return []
    if not ok or quads is None:
        return []
    return [_bars_upright(gray, _clockwise(quad)) for quad in np.asarray(quads, np.float32).reshape(-1, 4, 2)]


def straighten(gray: Gray, quad: Quad, width: int, margin: float) -> Patch:
    """Cut a quadrilateral out of the picture, `margin` of its width added on either side, as HEIGHT rows of `width`."""
    return _cut(gray, widened(quad, margin), width, HEIGHT)


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
