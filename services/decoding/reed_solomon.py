"""Reed-Solomon error correction over GF(256), as matrix symbols use it."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

_ORDER = 255


@dataclass(frozen=True, eq=False)
class ReedSolomon:
    """A code over GF(256) built on `polynomial`, with a generator whose roots are 2^first, 2^(first + 1) and so on."""

    polynomial: int
    first: int
    powers: npt.NDArray[np.int64] = field(init=False)
    logarithms: npt.NDArray[np.int64] = field(init=False)
    _power: list[int] = field(init=False)  # the same tables as lists, for single products
    _log: list[int] = field(init=False)

    def __post_init__(self) -> None:
        """Make the tables."""
        powers, logarithms = np.zeros(2 * _ORDER, np.int64), np.zeros(256, np.int64)
        value = 1
        for exponent in range(_ORDER):
            powers[exponent] = powers[exponent + _ORDER] = value
            logarithms[value] = exponent
            value = value << 1 ^ (self.polynomial if value & 0x80 else 0)
        object.__setattr__(self, "powers", powers)
        object.__setattr__(self, "logarithms", logarithms)
        object.__setattr__(self, "_power", powers.tolist())
        object.__setattr__(self, "_log", logarithms.tolist())

    def times(self, a: int, b: int) -> int:
        """The product of two elements of the field."""
        return self._power[self._log[a] + self._log[b]] if a and b else 0

    def over(self, a: int, b: int) -> int:
        """The quotient of two elements of the field, the second not 0."""
        return self._power[self._log[a] - self._log[b] + _ORDER] if a else 0

    def evaluate(self, polynomial: list[int], logarithms: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        """The values of a polynomial (lowest degree first) at the points whose logarithms are given."""
        coefficients = np.array(polynomial, np.int64)
        degrees = np.flatnonzero(coefficients)
        if not degrees.size:
            return np.zeros(logarithms.shape, np.int64)
        exponents = (self.logarithms[coefficients[degrees]][:, None] + degrees[:, None] * logarithms[None, :]) % _ORDER
        return np.asarray(np.bitwise_xor.reduce(self.powers[exponents], axis=0))


DATA_MATRIX = ReedSolomon(0x12D, 1)
"""ISO/IEC 16022:2006, 5.7 and annex E."""

QR_CODE = ReedSolomon(0x11D, 0)
"""ISO/IEC 18004:2015, 7.5 and annex A."""


def correct(
    received: npt.NDArray[np.uint8], checks: int, code: ReedSolomon
) -> tuple[npt.NDArray[np.uint8], int] | None:
    """The codewords with their errors corrected, and the number of errors; None where they cannot be corrected.

    `received` is one block, data before its `checks` check codewords. At most checks // 2 errors are corrected, and
    only if the result is a valid codeword: its syndromes are computed again.
    """
    length = received.size
    syndromes = _syndromes(received, checks, code)
    if not any(syndromes):
        return received.copy(), 0
    locator = _locator(syndromes, code)
    errors = len(locator) - 1
    if not 0 < errors <= checks // 2:
        return None
    positions = np.arange(length)  # of a codeword, counted from the last one: its locator is 2^position
    roots = positions[code.evaluate(locator, -positions % _ORDER) == 0]
    if roots.size != errors:
        return None
    evaluator = [0] * checks
    for degree in range(checks):
        for shift in range(min(degree, errors) + 1):
            evaluator[degree] ^= code.times(locator[shift], syndromes[degree - shift])
    # Forney: evaluator / derivative at the inverse of the locator, times the locator to the power of 1 - first.
    derivative = [c if degree % 2 == 0 else 0 for degree, c in enumerate(locator[1:])]
    over, under = code.evaluate(evaluator, -roots % _ORDER), code.evaluate(derivative, -roots % _ORDER)
    if not np.all(under) or not np.all(over):
        return None
    exponents = code.logarithms[over] - code.logarithms[under] + (1 - code.first) * roots
    corrected = received.copy()
    corrected[length - 1 - roots] ^= code.powers[exponents % _ORDER].astype(np.uint8)
    return (corrected, errors) if not any(_syndromes(corrected, checks, code)) else None


def _syndromes(received: npt.NDArray[np.uint8], checks: int, code: ReedSolomon) -> list[int]:
    values: list[int] = code.evaluate(received[::-1].tolist(), np.arange(code.first, code.first + checks)).tolist()
    return values


def _locator(syndromes: list[int], code: ReedSolomon) -> list[int]:
    """Berlekamp-Massey: the shortest polynomial (lowest degree first) that generates the syndromes."""
    current, previous = [1], [1]
    length, gap, last = 0, 1, 1
    for step, syndrome in enumerate(syndromes):
        discrepancy = syndrome
        for degree in range(1, min(length, len(current) - 1) + 1):
            discrepancy ^= code.times(current[degree], syndromes[step - degree])
        if not discrepancy:
            gap += 1
            continue
        factor = code.over(discrepancy, last)
        correction = [0] * gap + [code.times(factor, c) for c in previous]
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
