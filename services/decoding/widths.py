"""Reads linear symbols from one scan line by the widths of bars and spaces, to fractions of a pixel.

Each character is compared with its alphabet separately, scaled to its own width, so that a label's curve does no harm.
Spread ink makes bars wider and spaces narrower; the guard bars tell by how much. Layouts: GS1 General Specifications
5.2 (EAN/UPC), 5.3 (ITF-14), ISO/IEC 16390 (ITF), ISO/IEC 15417 (Code 128); `two_widths` has Code 39 and Codabar.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import cache

import numpy as np
import numpy.typing as npt

from services.codes.gtin import has_valid_check_digit
from services.decoding import two_widths
from services.decoding.linear.code128 import STOP, tell
from services.decoding.linear.code128 import WIDTHS as CODE_128_WIDTHS
from services.decoding.linear.ean import PARITY_13, PARITY_E, SET_A, SET_B
from services.decoding.linear.itf14 import WIDE_ELEMENTS
from services.decoding.linear.layout import run_lengths
from services.decoding.scan_lines import Line, crossings
from services.decoding.symbol import LineRead, Symbology

Widths = npt.NDArray[np.float64]

_FAR = 0.55
"""The most that a character may differ from its pattern: the root of the summed squares, in modules."""
_CLOSE = 0.25
"""How much more the next pattern must differ at least."""
_QUIET = 2.5
"""The least quiet zone, in modules. The standards ask for 7 to 11; printers cut it."""
QUIET_OF_SHORT = 5.0
"""The same for EAN-8, UPC-E and ITF, which may be part of a longer symbol: no space within one is so wide."""
_FEWEST_PAIRS = 3
"""Pairs of digits that an ITF has at least: fewer are too easily seen where there is none."""
_ITF_14 = 77
"""The bars and spaces of an ITF-14."""
_ENDS = 4
"""How many wide spaces are tried as the end of a symbol of wide and narrow elements."""


def read_line(line: Line) -> list[LineRead]:
    """Read a scan line of brightness, 0 black to 1 white with 0.5 between them, forwards and backwards."""
    edges, falling = crossings(line)
    if len(edges) < 34:  # the fewest of any symbol: a UPC-E has 34 edges
        return []
    last = len(line) - 1
    dark_first, last_dark = bool(falling[0]), not falling[-1]
    backwards = [
        replace(one, start=last - one.start, end=last - one.end)
        for one in _read(last - edges[::-1], last, dark_first=last_dark)
    ]
    return [*_read(edges, last, dark_first=dark_first), *backwards]


def _read(edges: Widths, length: float, *, dark_first: bool) -> Iterator[LineRead]:
    before = edges[0] if dark_first else edges[1] - edges[0]
    if not dark_first:
        edges = edges[1:]
    around = np.concatenate([[before], np.diff(edges), [length - edges[-1]]])
    yield from _retail(edges, around, 59, 95, 12)
    yield from _retail(edges, around, 43, 67, 8)
    yield from _retail(edges, around, 33, 51, 6)
    yield from _two_widths(edges, around)
    yield from _code_128(edges, around)


def _windows(
    edges: Widths, around: Widths, size: int, modules: float, quiet: float = _QUIET
) -> tuple[Widths, npt.NDArray[np.intp]]:
    """Stretches of `size` runs that begin dark and have a quiet zone on either side, in modules, and their indices.

    `around` are the runs, with the stretches before the first and after the last.
    """
    runs = around[1:-1]
    count = len(runs) - size + 1
    if count < 1:
        return np.zeros((0, size)), np.zeros(0, np.intp)
    starts = np.arange(0, count, 2)
    module = (edges[starts + size] - edges[starts]) / modules
    starts = starts[(around[starts] > quiet * module) & (around[starts + size + 1] > quiet * module)]
    cut = runs[starts[:, None] + np.arange(size)]
    return cut * (modules / cut.sum(1, keepdims=True)), starts


def _unspread(cut: Widths, ones: list[int]) -> Widths:
    """Remove the ink's spread, measured on the guard runs `ones`, each one module wide."""
    dark, light = [i for i in ones if i % 2 == 0], [i for i in ones if i % 2]
    spread = (cut[:, dark].mean(1) - cut[:, light].mean(1)) / 2
    sign = np.where(np.arange(cut.shape[1]) % 2 == 0, -1.0, 1.0)
    out: Widths = cut + np.clip(spread, -0.6, 0.6)[:, None] * sign
    return out


