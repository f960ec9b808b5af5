"""Guesses why a code that is seen could not be read, by what its pixels look like: for advice, never for a verdict."""

from __future__ import annotations

import math

import cv2
import numpy as np
import numpy.typing as npt

from services.decoding.pixels import SATURATED, Gray, widened
from services.decoding.symbol import CodeKind, Corners, Reason, Unread, corners_of

Plane = npt.NDArray[np.float32]

LEAST_MODULE = 1.5
"""The narrowest module, in picture pixels, below which modules run into one another and only coming closer helps."""
_GRAY, _SMEARED = (0.3, 0.7), 0.36
"""Only where blur or size makes modules run into each other is so large a share of a code neither black nor white."""
_SOFT = 1.5
"""The blur (standard deviation in pixels) from which the edges are those of a lens and not of the pixels' size."""
_SMALL = 2.2
"""The module below which a smeared code with sharp edges is too small: that of bars may be estimated half too large."""
_LEAST_CONTRAST, _LEAST_WHITE = 24, 50
"""Gray levels between a code's black and white, and of its white, below which it is too dark."""
_GLARING = 0.03
"""The least share of a code's area that highlights cover."""
_WIDEST, _WIDEST_OF_MATRIX = 5.0, 4.5
"""Modules across the white of bars and of matrix codes: a saturated spot of more each way is a highlight."""
_PAPER, _BESIDE = 235, 0.4
"""Darker paper is not itself saturated; highlights are looked for in this share of its length beside bars."""
_QUIET_AT_MOST, _WHITE_PAPER = 12, 0.8
"""Where so large a share of a column in both quiet zones is saturated, within so many modules, the paper is."""
_AZTEC, _RINGS = (15, 19, 23, 27, 31, 37, 41, 45), 0.7
"""Modules along the sides of Aztec Codes, and how much their middle must be like the rings."""
_QUIET, _QUIET_OF_MATRIX = 4.0, 1.5
"""Modules at either end of bars, and around a matrix code, that must be in the picture."""
_ALIKE = 0.9
"""The least correlation of the upper, middle and lower third of bars that are whole."""
_FEWEST, _MOST = 64, 320
"""Pixels along the sides of the straightened code that is looked at."""


def guess(gray: Gray, code: Unread) -> Reason | None:
    """Why the code could not be read; None where nothing speaks for one reason."""
    patch, module = _straightened(gray, code.corners, code.module)
    black, white = (float(level) for level in np.percentile(patch, (5, 95)))
    if white < _LEAST_WHITE or white - black < _LEAST_CONTRAST:
        return Reason.TOO_DARK
    if _is_cut_off(gray, code):  # before all that rests on the module: that of a part is estimated far too small
        return Reason.CUT_OFF
    if _glare(gray, code, patch, module) > _GLARING:
        return Reason.GLARE
    if code.module < LEAST_MODULE:
        return Reason.TOO_SMALL
    level = (patch.astype(np.float32) - black) / (white - black)
    if ((level > _GRAY[0]) & (level < _GRAY[1])).mean() > _SMEARED:
        if _blur(level, code.kind) * code.module / module > _SOFT:
            return Reason.TOO_BLURRED
        if code.module < _SMALL:
            return Reason.TOO_SMALL
    if code.kind is CodeKind.BARCODE:
        bands = np.array([band.mean(0) for band in np.array_split(level, 3)])
        whole = bool((bands.std(1) > 0).all()) and float(np.corrcoef(bands).min()) > _ALIKE
        return None if whole else Reason.DAMAGED
    return Reason.NO_READER if code.kind is CodeKind.OTHER_MATRIX and _is_aztec(level) else Reason.DAMAGED


