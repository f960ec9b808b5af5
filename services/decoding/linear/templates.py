"""How dark a camera sees the bars of each character at a given blur, and from that the look of every code.

Each bar adds its darkness, blurred or not. So a code's picture is the sum of its characters' pictures, and its squared
difference from a scan line needs only sums over characters and over neighbouring pairs of them.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache, lru_cache

import cv2
import numpy as np
import numpy.typing as npt

from services.decoding.linear.layout import Alphabet, Bars, Layout

Line = npt.NDArray[np.float32]

K = 4
"""Samples a module."""
QUIET = 3
"""Modules of quiet zone on either side that take part in the comparison."""
COARSE = 2
"""Samples a module of the first search."""
COARSE_BLUR = 0.75
"""Blur in modules (standard deviation) of the first search."""
_FINE = 16


@dataclass(frozen=True, eq=False)
class Templates:
    """A layout at one blur and spread of the ink: K samples a module, beginning QUIET modules before the first bar.

    `characters[slot]` (character x samples) begins at sample `begins[slot]`; `energy` is each one's sum of squares;
    `pairs[slot]` the products of neighbours.
    """

    guards: Line
    begins: tuple[int, ...]
    characters: tuple[Line, ...]
    energy: tuple[Line, ...]
    pairs: tuple[Line, ...]


@dataclass(frozen=True, eq=False)
class CoarseTemplates:
    """Templates of the first search: each slot's own samples with average neighbours, and the fixed parts.

    `slots` holds (first sample, templates, their sums of squares); `expected` says what the other samples are, 0 within
    the slots.
    """

    slots: tuple[tuple[int, Line, Line], ...]
    expected: Line


def samples(modules: float, density: int = K) -> int:
    """How many samples a symbol and its quiet zones take."""
    return round((modules + 2 * QUIET) * density)


def darkness(bars: Bars, length: float, blur: float, spread: float, density: int = K) -> tuple[Line, Line, Line]:
    """Darkness of bars at the samples, its change per module of displacement, and its change per module of spread."""
    dark, slope, wider = _drawn((bars,), length, blur, spread, density)
    return dark[0], slope[0], wider[0]


def _drawn(
    symbols: tuple[Bars, ...], length: float, blur: float, spread: float, density: int
) -> tuple[Line, Line, Line]:
    """The `darkness` of several symbols of one length (symbol x samples)."""
    size = round((length + 2 * QUIET) * _FINE)
    owner = np.repeat(np.arange(len(symbols)), [len(bars) for bars in symbols])
    edges = (
        np.concatenate([np.array(bars, np.float64) for bars in symbols]) + QUIET + (-spread / 2, spread / 2)
    ) * _FINE
    low = np.floor(edges).astype(np.int64)
    part = edges - low
    steps = np.zeros((2, len(symbols), size + 1), np.float32)
    for column, sign in ((0, 1.0), (1, -1.0)):
        for step, share in ((0, 1 - part[:, column]), (1, part[:, column])):
            at = np.clip(low[:, column] + step, 0, size)
            np.add.at(steps[0], (owner, at), sign * share)
            np.add.at(steps[1], (owner, at), 0.5 * share)
    reach = math.ceil(4 * blur * _FINE)
    flat = steps.reshape(2 * len(symbols), -1)
    soft = np.asarray(
        cv2.GaussianBlur(flat, (2 * reach + 1, 1), blur * _FINE, borderType=cv2.BORDER_CONSTANT), np.float32
    ).reshape(steps.shape)
    whole = np.cumsum(soft[0], axis=1, dtype=np.float64).astype(np.float32)
    at = ((np.arange(samples(length, density)) + 0.5) * _FINE / density).astype(np.int64)
    # The running sum at i includes the steps up to i, so it is the darkness half a fine sample further on.
    dark: Line = (whole[:, at] + whole[:, at - 1]) / np.float32(2)
    return dark, soft[0][:, at] * np.float32(_FINE), soft[1][:, at] * np.float32(_FINE)


@lru_cache(maxsize=512)
def _characters(alphabet: Alphabet, blur: float, spread: float, density: int = K) -> Line:
    """Darkness of each character alone, with QUIET modules on either side (character x samples)."""
    return _drawn(alphabet.bars, alphabet.width, blur, spread, density)[0]


@lru_cache(maxsize=512)
def _neighbours(left: Alphabet, right: Alphabet, distance: int, blur: float, spread: float) -> Line:
    """Products of each left character with each right one that begins `distance` samples later."""
    a, b = _characters(left, blur, spread), _characters(right, blur, spread)
    shared = a.shape[1] - distance
    if shared <= 0:
        return np.zeros((len(a), len(b)), np.float32)
    out: Line = a[:, distance:] @ b[:, :shared].T
    return out


@lru_cache(maxsize=256)
def templates(layout: Layout, blur: float, spread: float) -> Templates:
    """The templates of a layout for a Gaussian blur of `blur` modules (standard deviation) and a spread of the ink."""
    characters = tuple(_characters(a, blur, spread) for a in layout.alphabets)
    begins = tuple(round(start * K) for start in layout.starts)
    return Templates(
        guards=darkness(layout.guards, layout.modules, blur, spread)[0],
        begins=begins,
        characters=characters,
        energy=tuple((c**2).sum(1) for c in characters),
        pairs=tuple(
            _neighbours(layout.alphabets[i], layout.alphabets[i + 1], begins[i + 1] - begins[i], blur, spread)
            for i in range(len(begins) - 1)
        ),
    )


@cache
def coarse_templates(layout: Layout) -> CoarseTemplates:
    """The templates of a layout for the first search."""
    base = darkness(layout.guards, layout.modules, COARSE_BLUR, 0, COARSE)[0]
    characters = [_characters(a, COARSE_BLUR, 0, COARSE) for a in layout.alphabets]
    begins = [round(start * COARSE) for start in layout.starts]
    means = []
    for slot, begin in enumerate(begins):
        used = np.unique(layout.choices[:, slot])
        mean = characters[slot][used[used >= 0]].mean(0)
        means.append(mean)
        base[begin : begin + len(mean)] += mean
    slots = []
    fixed = np.ones(len(base), bool)
    for slot, begin in enumerate(begins):
        used = np.unique(layout.choices[:, slot])
        own = slice(QUIET * COARSE, -QUIET * COARSE)
        first = begin + QUIET * COARSE
        length = characters[slot][:, own].shape[1]
        around = base[first : first + length] - means[slot][own]
        drawn = np.ascontiguousarray(around + characters[slot][used[used >= 0]][:, own])
        slots.append((first, drawn, (drawn**2).sum(1)))
        fixed[first : first + length] = False
    return CoarseTemplates(tuple(slots), np.where(fixed, base, np.float32(0)))
