"""Blurred EAN-13 and UPC-A: what the camera would see of each code, compared with what it saw.

A threshold needs bars that stand apart; out of focus they run into each other. So nothing is thresholded here: for an
assumed blur, the brightness that every pair of neighbouring digits would give is known, and the digits whose brightness
comes closest to the scan line are found exactly (dynamic programming over digits, parity and check digit).
Symbol layout: GS1 General Specifications 5.2.1.2 (number sets A, B, C; auxiliary guard patterns).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache

import cv2
import numpy as np
import numpy.typing as npt

Line = npt.NDArray[np.float32]

K = 4
"""Samples a module."""
QUIET = 2
"""Modules of quiet zone on either side that take part in the comparison."""

_A = ("0001101", "0011001", "0010011", "0111101", "0100011", "0110001", "0101111", "0111011", "0110111", "0001011")
_C = tuple("".join("10"[int(bit)] for bit in a) for a in _A)
_B = tuple(c[::-1] for c in _C)
_PARITY = ("AAAAAA", "AABABB", "AABBAB", "AABBBA", "ABAABB", "ABBAAB", "ABBBAA", "ABABAB", "ABABBA", "ABBABA")
_LEFT, _RIGHT = _A + _B, _C
_FREE = np.float32(1e9)

# Where windows begin and end, in modules from the first guard bar: the middle of each digit, so that a window depends
# on no more than the two digits it joins while the blur reaches less than half a digit.
_CENTRES = [3 + 7 * i + 3.5 for i in range(6)] + [50 + 7 * i + 3.5 for i in range(6)]


@dataclass(frozen=True)
class Fit:
    """The code that fits a scan line best: `digits` (13), how well it fits, and how much better than the next code.

    `error` is the mean squared difference in units of the contrast; `margin` is the next code's error over this one's.
    """

    digits: str
    error: float
    margin: float


@dataclass(frozen=True)
class _Templates:
    """Expected brightness (0 black, 1 white) of every window, for one blur."""

    first: Line  # 20 x samples
    left: Line  # 400 x samples
    before_middle: Line  # 20 x samples
    after_middle: Line  # 10 x samples
    right: Line  # 100 x samples
    last: Line  # 10 x samples


_FINE = 8 * K
_TABLE = np.linspace(-6, 6, 4001)
_NORMAL = np.array([0.5 * (1 + math.erf(z / math.sqrt(2))) for z in _TABLE])  # the normal distribution's integral


@cache
def _templates(blur: float, spread: float) -> _Templates:
    """Templates for a Gaussian blur of `blur` modules (standard deviation) and bars `spread` modules too wide."""
    half = 3.5

    def windows(codes: list[str], start: float, length: float, white_before: int = 0) -> Line:
        """Brightness from `start` on, `length` modules long; the codes have one length, beyond it nothing changes."""
        bits = np.array([[bit == "0" for bit in "0" * white_before + code] for code in codes], np.float32)
        fine = _widened(np.repeat(bits, _FINE, axis=1), round(spread * _FINE / 2))
        at = start + white_before + (np.arange(round(length * K)) + 0.5) / K
        edges = np.arange(fine.shape[1] + 1) / _FINE
        edges[0], edges[-1] = -1e3, 1e3
        shares = np.diff(np.interp((edges[:, None] - at[None]) / blur, _TABLE, _NORMAL), axis=0)
        out: Line = (fine @ shares).astype(np.float32)
        return out

    return _Templates(
        first=windows(["101" + a for a in _LEFT], -QUIET, QUIET + 3 + half, white_before=8),
        left=windows([a + b for a in _LEFT for b in _LEFT], half, 7),
        before_middle=windows([a + "01010" for a in _LEFT], half, half + 2.5),
        after_middle=windows(["01010" + c for c in _RIGHT], 2.5, 2.5 + half),
        right=windows([a + b for a in _RIGHT for b in _RIGHT], half, 7),
        last=windows([c + "101" + "0" * 8 for c in _RIGHT], half, half + 3 + QUIET),
    )


def _widened(white: Line, by: int) -> Line:
    """Bars `by` samples wider on each side (narrower where negative): ink spreads, and sensors bloom."""
    if by == 0:
        return white
    size = 2 * abs(by) + 1
    kernel = np.ones((1, size), np.uint8)
    change = cv2.erode if by > 0 else cv2.dilate
    return np.asarray(change(white, kernel, borderType=cv2.BORDER_REPLICATE), np.float32)


SAMPLES = (95 + 2 * QUIET) * K
"""Samples of one normalised scan line: the symbol and QUIET modules on either side."""


def _costs(lines: Line, blur: float, spread: float) -> tuple[Line, ...]:
    """Squared differences between scan lines (G x SAMPLES) and the templates of each window."""
    t = _templates(blur, spread)

    def at(module: float) -> int:
        return round((module + QUIET) * K)

    def cost(start: float, templates: Line) -> Line:
        piece = lines[:, at(start) : at(start) + templates.shape[1]]
        norms = (templates**2).sum(1)
        differences: Line = (piece**2).sum(1)[:, None] - 2 * piece @ templates.T + norms[None]
        return differences

    many = len(lines)
    first = cost(-QUIET, t.first)
    left = np.stack([cost(c, t.left).reshape(many, 20, 20) for c in _CENTRES[:5]], 1)
    middle_left = cost(_CENTRES[5], t.before_middle)
    middle_right = cost(47.5, t.after_middle)
    right = np.stack([cost(c, t.right).reshape(many, 10, 10) for c in _CENTRES[6:11]], 1)
    last = cost(_CENTRES[11], t.last)
    return first, left, middle_left, middle_right, right, last


def quick_error(lines: Line, blur: float, spread: float) -> Line:
    """How well any digits at all fit each scan line, check digit and parity aside: for choosing place and blur."""
    first, left, middle_left, middle_right, right, last = _costs(lines, blur, spread)
    state = first
    for i in range(5):
        state = (state[:, :, None] + left[:, i]).min(1)
    total = (state + middle_left).min(1)
    state = middle_right
    for i in range(5):
        state = (state[:, :, None] + right[:, i]).min(1)
    error: Line = ((total + (state + last).min(1)) / SAMPLES).astype(np.float32)
    return error


def likeliest_code(line: Line, blur: float, spread: float) -> str:
    """The digits that `best_code` finds, without its margin: a tenth of the time."""
    return "".join(map(str, _solve(tuple(c[0] for c in _costs(line[None], blur, spread)))[1]))


def best_code(line: Line, blur: float, spread: float) -> Fit:
    """The code with right parity and check digit that fits one scan line (SAMPLES) best."""
    costs = tuple(c[0] for c in _costs(line[None], blur, spread))
    best, digits = _solve(costs)
    second = min(_solve(costs, forbidden=(place, digits[place]))[0] for place in range(13))
    return Fit("".join(map(str, digits)), float(best / SAMPLES), float(second / max(best, 1e-9)))


_SETS = np.array([[0 if s == "A" else 10 for s in parity] for parity in _PARITY])  # 10 first digits x 6 places
_DIGITS = np.arange(10)


def _solve(costs: tuple[Line, ...], forbidden: tuple[int, int] | None = None) -> tuple[float, list[int]]:
    """Exact minimum over all codes, or over those that have not the digit `forbidden[1]` at place `forbidden[0]`.

    State: first digit (it sets the parity), digit, weighted sum modulo 10.
    """
    first, left, middle_left, middle_right, right, last = costs
    firsts = np.arange(10)
    score = np.full((10, 10, 10), _FREE, np.float32)  # first digit, digit, sum
    for f in firsts:
        score[f, _DIGITS, (f + 3 * _DIGITS) % 10] = first[_SETS[f, 0] + _DIGITS]
    if forbidden and forbidden[0] == 0:
        score[forbidden[1]] = _FREE
    _forbid(score, forbidden, 1)
    back = []
    for i in range(1, 12):
        if i < 6:
            step = np.stack([left[i - 1][_SETS[f, i - 1] :, _SETS[f, i] :][:10, :10] for f in firsts])
        elif i == 6:
            ends = np.stack([middle_left[_SETS[f, 5] + _DIGITS] for f in firsts])
            step = ends[:, :, None] + middle_right[None, None, :]
        else:
            step = np.broadcast_to(right[i - 7], (10, 10, 10))
        weight = 3 if i % 2 == 0 else 1
        whole = score[:, :, None, :] + step[:, :, :, None]  # first, previous, digit, sum before
        previous = whole.argmin(1)
        reached = np.take_along_axis(whole, previous[:, None], 1)[:, 0]  # first, digit, sum before
        sums = (np.arange(10)[None, :] - weight * _DIGITS[:, None]) % 10  # digit, sum after -> sum before
        index = np.broadcast_to(sums[None], (10, 10, 10))
        score = np.take_along_axis(reached, index, 2)
        back.append(np.take_along_axis(previous, index, 2))
        _forbid(score, forbidden, i + 1)
    final = score[:, :, 0] + last[None]
    f, digit = np.unravel_index(final.argmin(), final.shape)
    digits = [int(digit)]
    total = 0
    for i in range(11, 0, -1):
        previous_digit = int(back[i - 1][f, digits[-1], total])
        total = (total - (3 if i % 2 == 0 else 1) * digits[-1]) % 10
        digits.append(previous_digit)
    return float(final[f, digit]), [int(f), *digits[::-1]]


def _forbid(score: Line, forbidden: tuple[int, int] | None, place: int) -> None:
    if forbidden and forbidden[0] == place:
        score[:, forbidden[1]] = _FREE


def brightness(digits: str, blur: float, spread: float) -> Line:
    """The scan line (SAMPLES) that a code would give at a blur, by the same templates."""
    t = _templates(blur, spread)
    sets = _SETS[int(digits[0])]
    codes = [int(d) + (sets[i] if i < 6 else 0) for i, d in enumerate(digits[1:])]
    parts = [t.first[codes[0]]]
    parts += [t.left[codes[i] * 20 + codes[i + 1]] for i in range(5)]
    parts += [t.before_middle[codes[5]], t.after_middle[codes[6]]]
    parts += [t.right[codes[i] * 10 + codes[i + 1]] for i in range(6, 11)]
    whole: Line = np.concatenate([*parts, t.last[codes[11]]])
    return whole
