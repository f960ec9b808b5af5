"""Scan lines of a striped region: straightened, averaged in separate bands of rows, with light and blur removed."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from services.decoding.locate import Region
from services.decoding.pixels import Gray, widened
from services.decoding.symbol import Corners, corners_of

Line = npt.NDArray[np.float32]
Matrix = npt.NDArray[np.float64]

BANDS = 3
"""Bands share no pixel, so two that agree are two witnesses."""
_ROWS = 48
_MARGIN = 0.15
"""Share of a region's length added on either side, for quiet zones and for ends that did not look striped."""
_DENSITY, _FEWEST, _MOST = 2.0, 800, 1600
"""Samples a pixel, and how many samples a line has."""
_LEAST_CONTRAST, _LEAST_SHARE = 12.0, 0.3
"""The least difference of black and white nearby, in gray levels and as a share of the line's: where there is only
noise, as in a quiet zone, all is white."""


@dataclass(frozen=True)
class ScanLines:
    """The bands' scan lines (0 black, 1 white, about 0.5 between), and the transform `back` to the picture."""

    lines: tuple[Line, ...]
    back: Matrix
    rows: int

    def corners(self, start: float, end: float) -> Corners:
        """The corners in the picture of the samples from `start` to `end`, from the first row to the last."""
        points = np.array([[[start, 0], [end, 0], [end, self.rows], [start, self.rows]]], np.float64)
        return corners_of(cv2.perspectiveTransform(points, self.back)[0])


def scan_lines(gray: Gray, region: Region) -> ScanLines:
    """Cut a region out of the picture, straighten it, and average its bands."""
    width = samples(region.length * (1 + 2 * _MARGIN))
    target = np.array([[0, 0], [width, 0], [width, _ROWS], [0, _ROWS]], np.float32)
    back = cv2.getPerspectiveTransform(target, widened(region.quad, _MARGIN))
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    cut = cv2.warpPerspective(gray, back, (width, _ROWS), flags=flags, borderMode=cv2.BORDER_REPLICATE)
    bands = cut.reshape(BANDS, -1, width).mean(1).astype(np.float32)
    return ScanLines(tuple(clear(bands)), np.asarray(back, np.float64), _ROWS)


def samples(pixels: float) -> int:
    """The number of samples of a line across so many pixels."""
    return int(np.clip(round(pixels * _DENSITY), _FEWEST, _MOST))


def clear(lines: Line) -> Line:
    """Set black to 0 and white to 1 by the surroundings on each line (rows), and sharpen blurred parts."""
    reach = max(31, lines.shape[1] // 10) | 1
    kernel = np.ones((1, reach), np.uint8)
    white = cv2.blur(cv2.dilate(lines, kernel), (reach, 1))
    black = cv2.blur(cv2.erode(lines, kernel), (reach, 1))
    contrast = lines.max(1, keepdims=True) - lines.min(1, keepdims=True)
    even = 1 - (white - lines) / np.maximum(white - black, np.maximum(_LEAST_SHARE * contrast, _LEAST_CONTRAST))
    return np.asarray(2 * even - cv2.GaussianBlur(even, (33, 1), 4), np.float32)


def crossings(line: Line) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.bool_]]:
    """Where a clear line crosses 0.5, to fractions of a sample, and which crossings go from light to dark."""
    dark = line < 0.5
    at = np.flatnonzero(dark[1:] != dark[:-1])
    before, after = line[at].astype(np.float64), line[at + 1].astype(np.float64)
    return at + (0.5 - before) / (after - before), dark[at + 1]


def is_quiet_around(line: Line, start: float, end: float, margin: float) -> bool:
    """Whether no dark bar is within `margin` samples of the symbol, apart from a hair's breadth right beside it."""
    low, high = sorted((start, end))
    near = margin * 0.15
    if low < margin or high + margin > len(line):
        return False
    before = line[max(0, round(low - margin)) : max(0, round(low - near))]
    after = line[round(high + near) : round(high + margin)]
    return not bool((before < 0.5).any() or (after < 0.5).any())


def image(line: Line) -> Gray:
    """Draw a scan line as a picture, for engines that read pictures."""
    return np.repeat(np.clip(line * 200 + 28, 0, 255).astype(np.uint8)[None], 6, axis=0)
