"""EAN-13 with UPC-A, EAN-8 and UPC-E (GS1 General Specifications 5.2.1 and 5.2.2)."""

from __future__ import annotations

from functools import cache

import numpy as np

from services.decoding.linear.layout import Alphabet, Layout, Told, bars_of_modules
from services.decoding.symbol import Symbology

SET_A = ("0001101", "0011001", "0010011", "0111101", "0100011", "0110001", "0101111", "0111011", "0110111", "0001011")
SET_C = tuple("".join("10"[int(bit)] for bit in a) for a in SET_A)
SET_B = tuple(c[::-1] for c in SET_C)
_LEFT = Alphabet(tuple(bars_of_modules(m) for m in SET_A + SET_B), 7)
_RIGHT = Alphabet(tuple(bars_of_modules(m) for m in SET_C), 7)
_DIGITS = np.arange(10)
PARITY_13 = ("AAAAAA", "AABABB", "AABBAB", "AABBBA", "ABAABB", "ABBAAB", "ABBBAA", "ABABAB", "ABABBA", "ABBABA")
"""Number sets of the left half, by the first digit."""
_PARITY_0 = ("BBBAAA", "BBABAA", "BBAABA", "BBAAAB", "BABBAA", "BAABBA", "BAAABB", "BABABA", "BABAAB", "BAABAB")
PARITY_E = (_PARITY_0, tuple(parity.translate(str.maketrans("AB", "BA")) for parity in _PARITY_0))
"""Number sets of number systems 0 and 1, each by the check digit."""


@cache
def ean_13() -> Layout:
    """EAN-13 and UPC-A: the hypothesis is the first digit, which the parity of the left half encodes."""
    choices = np.zeros((10, 12, 10), np.int64) + _DIGITS
    for first, parity in enumerate(PARITY_13):
        for slot, letter in enumerate(parity):
            choices[first, slot] += 10 * (letter == "B")
    weights = np.array([3, 1] * 6)

    def tell(hypothesis: int, code: list[int]) -> Told:
        digits = "".join(map(str, [hypothesis, *code]))
        return Told(digits[1:], Symbology.UPC_A) if hypothesis == 0 else Told(digits, Symbology.EAN_13)

    return Layout(
        modules=95,
        guards=bars_of_modules("101") + bars_of_modules("01010", 45) + bars_of_modules("101", 92),
        starts=(*range(3, 45, 7), *range(50, 92, 7)),
        alphabets=(_LEFT,) * 6 + (_RIGHT,) * 6,
        choices=choices,
        sums=np.broadcast_to(weights[None, :, None] * _DIGITS, (10, 12, 10)) % 10,
        target=-_DIGITS % 10,
        modulus=10,
        tell=tell,
    )


@cache
def ean_8() -> Layout:
    """EAN-8: four digits of set A, four of set C."""
    weights = np.array([3, 1] * 4)
    return Layout(
        modules=67,
        guards=bars_of_modules("101") + bars_of_modules("01010", 31) + bars_of_modules("101", 64),
        starts=(*range(3, 31, 7), *range(36, 64, 7)),
        alphabets=(_LEFT,) * 4 + (_RIGHT,) * 4,
        choices=np.zeros((1, 8, 10), np.int64) + _DIGITS,
        sums=(weights[None, :, None] * _DIGITS) % 10,
        target=np.zeros(1, np.int64),
        modulus=10,
        tell=lambda _, code: Told("".join(map(str, code)), Symbology.EAN_8),
    )


@cache
def upc_e() -> Layout:
    """UPC-E: parity encodes number system and check digit; the last digit says how the others expand to a UPC-A.

    Hypotheses: number system x check digit x the four ways to expand (last digit 0 to 2, 3, 4, 5 to 9).
    """
    spreads = ((1, 3, 3, 1, 3, 1), (1, 3, 1, 1, 3, 0), (1, 3, 1, 3, 3, 0), (1, 3, 1, 3, 1, 3))
    endings = (range(3), range(3, 4), range(4, 5), range(5, 10))
    choices = np.full((80, 6, 10), -1, np.int64)
    sums = np.zeros((80, 6, 10), np.int64)
    target = np.zeros(80, np.int64)
    for hypothesis in range(80):
        system, check, way = hypothesis // 40, hypothesis // 4 % 10, hypothesis % 4
        for slot, letter in enumerate(PARITY_E[system][check]):
            choices[hypothesis, slot] = _DIGITS + 10 * (letter == "B")
            sums[hypothesis, slot] = spreads[way][slot] * _DIGITS % 10
        others = [d for d in range(10) if d not in endings[way]]
        choices[hypothesis, 5, others] = -1
        if way:  # the standard writes such a number another way
            choices[hypothesis, way + 1, : 3 if way == 1 else 1] = -1
        target[hypothesis] = -(check + 3 * system) % 10

    def tell(hypothesis: int, code: list[int]) -> Told:
        digits = [hypothesis // 40, *code, hypothesis // 4 % 10]
        return Told("".join(map(str, digits)), Symbology.UPC_E)

    return Layout(
        modules=51,
        guards=bars_of_modules("101") + bars_of_modules("010101", 45),
        starts=tuple(range(3, 45, 7)),
        alphabets=(_LEFT,) * 6,
        choices=choices,
        sums=sums,
        target=target,
        modulus=10,
        tell=tell,
        quiet=(0, 6),  # the left half and half the middle guard of some EAN-13 look exactly like a UPC-E
    )
