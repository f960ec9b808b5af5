"""ITF-14 (GS1 General Specifications 5.3.2): seven pairs of digits, one in the bars, the other in the spaces."""

from __future__ import annotations

from functools import cache

import numpy as np

from services.decoding.linear.layout import Alphabet, Layout, Told, bars_of_widths
from services.decoding.symbol import Symbology

RATIOS = (2.0, 2.5, 3.0)
"""Ratios of wide to narrow that are tried: 2.25 to 3 by the standard, also 2 in practice; whole modules a character."""
WIDE_ELEMENTS = ((2, 3), (0, 4), (1, 4), (0, 1), (2, 4), (0, 2), (1, 2), (3, 4), (0, 3), (1, 3))
"""Which two of a digit's five elements are wide, for 0 to 9 (GS1 General Specifications 5.3.2.1)."""


def pair_widths(bars: int, spaces: int, wide: float) -> list[float]:
    """The widths, in modules, of the elements of two digits, one in the bars and one in the spaces between them."""
    digits = (WIDE_ELEMENTS[bars], WIDE_ELEMENTS[spaces])
    return [wide if element in digit else 1.0 for element in range(5) for digit in digits]


@cache
def itf_14(ratio: float) -> Layout:
    """ITF-14 whose wide elements are `ratio` narrow ones wide; a module is a narrow element."""
    pairs = [bars_of_widths(pair_widths(*divmod(pair, 10), ratio)) for pair in range(100)]
    width = 6 + 4 * ratio
    starts = tuple(4 + width * i for i in range(7))
    values = np.arange(100)
    return Layout(
        modules=4 + 7 * width + ratio + 2,
        guards=bars_of_widths([1, 1, 1]) + bars_of_widths([ratio, 1, 1], 4 + 7 * width),
        starts=starts,
        alphabets=(Alphabet(tuple(pairs), width),) * 7,
        choices=np.broadcast_to(values, (1, 7, 100)).copy(),
        sums=np.broadcast_to((3 * (values // 10) + values % 10) % 10, (1, 7, 100)).copy(),
        target=np.zeros(1, np.int64),
        modulus=10,
        tell=lambda _, code: Told("".join(f"{pair:02d}" for pair in code), Symbology.ITF_14),
        free=True,
        quiet=(6, 6),  # a part of a longer ITF may end at a wide space between two narrow bars
    )
