"""What ISO/IEC 18004:2015 defines for each version of a QR Code: sizes, blocks, and modules that carry no data."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt

Modules = npt.NDArray[np.bool_]

LARGEST = 40

# Check codewords in each block, and the number of blocks, of version 1 to 40 (table 9), at level L, M, Q and H.
_CHECKS = (
    (7, 10, 15, 20, 26, 18, 20, 24, 30, 18, 20, 24, 26, 30, 22, 24, 28, 30, 28, 28,
     28, 28, 30, 30, 26, 28, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30),
    (10, 16, 26, 18, 24, 16, 18, 22, 22, 26, 30, 22, 22, 24, 24, 28, 28, 26, 26, 26,
     26, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28),
    (13, 22, 18, 26, 18, 24, 18, 22, 20, 24, 28, 26, 24, 20, 30, 24, 28, 28, 26, 30,
     28, 30, 30, 30, 30, 28, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30),
    (17, 28, 22, 16, 22, 28, 26, 26, 24, 28, 24, 28, 22, 24, 24, 30, 28, 28, 26, 28,
     30, 24, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30),
)  # fmt: skip
_BLOCKS = (
    (1, 1, 1, 1, 1, 2, 2, 2, 2, 4, 4, 4, 4, 4, 6, 6, 6, 6, 7, 8,
     8, 9, 9, 10, 12, 12, 12, 13, 14, 15, 16, 17, 18, 19, 19, 20, 21, 22, 24, 25),
    (1, 1, 1, 2, 2, 4, 4, 4, 5, 5, 5, 8, 9, 9, 10, 10, 11, 13, 14, 16,
     17, 17, 18, 20, 21, 23, 25, 26, 28, 29, 31, 33, 35, 37, 38, 40, 43, 45, 47, 49),
    (1, 1, 2, 2, 4, 4, 6, 6, 8, 8, 8, 10, 12, 16, 12, 17, 16, 18, 21, 20,
     23, 23, 25, 27, 29, 34, 34, 35, 38, 40, 43, 45, 48, 51, 53, 56, 59, 62, 65, 68),
    (1, 1, 2, 4, 4, 4, 5, 6, 8, 8, 11, 11, 16, 16, 18, 16, 19, 21, 25, 25,
     25, 34, 30, 32, 35, 37, 40, 42, 45, 48, 51, 54, 57, 60, 63, 66, 70, 74, 77, 81),
)  # fmt: skip
# Check codewords kept back to tell a wrong correction from a right one (table 9, footnote), by level and version.
_KEPT = {(0, 1): 3, (1, 1): 2, (2, 1): 1, (3, 1): 1, (0, 2): 2, (0, 3): 1}


@dataclass(frozen=True)
class Blocks:
    """How the codewords of a symbol are divided: the data codewords of each block, and the check codewords after them.

    `correctable` is how many wrong codewords of a block may be corrected.
    """

    data: tuple[int, ...]
    checks: int
    correctable: int


def dimension(version: int) -> int:
    """Modules along a side."""
    return 17 + 4 * version


@cache
def blocks(version: int, level: int) -> Blocks:
    """The error correction blocks; `level` is 0 for L, 1 for M, 2 for Q and 3 for H."""
    total = int((~fixed(version)[0]).sum()) // 8
    number, checks = _BLOCKS[level][version - 1], _CHECKS[level][version - 1]
    short, longer = divmod(total, number)
    sizes = tuple(short - checks + (block >= number - longer) for block in range(number))
    return Blocks(sizes, checks, (checks - _KEPT.get((level, version), 0)) // 2)


@cache
def alignments(version: int) -> tuple[tuple[int, int], ...]:
    """The rows and columns of the middles of the alignment patterns (annex E)."""
    if version == 1:
        return ()
    last, number = dimension(version) - 7, version // 7 + 2
    step = 26 if version == 32 else (version * 4 + number * 2 + 1) // (number * 2 - 2) * 2
    lines = [6, *(last - step * back for back in reversed(range(number - 1)))]
    corners = ((6, 6), (6, last), (last, 6))
    return tuple((row, column) for row in lines for column in lines if (row, column) not in corners)


@cache
def fixed(version: int) -> tuple[Modules, Modules]:
    """Which modules carry no data, and which modules of the whole symbol are certainly dark.

    Format and version information carry no data, and are given as light: see `known`.
    """
    side = dimension(version)
    taken, dark = np.zeros((2, side, side), bool)
    taken[6], taken[:, 6] = True, True
    dark[6, ::2], dark[::2, 6] = True, True
    taken[:9, :9], taken[:9, -8:], taken[-8:, :9] = True, True, True
    finder = np.pad(np.pad(np.pad(np.ones((3, 3), bool), 1), 1, constant_values=True), 1)
    dark[:8, :8], dark[:8, -8:], dark[-8:, :8] = finder[1:, 1:], finder[1:, :-1], finder[:-1, 1:]
    dark[side - 8, 8] = True
    small = np.pad(np.pad(np.ones((1, 1), bool), 1), 1, constant_values=True)
    for row, column in alignments(version):
        taken[row - 2 : row + 3, column - 2 : column + 3] = True
        dark[row - 2 : row + 3, column - 2 : column + 3] = small
    if version >= 7:
        taken[:6, -11:-8], taken[-11:-8, :6] = True, True
    return taken, dark


@cache
def known(version: int) -> tuple[Modules, Modules]:
    """Which modules are the same in every symbol of a version, and which modules are dark; with version information."""
    taken, dark = (array.copy() for array in fixed(version))
    for positions in format_positions(version):
        taken[positions] = False
    if version >= 7:
        word = version_words()[version - 7]
        for positions in version_positions(version):
            dark[positions] = word
    return taken, dark


Positions = tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]


@cache
def format_positions(version: int) -> tuple[Positions, Positions]:
    """Rows and columns of both copies of the format information, the highest bit first (figure 25)."""
    side = dimension(version)
    around = [0, 1, 2, 3, 4, 5, 7, 8]
    first = ([8] * 8 + [7, 5, 4, 3, 2, 1, 0], [*around, *([8] * 7)])
    second = ([side - 1 - back for back in range(7)] + [8] * 8, [8] * 7 + [side - 8 + on for on in range(8)])
    return _positions(*first), _positions(*second)


@cache
def version_positions(version: int) -> tuple[Positions, Positions]:
    """Rows and columns of both copies of the version information, the highest bit first (figure 28)."""
    side = dimension(version)
    long = [bit // 3 for bit in reversed(range(18))]
    short = [side - 11 + bit % 3 for bit in reversed(range(18))]
    return _positions(long, short), _positions(short, long)


def _positions(rows: list[int], columns: list[int]) -> Positions:
    return np.array(rows, np.intp), np.array(columns, np.intp)


def _remainder(value: int, generator: int) -> int:
    """The remainder of a polynomial over GF(2) divided by another."""
    while value.bit_length() >= generator.bit_length():
        value ^= generator << value.bit_length() - generator.bit_length()
    return value


@cache
def format_words() -> Modules:
    """The bits of the 32 format informations, masked as printed (annex C); row n is format n."""
    words = [(n << 10 | _remainder(n << 10, 0x537)) ^ 0x5412 for n in range(32)]
    return np.array([[word >> bit & 1 for bit in reversed(range(15))] for word in words], bool)


@cache
def version_words() -> Modules:
    """The bits of the version informations of versions 7 to 40 (annex D)."""
    words = [n << 12 | _remainder(n << 12, 0x1F25) for n in range(7, LARGEST + 1)]
    return np.array([[word >> bit & 1 for bit in reversed(range(18))] for word in words], bool)


@cache
def order(version: int) -> npt.NDArray[np.intp]:
    """The flat positions of the data modules in the order of the codewords (7.7.3), without the remainder bits."""
    side = dimension(version)
    free = ~fixed(version)[0]
    pairs = [column for column in range(side - 1, 0, -2) if column > 6] + [5, 3, 1]
    rows, columns = [], []
    for number, right in enumerate(pairs):
        way = np.arange(side)[:: 1 if number % 2 else -1]
        rows.append(np.repeat(way, 2))
        columns.append(np.tile([right, right - 1], side))
    row, column = np.concatenate(rows), np.concatenate(columns)
    positions = (row * side + column)[free[row, column]]
    return np.asarray(positions[: positions.size // 8 * 8], np.intp)


@cache
def mask(version: int, pattern: int) -> Modules:
    """Which modules the data mask inverts (table 10)."""
    i, j = np.indices((dimension(version),) * 2)
    match pattern:
        case 0:
            rule = (i + j) % 2
        case 1:
            rule = i % 2
        case 2:
            rule = j % 3
        case 3:
            rule = (i + j) % 3
        case 4:
            rule = (i // 2 + j // 3) % 2
        case 5:
            rule = i * j % 2 + i * j % 3
        case 6:
            rule = (i * j % 2 + i * j % 3) % 2
        case _:
            rule = ((i + j) % 2 + i * j % 3) % 2
    return np.asarray((rule == 0) & ~fixed(version)[0])