def _nearest(characters: Widths, patterns: Widths) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.bool_]]:
    """The pattern that each character is nearest to, and whether it is near enough and clearly the nearest."""
    away = np.sqrt(((characters[..., None, :] - patterns) ** 2).sum(-1))
    order = np.argsort(away, axis=-1)[..., :2]
    nearest = np.take_along_axis(away, order, -1)
    return order[..., 0], (nearest[..., 0] < _FAR) & (nearest[..., 1] - nearest[..., 0] > _CLOSE)


@cache
def _digits() -> Widths:
    """Run widths of the ten digits of number set A, then of B; C is A with the colours exchanged."""
    return np.array([run_lengths(digit) for digit in SET_A + SET_B], float)


def _retail(edges: Widths, around: Widths, size: int, modules: int, count: int) -> Iterator[LineRead]:
    """EAN-13 with UPC-A (12 digits drawn), EAN-8 (8) and UPC-E (6)."""
    quiet = _QUIET if count == 12 else QUIET_OF_SHORT
    cut, starts = _windows(edges, around, size, modules, quiet)
    left = count if count == 6 else count // 2
    after = list(range(3 + 4 * left, 3 + 4 * left + (6 if count == 6 else 5)))
    guards = [0, 1, 2, *after, *([] if count == 6 else range(size - 3, size))]
    near = (np.abs(cut[:, guards] - 1) < 0.75).all(1)
    if not near.any():
        return
    # As seen, and with the spread removed: near a guard bar, blur looks much like spread.
    cut, starts = np.concatenate([cut[near], _unspread(cut[near], guards)]), np.tile(starts[near], 2)
    first = [3 + 4 * i for i in range(left)] + [after[-1] + 1 + 4 * i for i in range(count - left)]
    characters = cut[:, np.array(first)[:, None] + np.arange(4)]
    characters = characters * (7 / np.maximum(characters.sum(-1, keepdims=True), 0.1))
    values, sure = _nearest(characters, _digits())
    seen = {(int(starts[w]), _retail_text(values[w].tolist(), count)) for w in np.flatnonzero(sure.all(1))}
    for start, told in seen:
        if told is not None:
            text, symbology = told
            yield LineRead(text, text.encode(), symbology, float(edges[start]), float(edges[start + size]))


