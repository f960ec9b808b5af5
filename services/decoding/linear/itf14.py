"""ITF-14 (GS1 General Specifications 5.3.2): seven pairs of digits, one in the bars, the other in the spaces."""

from __future__ import annotations

from functools import cache

import numpy as np

from services.decoding.linear.layout import Alphabet, Layout, Told, bars_of_widths
from services.decoding.symbol import Symbology

RATIOS = (2.0, 2.25, 2.5, 2.75, 3.0)
"""Wide to narrow: 2.25 to 3 by the standard, 2 in the wild. In quarters, so that characters begin on whole modules."""
_WIDE = ("00110", "10001", "01001", "11000", "00101", "10100", "01100", "00011", "10010", "01010")


@cache
def itf_14(ratio: float) -> Layout:
    """ITF-14 whose wide elements are `ratio` narrow ones wide; a module is a narrow element."""
    pairs = []
    for pair in range(100):
        elements = zip(_WIDE[pair // 10], _WIDE[pair % 10], strict=True)
        pairs.append(bars_of_widths([ratio if wide == "1" else 1 for both in elements for wide in both]))
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
        quiet=(6, 6),  # a wide space beside two narrow ones ends a part of a longer ITF
    )
