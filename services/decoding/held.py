"""Follows symbols that have been read from one frame of a video to the next, without reading them again.

A frame leaves a few hundredths of a second. Where a symbol still looks as it did, nearby, it is the same one, and the
time goes to what has not been read yet.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np

from services.decoding.pixels import Gray, reduced
from services.decoding.symbol import Corners, Read, Symbol, bounds, corners_of

_SIDE = 112
"""Longest side of the picture by which a symbol is known again: fine enough to tell one barcode from another."""
_REACH = 0.2
"""How far a symbol may have moved since the last frame, as a share of its size."""
_LIKE, _LIKE_MATRIX = 0.88, 0.93
"""The least correlation with how it looked. All QR Codes look alike, but keep their look when they move by part of a
pixel; two barcodes were seen to have 0.83 in common."""


@dataclass(frozen=True, eq=False)
class Held:
    """A symbol where it was seen last. `read_in` is the frame in which it was last read, `look` how it looked there."""

    symbol: Symbol
    read: Read
    read_in: int
    look: Gray
    scale: float


def hold(symbol: Symbol, read: Read, gray: Gray, frame: int) -> Held | None:
    """Keep a symbol that has been read in a frame; None where too little of it is in the picture."""
    left, top, right, bottom = _within(read.corners, gray, 0)
    if min(right - left, bottom - top) < 8:
        return None
    scale = min(1.0, _SIDE / max(right - left, bottom - top))
    return Held(symbol, read, frame, _smooth(gray[top:bottom, left:right], scale), scale)


def follow(held: Held, gray: Gray) -> Held | None:
    """The symbol where it is in the next frame; None where it is not seen near its place."""
    left, top, right, bottom = bounds(held.read.corners)
    x0, y0, x1, y1 = _within(held.read.corners, gray, _REACH * max(right - left, bottom - top))
    around = _smooth(gray[y0:y1, x0:x1], held.scale) if min(x1 - x0, y1 - y0) > 8 else gray[:0, :0]
    if around.shape[0] < held.look.shape[0] or around.shape[1] < held.look.shape[1]:
        return None
    _, best, _, (column, row) = cv2.minMaxLoc(cv2.matchTemplate(around, held.look, cv2.TM_CCOEFF_NORMED))
    if not best >= (_LIKE_MATRIX if held.symbol.symbology.is_matrix else _LIKE):
        return None
    by_x, by_y = x0 + column / held.scale - max(left, 0), y0 + row / held.scale - max(top, 0)
    corners = corners_of((x + by_x, y + by_y) for x, y in held.read.corners)
    rows, columns = held.look.shape
    return replace(
        held,
        symbol=replace(held.symbol, corners=corners),
        read=replace(held.read, corners=corners),
        look=around[row : row + rows, column : column + columns],
    )


def _within(corners: Corners, gray: Gray, margin: float) -> tuple[int, int, int, int]:
    left, top, right, bottom = bounds(corners)
    height, width = gray.shape
    box = np.clip([left - margin, top - margin, right + margin, bottom + margin], 0, [width, height, width, height])
    x0, y0, x1, y1 = (int(side) for side in box)
    return x0, y0, x1, y1


def _smooth(gray: Gray, scale: float) -> Gray:
    return np.asarray(cv2.blur(reduced(gray, scale), (3, 3)), np.uint8)
