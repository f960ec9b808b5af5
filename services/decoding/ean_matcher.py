"""Reads a blurred, curved or dim EAN-13 by comparison: which code would look like this, and does no other come near.

For each place where bars stand, the symbol's start, end and bend, the blur and the spread of the ink are searched for
the best fit, in steps from coarse to fine; the light is estimated from the fit. The read counts only where the next
best code fits clearly worse, and where the upper and the lower half of the bars say the same.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np

from services.decoding.bars import HEIGHT, Gray, Patch, Quad, find_bars, mean_row, straighten, upright_shear
from services.decoding.ean_model import QUIET, SAMPLES, K, Line, best_code, brightness, likeliest_code, quick_error

MARGIN_OF_NEXT = 1.15
"""How much worse the next code must fit. On photographs right codes lie above this, wrong ones below 1.11."""
MARGIN_OF_HALF = 1.03
"""The same for half of the rows, whose noise is greater; both halves must name the code."""

_DENSITY = 6
"""Pixels a module in a straightened patch."""
_SIDE = 12
"""Modules of picture on either side of the place that was found, for quiet zones and a place found too small."""
_WIDTH = (95 + 2 * _SIDE) * _DENSITY
_BLURS = (0.3, 0.45, 0.6, 0.75, 0.9, 1.1)
_SPREADS = (-0.2, 0.0, 0.2)
_SHAPES = tuple((blur, spread) for blur in _BLURS for spread in _SPREADS)
_FIRST_SHAPE = (0.75, 0.0)

Place = tuple[float, float, float]
"""Where the symbol begins and ends, in modules from the patch's left, and how far its middle is displaced."""
Shape = tuple[float, float]
"""Blur and spread of the ink, in modules."""


@dataclass(frozen=True)
class Match:
    """A code that a place in the picture shows: 13 digits, the corners, and how much better it fits than any other."""

    digits: str
    quad: Quad
    margin: float


def read(gray: Gray, detector: cv2.barcode.BarcodeDetector, deadline: float) -> list[Match]:
    """Read every EAN-13 (and UPC-A, as 13 digits) in a picture until `deadline` (time.monotonic())."""
    found = []
    for quad in find_bars(gray, detector):
        if time.monotonic() >= deadline:
            break
        match = read_bars(gray, quad)
        if match is not None:
            found.append(match)
    return found


def read_bars(gray: Gray, quad: Quad) -> Match | None:
    """Read the bars within a quadrilateral, or None where no code stands out."""
    patch = straighten(gray, quad, _WIDTH, _SIDE / 95)
    rows = patch[HEIGHT // 6 : -HEIGHT // 6]
    shear = upright_shear(rows)
    line = _even(mean_row(rows, shear))
    starts = np.meshgrid(_SIDE + np.arange(-6, 14.1, 0.5), _SIDE + 95 + np.arange(-14, 6.1, 0.5))
    error, place, flipped = min(
        (*_search(side, starts[0].ravel(), starts[1].ravel(), None, _FIRST_SHAPE), flip)
        for flip, side in ((False, line), (True, line[::-1]))
    )
    if error > 0.1:  # nothing like a code; a right one begins far below
        return None
    if flipped:
        rows, line = rows[:, ::-1], line[::-1]
        shear = -shear
    shape = _FIRST_SHAPE
    for step in (0.25, 0.12, 0.06):
        for _ in range(2):
            place = _search_near(line, place, step, shape)
            shape = min(_SHAPES, key=lambda s: float(quick_error(_sampled(line, *_one(place)), *s)[0]))
        likeliest = likeliest_code(_sampled(line, *_one(place))[0], *shape)
        line = _relit(line, brightness(likeliest, *shape), place)
    fit = best_code(_sampled(line, *_one(place))[0], *shape)
    if fit.margin < MARGIN_OF_NEXT:
        return None
    expected = brightness(fit.digits, *shape)
    for half in (rows[: len(rows) // 2], rows[len(rows) // 2 :]):
        part = _relit(_even(mean_row(half, shear)), expected, place)
        own = best_code(_sampled(part, *_one(_search_near(part, place, 0.1, shape)))[0], *shape)
        if own.digits != fit.digits or own.margin < MARGIN_OF_HALF:
            return None
    return Match(fit.digits, quad, fit.margin)


def _one(place: Place) -> tuple[Line, Line, Line]:
    start, end, bend = place
    return np.array([start]), np.array([end]), np.array([bend])


def _search_near(line: Line, place: Place, step: float, shape: Shape) -> Place:
    around = step * np.arange(-3, 4)
    starts, ends, bends = np.meshgrid(place[0] + around, place[1] + around, place[2] + 2 * around)
    return _search(line, starts.ravel(), ends.ravel(), bends.ravel(), shape)[1]


def _search(line: Line, starts: Line, ends: Line, bends: Line | None, shape: Shape) -> tuple[float, Place]:
    """The least error and the place where any digits at all fit best."""
    errors = quick_error(_sampled(line, starts, ends, bends), *shape)
    i = int(errors.argmin())
    return float(errors[i]), (float(starts[i]), float(ends[i]), float(bends[i]) if bends is not None else 0.0)


def _sampled(line: Line, starts: Line, ends: Line, bends: Line | None) -> Line:
    """The scan line at SAMPLES for each place."""
    share = (-QUIET + (np.arange(SAMPLES) + 0.5) / K) / 95
    at: Any = starts[:, None] + share[None] * (ends - starts)[:, None]
    if bends is not None:
        at = at + bends[:, None] * (4 * share * (1 - share))[None]
    at = np.clip(at * _DENSITY - 0.5, 0, len(line) - 1.001)
    low = at.astype(np.int32)
    part = (at - low).astype(np.float32)
    out: Line = line[low] * (1 - part) + line[low + 1] * part
    return out


def _even(line: Patch) -> Line:
    """Set black to 0 and white to 1 by the darkest and brightest within nine modules: a first guess at the light."""
    reach = 9 * _DENSITY
    row = np.ascontiguousarray(line[None], np.float32)
    kernel = np.ones((1, 2 * reach + 1), np.uint8)
    white = cv2.blur(cv2.dilate(row, kernel), (2 * reach + 1, 1))
    black = cv2.blur(cv2.erode(row, kernel), (2 * reach + 1, 1))
    out: Line = ((row - black) / np.maximum(white - black, 8))[0].astype(np.float32)
    return out


def _relit(line: Line, expected: Line, place: Place) -> Line:
    """Set black to 0 and white to 1 as the expected brightness says, changing as slowly as light does."""

    def powers(at: Any) -> Any:
        return np.stack([np.ones_like(at), at, at**2], 1)

    sampled = _sampled(line, *_one(place))[0]
    terms = powers(np.linspace(-1, 1, len(sampled)))
    found, *_ = np.linalg.lstsq(np.concatenate([terms, terms * expected[:, None]], 1), sampled, rcond=None)
    modules = (np.arange(len(line)) + 0.5) / _DENSITY
    share = ((modules - place[0]) / (place[1] - place[0]) * 95 + QUIET) / (95 + 2 * QUIET)
    whole = powers(np.clip(2 * share - 1, -1, 1))
    out: Line = ((line - whole @ found[:3]) / np.maximum(whole @ found[3:], 0.2)).astype(np.float32)
    return out
