"""Cuts a symbol out of its page so that its bars or modules stand upright, without a change of scale."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from services.decoding.pixels import Gray
from services.decoding.symbol import Corners, corners_of

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Upright:
    """A turned cut-out: brightness 0 to 255, what of it lies on the page, and the way back to the page's pixels.

    `angle` is how far it was turned, in degrees; the centre of the symbol is in the middle of the cut-out.
    """

    bright: Floats
    on_page: npt.NDArray[np.bool_]
    back: npt.NDArray[np.float64]
    angle: float

    def page(self, points: npt.ArrayLike) -> Corners:
        """Four points of the cut-out on the page."""
        there = np.asarray(points, float) @ self.back[:, :2].T + self.back[:, 2]
        return corners_of(there)


def upright(picture: Gray, corners: Corners, angle: float, margin: float) -> Upright:
    """Turn what is around `corners` by `angle` degrees against the clock, with `margin` pixels more on each side."""
    points = np.asarray(corners, float)
    x, y = ((points.min(0) + points.max(0)) / 2).tolist()
    turn = cv2.getRotationMatrix2D((x, y), angle, 1.0)
    turned = points @ turn[:, :2].T + turn[:, 2]
    half = np.abs(turned - (x, y)).max(0) + margin
    width, height = (int(side) for side in np.ceil(2 * half))
    turn[:, 2] += np.array([width / 2, height / 2]) - (x, y)
    size = (width, height)
    straight = abs(angle % 90) < 1e-6
    how = cv2.INTER_NEAREST if straight and not (turn[:, 2] % 1).any() else cv2.INTER_LINEAR
    shown = cv2.warpAffine(picture, turn, size, flags=how, borderMode=cv2.BORDER_CONSTANT, borderValue=255)
    page = np.full(picture.shape, 255, np.uint8)
    inside = cv2.warpAffine(page, turn, size, flags=cv2.INTER_NEAREST, borderMode=cv2.BORDER_CONSTANT, borderValue=0)
    return Upright(shown.astype(np.float32), inside > 0, np.asarray(cv2.invertAffineTransform(turn), float), angle)


def bars_angle(picture: Gray, corners: Corners) -> float:
    """How far a barcode is to be turned so that its bars stand upright, -90 to 90 degrees, by its edges' direction."""
    points = np.asarray(corners, float)
    left, top = np.maximum(np.floor(points.min(0)).astype(int) - 2, 0).tolist()
    right, bottom = (np.ceil(points.max(0)).astype(int) + 3).tolist()
    part = picture[top:bottom, left:right].astype(np.float32)
    if min(part.shape, default=0) < 3:
        return 0.0
    across, down = (cv2.Sobel(part, cv2.CV_32F, dx, dy, ksize=3) for dx, dy in ((1, 0), (0, 1)))
    double = np.arctan2(2 * float((across * down).sum()), float((across**2 - down**2).sum()))
    angle = float(np.degrees(double) / 2)
    nearest = round(angle / 90) * 90
    return float(nearest) if abs(angle - nearest) < 0.4 else angle
