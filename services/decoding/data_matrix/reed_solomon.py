"""Reed-Solomon error correction over GF(256) as Data Matrix uses it (ISO/IEC 16022:2006, 5.7 and annex E).

The field is built on x^8 + x^5 + x^3 + x^2 + 1; the generator polynomial's roots are 2^1 to 2^n for n check codewords.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

_POLYNOMIAL = 0x12D
_ORDER = 255


def _tables() -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    powers, logarithms = np.zeros(2 * _ORDER, np.int64), np.zeros(256, np.int64)
    value = 1
    for exponent in range(_ORDER):
        powers[exponent] = powers[exponent + _ORDER] = value
        logarithms[value] = exponent
        value = value << 1 ^ (_POLYNOMIAL if value & 0x80 else 0)
    return powers, logarithms


_POWERS, _LOGARITHMS = _tables()
_POWER: list[int] = _POWERS.tolist()
_LOG: list[int] = _LOGARITHMS.tolist()


def _times(a: int, b: int) -> int:
    return _POWER[_LOG[a] + _LOG[b]] if a and b else 0


def _evaluate(polynomial: list[int], logarithms: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """The values of a polynomial (lowest degree first) at the points whose logarithms are given."""
    coefficients = np.array(polynomial, np.int64)
    degrees = np.flatnonzero(coefficients)
    if not degrees.size:
        return np.zeros(logarithms.shape, np.int64)
    exponents = (_LOGARITHMS[coefficients[degrees]][:, None] + degrees[:, None] * logarithms[None, :]) % _ORDER
    return np.asarray(np.bitwise_xor.reduce(_POWERS[exponents], axis=0))


def correct(received: npt.NDArray[np.uint8], checks: int) -> tuple[npt.NDArray[np.uint8], int] | None:
    """The codewords with their errors put right, and how many there were; None where they cannot be put right.

    `received` is one block, data before its `checks` check codewords. At most checks // 2 errors are corrected, and
    only where the result is a codeword of the code: its syndromes are computed again.
    """
    length = received.size
    syndromes = _syndromes(received, checks)
    if not any(syndromes):
        return received.copy(), 0
    locator = _locator(syndromes)
    errors = len(locator) - 1
    if not 0 < errors <= checks // 2:
        return None
    positions = np.arange(length)  # of a codeword, counted from the last one: its locator is 2^position
    roots = positions[_evaluate(locator, -positions % _ORDER) == 0]
    if roots.size != errors:
        return None
    evaluator = [0] * checks
    for degree in range(checks):
        for shift in range(min(degree, errors) + 1):
            evaluator[degree] ^= _times(locator[shift], syndromes[degree - shift])
    # Forney: with roots from 2^1 on, the error is evaluator / derivative at the inverse of the locator.
    derivative = [c if degree % 2 == 0 else 0 for degree, c in enumerate(locator[1:])]
    over, under = _evaluate(evaluator, -roots % _ORDER), _evaluate(derivative, -roots % _ORDER)
    if not np.all(under) or not np.all(over):
        return None
    corrected = received.copy()
    corrected[length - 1 - roots] ^= _POWERS[(_LOGARITHMS[over] - _LOGARITHMS[under]) % _ORDER].astype(np.uint8)
    return (corrected, errors) if not any(_syndromes(corrected, checks)) else None


def _syndromes(received: npt.NDArray[np.uint8], checks: int) -> list[int]:
    values: list[int] = _evaluate(received[::-1].tolist(), np.arange(1, checks + 1)).tolist()
    return values


def _locator(syndromes: list[int]) -> list[int]:
    """Berlekamp-Massey: the shortest polynomial (lowest degree first) that generates the syndromes."""
    current, previous = [1], [1]
    length, gap, last = 0, 1, 1
    for step, syndrome in enumerate(syndromes):
        discrepancy = syndrome
        for degree in range(1, min(length, len(current) - 1) + 1):
            discrepancy ^= _times(current[degree], syndromes[step - degree])
        if not discrepancy:
            gap += 1
            continue
        factor = _times(discrepancy, _POWER[_ORDER - _LOG[last]])
        correction = [0] * gap + [_times(factor, c) for c in previous]
        width = max(len(current), len(correction))
        combined = [
            (current[i] if i < len(current) else 0) ^ (correction[i] if i < len(correction) else 0)
            for i in range(width)
        ]
        if 2 * length <= step:
            previous, last, length, gap = current, discrepancy, step + 1 - length, 1
        else:
            gap += 1
        current = combined
    while len(current) > 1 and not current[-1]:
        current.pop()
    return current if len(current) - 1 == length else [1]
