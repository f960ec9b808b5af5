"""Linear symbols of trade items to print: EAN-8, UPC-A, EAN-13, ITF-14."""

from __future__ import annotations

import re
from dataclasses import dataclass

from printing.symbols import Digits, DrawnSymbol, dark_runs

RETAIL_X = 0.330
CARTON_X = 0.495
_BEARER = 2  # bearer bars where no printing plate is used (5.3.2.4)

# Number sets A, B and C (ISO/IEC 15420), and which of A and B the left half of an EAN-13 uses, by its first digit.
_A = ["0001101", "0011001", "0010011", "0111101", "0100011", "0110001", "0101111", "0111011", "0110111", "0001011"]
_C = [modules.translate(str.maketrans("01", "10")) for modules in _A]
_B = [modules[::-1] for modules in _C]
_LEFT_SETS = ["AAAAAA", "AABABB", "AABBAB", "AABBBA", "ABAABB", "ABBAAB", "ABBBAA", "ABABAB", "ABABBA", "ABBABA"]
_GUARD, _MIDDLE_GUARD = "101", "01010"
_DIGIT = 7  # modules

# Narrow (1) and wide (3) elements of Interleaved 2 of 5, and its start and stop patterns (ISO/IEC 16390).
_ELEMENTS = ["11331", "31113", "13113", "33111", "11313", "31311", "13311", "11133", "31131", "13131"]
_START, _STOP = "1111", "311"


@dataclass(frozen=True)
class _Retail:
    """The digits of an EAN or UPC symbol's halves, its bars' height (mm) and its quiet zones' widths (modules).

    `sets` has the number set of each digit of the left half. `before` is the first digit of an EAN-13, which these sets
    encode. `outside` is how many digits of each half stand beside the symbol rather than below it.
    """

    left: str
    right: str
    height: float
    quiet: tuple[int, int]
    sets: str = "AAAAAA"
    before: str = ""
    outside: int = 0


def trade_item(gtin: str) -> DrawnSymbol:
    """Draw the linear symbol of a GTIN in 14 digits: EAN-8, UPC-A, EAN-13 or ITF-14, by its length (2.1.3, 1.4.2).

    Raises ValueError where `gtin` is no GTIN.

    >>> symbol = trade_item("09521234567899")
    >>> symbol.x, symbol.width  # 37.29 mm with its quiet zones
    (0.33, 113)
    """
    if not re.fullmatch("[0-9]{14}", gtin) or sum(map(int, gtin[::2] * 3 + gtin[1::2])) % 10:
        raise ValueError(f"{gtin} is no GTIN")
    if gtin[0] != "0":
        return _itf_14(gtin)
    if gtin.startswith("000000"):
        return _retail(_Retail(gtin[6:10], gtin[10:], 18.23, (7, 7)))
    if gtin.startswith("00"):
        return _retail(_Retail(gtin[2:8], gtin[8:], 22.85, (9, 9), outside=1))
    sets = _LEFT_SETS[int(gtin[1])]
    return _retail(_Retail(gtin[2:8], gtin[8:], 22.85, (11, 7), sets, before=gtin[1]))


def _retail(kind: _Retail) -> DrawnSymbol:
    """Draw the bars, five modules longer where no digits are below them (5.2.3), and the digits (4.14)."""
    tables = {"A": _A, "B": _B}
    coded = "".join(tables[which][int(digit)] for digit, which in zip(kind.left, kind.sets, strict=False))
    coded = _GUARD + coded + _MIDDLE_GUARD + "".join(_C[int(digit)] for digit in kind.right) + _GUARD
    left, right = kind.quiet
    modules, height, size = len(coded), kind.height / RETAIL_X, 8.0
    # A half lies between its outer guard of three modules and two of the five modules of the middle guard.
    edge, middle = len(_GUARD) + _DIGIT * kind.outside, left + modules / 2
    inner = len(kind.right) - kind.outside
    halves = (
        (kind.left[kind.outside :], left + edge, middle - 2.5),
        (kind.right[:inner], middle + 2.5, left + modules - edge),
    )
    bars = tuple(
        (left + start, 0.0, width, height + (0 if any(a <= left + start < b for _, a, b in halves) else 5))
        for start, width in dark_runs([int(module) for module in coded])
    )
    baseline = height + 1 + size
    texts = []
    for text, start, end in halves:
        pitch = (end - start) / len(text)
        texts += [Digits(d, start + (i + 0.5) * pitch, baseline, size) for i, d in enumerate(text)]
    if before := kind.before + kind.left[: kind.outside]:
        texts.append(Digits(before, left - 5, baseline, size))
    if after := kind.right[inner:]:
        texts.append(Digits(after, left + modules + 5, baseline, size))
    return DrawnSymbol(RETAIL_X, left + modules + right, baseline + 1, bars, tuple(texts))


def _itf_14(gtin: str) -> DrawnSymbol:
    """Draw Interleaved 2 of 5 with quiet zones of ten modules and bearer bars."""
    pairs = zip(gtin[::2], gtin[1::2], strict=True)
    interleaved = (bar + gap for a, b in pairs for bar, gap in zip(_ELEMENTS[int(a)], _ELEMENTS[int(b)], strict=True))
    elements = _START + "".join(interleaved) + _STOP
    row = [dark for i, width in enumerate(elements) for dark in [1 - i % 2] * int(width)]
    height, size, width = 31.75 / CARTON_X, 7.0, len(row) + 20
    bars = [(10.0 + start, float(_BEARER), float(run), height) for start, run in dark_runs(row)]
    bars += [(0, 0, width, _BEARER), (0, height + _BEARER, width, _BEARER)]
    baseline = height + 2 * _BEARER + 2 + size
    spaced = f"{gtin[0]} {gtin[1:3]} {gtin[3:8]} {gtin[8:13]} {gtin[13]}"
    return DrawnSymbol(CARTON_X, width, baseline + 1, tuple(bars), (Digits(spaced, width / 2, baseline, size),))