def _is_cut_off(gray: Gray, code: Unread) -> bool:
    """Whether the code, or for bars its quiet zone at either end, reaches beyond the picture."""
    corners = np.array(code.corners)
    if code.kind is CodeKind.BARCODE:
        start, end = (corners[0] + corners[3]) / 2, (corners[1] + corners[2]) / 2  # bars may well go on above and below
        beyond = (end - start) * _QUIET * code.module / max(float(np.linalg.norm(end - start)), 1.0)
        corners, margin = np.array([start - beyond, end + beyond]), 0.0
    else:
        margin = _QUIET_OF_MATRIX * code.module
    furthest = np.array(gray.shape[::-1]) - 1 - margin
    return bool((corners < margin).any() or (corners > furthest).any())


def _straightened(gray: Gray, outline: Corners, module: float) -> tuple[Gray, float]:
    """The pixels within an outline, upright, and how many of them a module takes."""
    corners = np.array(outline, np.float32)
    across = float(np.linalg.norm(corners[1] - corners[0] + corners[2] - corners[3])) / 2
    down = float(np.linalg.norm(corners[3] - corners[0] + corners[2] - corners[1])) / 2
    width, height = (int(np.clip(round(side), _FEWEST, _MOST)) for side in (across, down))
    ends = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32) - np.float32(0.5)
    there = cv2.getPerspectiveTransform(corners, ends)
    patch = cv2.warpPerspective(gray, there, (width, height), borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(patch, np.uint8), module * width / max(across, 1.0)


def _glare(gray: Gray, code: Unread, patch: Gray, module: float) -> float:
    """The share of the code that is saturated over more than its widest space, though its paper is not.

    A highlight ends bars: it may lie beside what is seen of them. What is saturated at both ends is white paper.
    """
    if code.kind is CodeKind.BARCODE:
        is_white = bool(np.percentile(patch, 75) >= _PAPER)
        if not is_white:
            around = corners_of(widened(np.array(code.corners, np.float32), _BESIDE))
            wide, shown = _straightened(gray, around, code.module)
            end = round(wide.shape[1] * _BESIDE / (1 + 2 * _BESIDE))
            near = min(end, max(1, round(_QUIET_AT_MOST * shown)))
            ends = [(zone >= SATURATED).mean(0).max() for zone in (wide[:, end - near : end], wide[:, -end:][:, :near])]
            is_white = min(ends) >= _WHITE_PAPER
            if not is_white:
                patch, module = wide, shown
        if is_white and code.module < LEAST_MODULE:  # its spaces are too few pixels to tell a highlight from the paper
            return 0.0
    side = max(3, round((_WIDEST if code.kind is CodeKind.BARCODE else _WIDEST_OF_MATRIX) * module))
    saturated = (patch >= SATURATED).astype(np.uint8)
    if not saturated.any():
        return 0.0
    spots = cv2.morphologyEx(saturated, cv2.MORPH_OPEN, np.ones((side, side), np.uint8), borderValue=0)
    return float(spots.mean())


def _is_aztec(level: Plane) -> bool:
    """Whether the rings of an Aztec Code are in the middle."""
    y, x = np.mgrid[-4:5, -4:5]
    rings = np.maximum(abs(x), abs(y)) % 2 - 0.5
    for modules in _AZTEC:
        small = cv2.resize(level, (modules, modules), interpolation=cv2.INTER_AREA)
        middle = small[modules // 2 - 4 : modules // 2 + 5, modules // 2 - 4 : modules // 2 + 5]
        if np.corrcoef(middle.ravel(), rings.ravel())[0, 1] > _RINGS:
            return True
    return False


def _blur(level: Plane, kind: CodeKind) -> float:
    """The standard deviation in pixels of the blur that the steepest edges show, in the worse of both directions."""
    across = np.percentile(np.abs(cv2.Scharr(level, cv2.CV_32F, 1, 0, scale=1 / 32)), 98)
    down = np.percentile(np.abs(cv2.Scharr(level, cv2.CV_32F, 0, 1, scale=1 / 32)), 98)
    steepest = float(across if kind is CodeKind.BARCODE else min(across, down))
    return 1 / (math.sqrt(2 * math.pi) * max(steepest, 0.01))
