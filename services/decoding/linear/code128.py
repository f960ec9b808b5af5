"""Code 128 and GS1-128 (ISO/IEC 15417; GS1 General Specifications 5.4)."""

from __future__ import annotations

from functools import cache

import numpy as np

from services.decoding.linear.layout import Alphabet, Layout, Told, bars_of_widths
from services.decoding.symbol import Symbology

WIDTHS = (
    "212222", "222122", "222221", "121223", "121322", "131222", "122213", "122312", "132212", "221213", "221312",
    "231212", "112232", "122132", "122231", "113222", "123122", "123221", "223211", "221132", "221231", "213212",
    "223112", "312131", "311222", "321122", "321221", "312212", "322112", "322211", "212123", "212321", "232121",
    "111323", "131123", "131321", "112313", "132113", "132311", "211313", "231113", "231311", "112133", "112331",
    "132131", "113123", "113321", "133121", "313121", "211331", "231131", "213113", "213311", "213131", "311123",
    "311321", "331121", "312113", "312311", "332111", "314111", "221411", "431111", "111224", "111422", "121124",
    "121421", "141122", "141221", "112214", "112412", "122114", "122411", "142112", "142211", "241211", "221114",
    "413111", "241112", "134111", "111242", "121142", "121241", "114212", "124112", "124211", "411212", "421112",
    "421211", "212141", "214121", "412121", "111143", "111341", "131141", "114113", "114311", "411113", "411311",
    "113141", "114131", "311141", "411131", "211412", "211214", "211232",
)  # fmt: skip
"""The widths of the elements of characters 0 to 105, a bar first."""
STOP = (2.0, 3.0, 3.0, 1.0, 1.0, 1.0, 2.0)
"""The same for the stop character, which ends with one more bar."""
_CHARACTERS = tuple(bars_of_widths([float(w) for w in widths]) for widths in WIDTHS)
_DATA, _START = Alphabet(_CHARACTERS[:103], 11), Alphabet(_CHARACTERS[103:], 11)

_SHIFT, _CODE_C, _CODE_B, _CODE_A, _FNC1 = 98, 99, 100, 101, 102
LONGEST = 48
"""The most data characters that GS1-128 may have (GS1 General Specifications 5.4.1)."""


@cache
def code_128(length: int) -> Layout:
    """Code 128 with `length` data characters between the start and the check character."""
    slots = length + 2
    choices = np.full((1, slots, 103), -1, np.int64)
    choices[0, 0, :3] = np.arange(3)
    choices[0, 1:] = np.arange(103)
    weights = np.array([1, *range(1, length + 1), -1])
    sums = weights[None, :, None] * np.arange(103)[None, None, :]
    sums[0, 0, :3] = 103 + np.arange(3)
    return Layout(
        modules=11 * slots + 13,
        guards=bars_of_widths(STOP, 11 * slots),
        starts=tuple(11 * i for i in range(slots)),
        alphabets=(_START, *(_DATA,) * (slots - 1)),
        choices=choices,
        sums=sums % 103,
        target=np.zeros(1, np.int64),
        modulus=103,
        tell=lambda _, code: tell(code[0], code[1:-1]),
        free=True,
    )


def tell(start: int, values: list[int]) -> Told | None:
    """The text of data characters after start A (0), B (1) or C (2); None where there is no text.

    FNC1 in first position marks GS1-128, later it is the separator. One FNC4 sets the eighth bit of the next character,
    two that of all that follow. FNC2 and FNC3 are commands to the reader, not part of the text.
    """
    code_set = "ABC"[start]
    text: list[str] = []
    gs1 = latched = high = False
    shifted = ""
    for index, value in enumerate(values):
        current, shifted = shifted or code_set, ""
        if value == _FNC1:
            gs1 = gs1 or index == 0
            text += [] if index == 0 else ["\x1d"]
        elif current == "C":
            if value < 100:
                text.append(f"{value:02d}")
            else:
                code_set = "B" if value == _CODE_B else "A"
        elif value < 96:
            character = value + 32 if current == "B" or value < 64 else value - 64
            text.append(chr(character + 128 * (latched != high)))
            high = False
        elif value == _SHIFT:
            shifted = "B" if current == "A" else "A"
        elif value == _CODE_C:
            code_set = "C"
        elif (value == _CODE_B and current == "B") or (value == _CODE_A and current == "A"):  # FNC4
            latched, high = (not latched, False) if high else (latched, True)
        elif value in (_CODE_A, _CODE_B):
            code_set = "A" if value == _CODE_A else "B"
    return Told("".join(text), Symbology.CODE_128, gs1) if text else None
