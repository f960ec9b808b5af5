"""Symbols of wide and narrow elements: Code 39 (ISO/IEC 16388), Codabar (EN 798) and interleaved 2 of 5 (16390)."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from services.decoding.linear.itf14 import pair_widths
from services.decoding.symbol import Symbology

Widths = npt.NDArray[np.float64]

_RATIOS, _USUAL = (2.0, 2.25, 2.5, 3.0), 2.5
"""Ratios of wide to narrow with which symbols are drawn: 2.25 to 3 by the standards, also 2 in practice."""
_CLEAR = 1.25
"""How much wider the narrowest wide element must be than the widest narrow one."""
_CODE_39 = dict(zip(
    "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-. *$/+%",
    (0x034, 0x121, 0x061, 0x160, 0x031, 0x130, 0x070, 0x025, 0x124, 0x064, 0x109, 0x049, 0x148, 0x019, 0x118, 0x058,
     0x00D, 0x10C, 0x04C, 0x01C, 0x103, 0x043, 0x142, 0x013, 0x112, 0x052, 0x007, 0x106, 0x046, 0x016, 0x181, 0x0C1,
     0x1C0, 0x091, 0x190, 0x0D0, 0x085, 0x184, 0x0C4, 0x094, 0x0A8, 0x0A2, 0x08A, 0x02A),
    strict=True,
))  # fmt: skip
"""The nine elements of each character, bars and spaces in turn: 1 is wide."""
_CODABAR = dict(zip(
    "0123456789-$:/.+ABCD",
    (0x03, 0x06, 0x09, 0x60, 0x12, 0x42, 0x21, 0x24, 0x30, 0x48, 0x0C, 0x18, 0x45, 0x51, 0x54, 0x15,
     0x1A, 0x29, 0x0B, 0x0E),
    strict=True,
))  # fmt: skip
"""The same of Codabar's seven elements."""


_STARTS = frozenset(map(frozenset, ((1, 4, 6), (2, 3, 5), (1, 3, 6), (3, 5, 6), (3, 4, 5))))
"""Which elements of a start character are wide: of Code 39's, and of Codabar's A to D."""


def drawings(text: str, symbology: Symbology) -> list[list[float]]:
    """The run widths of a symbol, in narrow elements, for each usual ratio of wide to narrow; empty for others."""
    return [widths for ratio in _RATIOS if (widths := _drawn(text, symbology, ratio))]


def modules(text: str, symbology: Symbology) -> float:
    """About how many narrow elements wide the symbol is; 0 for other symbologies."""
    return sum(_drawn(text, symbology, _USUAL))


def read(runs: Widths, quiet: float, least: float) -> Iterator[tuple[str, Symbology]]:
    """Read the runs of a whole Code 39 or Codabar beside quiet zones of that width, which has `least` modules."""
    for symbology, alphabet, elements, fewest in (
        (Symbology.CODE_39, _CODE_39, 9, 6),
        (Symbology.CODABAR, _CODABAR, 7, 6),
    ):
        count, rest = divmod(len(runs) + 1, elements + 1)
        if rest or count < fewest or frozenset(runs[:elements].argsort()[-3:].tolist()) not in _STARTS:
            continue
        characters = np.append(runs, 0.0).reshape(count, elements + 1)[:, :elements]
        wide = np.empty(characters.shape, bool)
        for colour in (0, 1):  # ink makes all bars wider and all spaces narrower
            wide[:, colour::2] = _wide(characters[:, colour::2])
        words = {pattern: character for character, pattern in alphabet.items()}
        numbers = wide @ (1 << np.arange(elements)[::-1])
        text = "".join(words.get(int(number), "?") for number in numbers)
        starts = "*" if symbology is Symbology.CODE_39 else "ABCD"
        if "?" in text or text[0] not in starts or text[-1] not in starts or any(c in starts for c in text[1:-1]):
            continue
        text = text.strip("*")
        if quiet > least * runs.sum() / modules(text, symbology):
            yield text, symbology


def _wide(elements: Widths) -> npt.NDArray[np.bool_]:
    """Which elements are wide, halfway between the means of the two kinds; none of them where that is unclear."""
    middle = (elements.min() + elements.max()) / 2
    for _ in range(3):
        wide = elements > middle
        if wide.all() or not wide.any():
            break
        middle = (elements[wide].mean() + elements[~wide].mean()) / 2
    wide = elements > middle
    clear = wide.any() and not wide.all() and elements[wide].min() > _CLEAR * elements[~wide].max()
    return wide if clear else np.zeros_like(wide)


def _drawn(text: str, symbology: Symbology, ratio: float) -> list[float]:
    if symbology in (Symbology.ITF, Symbology.ITF_14):
        pairs = zip(text[::2], text[1::2], strict=True)
        runs = [width for bars, spaces in pairs for width in pair_widths(int(bars), int(spaces), ratio)]
        return [1.0] * 4 + runs + [ratio, 1.0, 1.0]
    if symbology is Symbology.CODE_39:
        return _apart(f"*{text}*", _CODE_39, 9, ratio)
    if symbology is Symbology.CODABAR:
        return _apart(text, _CODABAR, 7, ratio)
    return []


def _apart(text: str, alphabet: dict[str, int], elements: int, ratio: float) -> list[float]:
    """Characters with a narrow space between them."""
    runs: list[float] = []
    for character in text:
        pattern = alphabet[character]
        runs += [ratio if pattern >> place & 1 else 1.0 for place in reversed(range(elements))]
        runs.append(1.0)
    return runs[:-1]