def _retail_text(values: list[int], count: int) -> tuple[str, Symbology] | None:
    digits = "".join(str(v % 10) for v in values)
    parity = "".join("AB"[v // 10] for v in values)
    if count == 6:
        for system, parities in enumerate(PARITY_E):
            if parity in parities:
                text = f"{system}{digits}{parities.index(parity)}"
                return (text, Symbology.UPC_E) if has_valid_check_digit(text, upc_e=True) else None
        return None
    if "B" in parity[count // 2 :]:
        return None
    if count == 8:
        good = "B" not in parity and has_valid_check_digit(digits)
        return (digits, Symbology.EAN_8) if good else None
    if parity[:6] not in PARITY_13:
        return None
    text = str(PARITY_13.index(parity[:6])) + digits
    if not has_valid_check_digit(text):
        return None
    return (text[1:], Symbology.UPC_A) if text[0] == "0" else (text, Symbology.EAN_13)


def _two_widths(edges: Widths, around: Widths) -> Iterator[LineRead]:
    """Symbols of wide and narrow elements, from quiet zone to quiet zone: a shorter ITF may be a longer one cut off."""
    runs = around[1:-1]
    starts = np.arange(0, len(runs) - 6 - 10 * _FEWEST_PAIRS, 2)
    if not len(starts):
        return
    narrow = (edges[starts + 4] - edges[starts]) / 4
    opening = around[starts] > 3 * narrow
    fewest = 7 + 10 * _FEWEST_PAIRS
    for start, module in zip(starts[opening].tolist(), narrow[opening].tolist(), strict=True):
        # the numbers of runs from the start to a wide space; where the start is small, those within look wide too
        sizes = (np.flatnonzero(around[start + fewest + 1 :: 2] > 3 * module)[:_ENDS] * 2 + fewest).tolist()
        if start + _ITF_14 <= len(runs) and _ITF_14 not in sizes:
            sizes.append(_ITF_14)
        for size in sizes:
            cut, quiet = runs[start : start + size], min(around[start], around[start + size + 1])
            found = [*_itf(cut, quiet), *two_widths.read(cut, quiet, QUIET_OF_SHORT)]
            for text, symbology in found:
                yield LineRead(text, text.encode(), symbology, float(edges[start]), float(edges[start + size]))


def _itf(runs: Widths, quiet: float) -> Iterator[tuple[str, Symbology]]:
    count, rest = divmod(len(runs), 10)
    module = runs.sum() / (8 + 16 * count) if rest == 7 else np.inf
    if quiet <= QUIET_OF_SHORT * module or runs[:4].max() > 2 * module:
        return
    cut = runs / module
    pairs = cut[4:-3].reshape(count, 5, 2).swapaxes(1, 2).reshape(2 * count, 5)
    order = np.argsort(-pairs, axis=-1)
    ranked = np.take_along_axis(pairs, order, -1)
    wide, narrow = ranked[:, :2], ranked[:, 2:]
    apart = wide[:, 1] > 1.4 * narrow[:, 0]
    alike = (wide[:, 0] < 2 * wide[:, 1]) & (narrow[:, 0] < 2.2 * narrow[:, 2])
    guard = (cut[[0, 1, 2, 3, -2, -1]] < 2.0).all() and cut[-3] > 1.5
    if not guard or not (apart & alike).all():
        return
    text = "".join(str(WIDE_ELEMENTS.index(tuple(sorted(two)))) for two in order[:, :2].tolist())
    if len(text) != 14:
        yield text, Symbology.ITF
    elif has_valid_check_digit(text):
        yield text, Symbology.ITF_14


@cache
def _code_128_patterns() -> Widths:
    return _features(np.array([[int(w) for w in widths] for widths in CODE_128_WIDTHS], float))


def _features(runs: Widths) -> Widths:
    """Features to compare characters by: distances of similar edges, which spread ink does not change, and widths."""
    return np.concatenate([(runs[..., :-1] + runs[..., 1:]) / np.sqrt(2), runs / 2], -1)


def _code_128(edges: Widths, around: Widths) -> Iterator[LineRead]:
    runs = around[1:-1]
    if len(runs) < 6 * 3 + 7:
        return
    starts = np.arange(0, len(runs) - 5, 2)
    cut = runs[starts[:, None] + np.arange(6)]
    module = cut.sum(1) / 11
    openings = np.flatnonzero(around[starts] > _QUIET * module)
    if not len(openings):
        return
    features = _features(cut / module[:, None])
    values, sure = _nearest(features[openings], _code_128_patterns())
    begins = openings[sure & (values >= 103)]
    if not len(begins):  # the most frequent case: no start character, and so no need to compare the others
        return
    values, sure = _nearest(features, _code_128_patterns())
    for begin in begins:
        codes = [int(values[begin])]
        index = begin + 3
        while index < len(starts) and sure[index] and values[index] < 103:
            codes.append(int(values[index]))
            index += 3
        end = 2 * index + 7
        if len(codes) < 3 or end > len(runs) or not _stops(runs[2 * index : end], around[end + 1]):
            continue
        *data, check = codes[1:]
        if (codes[0] + sum(i * v for i, v in enumerate(data, 1))) % 103 != check:
            continue
        told = tell(codes[0] - 103, data)
        if told is not None:
            should = tuple(float(w) for code in codes for w in CODE_128_WIDTHS[code]) + STOP
            first, last = float(edges[2 * begin]), float(edges[end])
            yield LineRead(told.text, told.text.encode(), Symbology.CODE_128, first, last, told.gs1, should)


def _stops(runs: Widths, after: float) -> bool:
    module = runs.sum() / 13
    away = np.abs(runs / module - STOP)
    return bool(away.max() < 0.75 and after > _QUIET * module)
