"""Turns a straightened patch into scan lines: aligns its rows, and tells how far they agree."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import cv2
import numpy as np
import numpy.typing as npt

from services.decoding.linear.templates import Line

Patch = npt.NDArray[np.float32]

_BANDS = 6
_REACH = 4
"""Pixels by which bars may be displaced from one band of rows to the next."""


@dataclass(frozen=True, eq=False)
class Strip:
    """The mean of all rows, of the upper half and of the lower half; `coherence` is how much all rows have in common.

    Bars run through all rows, so these differ by noise only; rows of text or texture have little in common.
    """

    line: Line
    halves: tuple[Line, Line]
    coherence: float

    def turned(self) -> Strip:
        """The strip upside down."""
        line, upper, lower = (np.ascontiguousarray(part[::-1]) for part in (self.line, *self.halves))
        return Strip(line, (upper, lower), self.coherence)


def strip_of(patch: Patch) -> Strip:
    """Average the rows of a patch along its bars, which may lean or bow a little."""
    patch = _upright(patch)
    rows = len(patch)
    edges = np.linspace(0, rows, min(_BANDS, rows) + 1).round().astype(int)
    bands = np.stack([patch[a:b].mean(0) for a, b in pairwise(edges)]).astype(np.float32)
    bands = _aligned(bands) if len(bands) > 1 else bands
    half = len(bands) // 2
    halves = (bands[:half].mean(0), bands[half:].mean(0)) if half else (bands[0], bands[0])
    return Strip(bands.mean(0), halves, _coherence(bands))


def _upright(patch: Patch) -> Patch:
    """Shear the patch so that its bars are upright, by the direction in which brightness changes least.

    Bars seen at an angle fan out, so their lean may change from left to right.
    """
    rows, width = patch.shape
    if rows < 8:
        return patch
    across = np.linspace(-1, 1, width, dtype=np.float32)
    height = np.arange(rows, dtype=np.float32)[:, None] - (rows - 1) / 2
    along = np.broadcast_to(np.arange(width, dtype=np.float32), patch.shape)
    down = np.repeat(np.arange(rows, dtype=np.float32)[:, None], width, 1)
    upright, lean = patch, np.zeros(width, np.float32)
    for _ in range(3):
        soft = cv2.GaussianBlur(upright, (0, 0), 1.2)
        change, drift = soft[1:-1, 2:] - soft[1:-1, :-2], soft[2:, 1:-1] - soft[:-2, 1:-1]
        square, product = (change * change).sum(0), (change * drift).sum(0)
        x = across[1:-1]
        moments = [float((square * x**power).sum()) for power in range(3)]
        sides = [-float(product.sum()), -float((product * x).sum())]
        whole = moments[0] * moments[2] - moments[1] ** 2
        if whole <= 1e-3 * moments[0] ** 2:
            break
        level = (moments[2] * sides[0] - moments[1] * sides[1]) / whole
        fan = (moments[0] * sides[1] - moments[1] * sides[0]) / whole
        lean = lean + (level + fan * across).astype(np.float32)
        if abs(level) + abs(fan) < 0.01:
            break
        upright = np.asarray(
            cv2.remap(patch, along + lean * height, down, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE), np.float32
        )
    return upright


def _detail(bands: Patch) -> Patch:
    return np.diff(cv2.GaussianBlur(bands, (0, 0), sigmaX=1.5, sigmaY=0.01), axis=1)


def _aligned(bands: Patch) -> Patch:
    """Shift the bands so that their bars are above each other."""
    detail = _detail(bands)
    middle = len(bands) // 2
    shifts = np.zeros(len(bands))
    for order in (range(middle - 1, -1, -1), range(middle + 1, len(bands))):
        for i in order:
            beside = i + 1 if i < middle else i - 1
            shifts[i] = shifts[beside] + _displacement(detail[beside], detail[i])
    if len(bands) >= 4:
        number = np.arange(len(bands))
        shifts = np.asarray(np.polyval(np.polyfit(number, shifts, 2), number), np.float64)
    at = np.arange(bands.shape[1], dtype=np.float32)
    x = np.ascontiguousarray(at[None] + shifts[:, None].astype(np.float32))
    y = np.repeat(np.arange(len(bands), dtype=np.float32)[:, None], len(at), 1)
    return np.asarray(cv2.remap(bands, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE), np.float32)


def _displacement(one: Line, other: Line) -> float:
    """How many pixels `other` is to the right of `one`, with fractions, at most _REACH."""
    inner = one[_REACH:-_REACH]
    shifted = np.lib.stride_tricks.sliding_window_view(other, len(inner))
    likeness = shifted @ inner
    i = int(likeness.argmax())
    if 0 < i < len(likeness) - 1:
        a, b, c = (float(v) for v in likeness[i - 1 : i + 2])
        curve = a - 2 * b + c
        return i - _REACH + (0.5 * (a - c) / curve if curve < 0 else 0.0)
    return 0.0


def _coherence(bands: Patch) -> float:
    if len(bands) == 1:
        return 1.0
    detail = _detail(bands)
    each = float((detail**2).mean())
    common = float((detail.mean(0) ** 2).mean())
    return common / each if each > 0 else 0.0


def bars_within(line: Line, begin: float, end: float) -> int:
    """How many dark bars a line visibly crosses between two pixels; blur can only hide some.

    A bar counts where the line falls and rises by a twelfth of its whole contrast at least.
    """
    part = cv2.GaussianBlur(line[None, max(int(begin), 0) : int(end) + 1], (0, 0), 0.8)[0]
    turns = np.flatnonzero(np.diff(np.sign(np.diff(part)))) + 1
    if len(turns) < 4:
        return 0
    values = part[turns]
    low, high = np.percentile(part, (4, 96))
    least = (high - low) / 12
    count, last, falling = 0, float(values[0]), False
    for value in values:
        if falling:
            if value < last:
                last = value
            elif value - last > least:
                count, last, falling = count + 1, value, False
        elif value > last:
            last = value
        elif last - value > least:
            last, falling = value, True
    return count
