"""From modules to codewords: removes the borders, undoes the standard's placement, and corrects each block."""

from __future__ import annotations

from functools import cache

import numpy as np
import numpy.typing as npt

from services.decoding.data_matrix.sizes import Size
from services.decoding.reed_solomon import DATA_MATRIX, correct

Modules = npt.NDArray[np.bool_]


def border(size: Size) -> tuple[Modules, Modules]:
    """Which modules of a symbol are finder or timing pattern, and which modules these make dark."""
    height, width = (side + 2 for side in size.region)
    fixed, dark = np.zeros((2, height, width), bool)
    fixed[[0, -1]] = True
    fixed[:, [0, -1]] = True
    dark[0, ::2] = True
    dark[1::2, -1] = True
    dark[:, 0] = True
    dark[-1] = True
    return np.tile(fixed, (size.down, size.across)), np.tile(dark, (size.down, size.across))


def codewords(modules: Modules, size: Size) -> npt.NDArray[np.uint8]:
    """The codewords of a symbol in their order, data before checks. `modules` is true where dark, borders included."""
    height, width = size.region
    regions = modules.reshape(size.down, height + 2, size.across, width + 2)[:, 1:-1, :, 1:-1]
    bits = regions.reshape(-1)[_positions(*size.matrix)]
    return np.packbits(bits, axis=1)[:, 0]


def corrected(received: npt.NDArray[np.uint8], size: Size) -> tuple[npt.NDArray[np.uint8], list[int]] | None:
    """The data codewords, and how many errors were corrected in each block; None where a block cannot be corrected."""
    for first in {0, size.data % size.blocks}:  # they differ only in 144 x 144
        data, errors = np.zeros(size.data, np.uint8), []
        for block in range(size.blocks):
            theirs = received[size.data + (block - first) % size.blocks :: size.blocks]
            ours = received[block : size.data : size.blocks]
            done = correct(np.concatenate([ours, theirs]), size.checks // size.blocks, DATA_MATRIX)
            if done is None:
                break
            data[block :: size.blocks] = done[0][: ours.size]
            errors.append(done[1])
        else:
            return data, errors
    return None


@cache
def _positions(rows: int, columns: int) -> npt.NDArray[np.intp]:
    """The flat positions of each codeword's eight bits in the mapping matrix, highest bit first.

    The program of ISO/IEC 16022:2006, annex F.1, with codewords counted from 0.
    """
    taken = np.zeros((rows, columns), bool)
    positions: list[list[int]] = []

    def put(*bits: tuple[int, int]) -> None:
        codeword = []
        for bit_row, bit_column in bits:
            r, c = bit_row, bit_column
            if r < 0:
                r, c = r + rows, c + 4 - (rows + 4) % 8
            if c < 0:
                r, c = r + 4 - (columns + 4) % 8, c + columns
            if r >= rows:  # wraps in the rectangular extension only (ISO/IEC 21471)
                r -= rows
            taken[r, c] = True
            codeword.append(r * columns + c)
        positions.append(codeword)

    def utah(r: int, c: int) -> None:
        put((r - 2, c - 2), (r - 2, c - 1), (r - 1, c - 2), (r - 1, c - 1), (r - 1, c), (r, c - 2), (r, c - 1), (r, c))

    end, last = rows - 1, columns - 1
    row, column = 4, 0
    while True:
        if row == rows and column == 0:
            put((end, 0), (end, 1), (end, 2), (0, last - 1), (0, last), (1, last), (2, last), (3, last))
        if row == rows - 2 and column == 0 and columns % 4:
            put((end - 2, 0), (end - 1, 0), (end, 0), (0, last - 3), (0, last - 2), (0, last - 1), (0, last), (1, last))
        if row == rows - 2 and column == 0 and columns % 8 == 4:
            put((end - 2, 0), (end - 1, 0), (end, 0), (0, last - 1), (0, last), (1, last), (2, last), (3, last))
        if row == rows + 4 and column == 2 and columns % 8 == 0:
            put((end, 0), (end, last), (0, last - 2), (0, last - 1), (0, last), (1, last - 2), (1, last - 1), (1, last))
        while True:
            if row < rows and column >= 0 and not taken[row, column]:
                utah(row, column)
            row, column = row - 2, column + 2
            if row < 0 or column >= columns:
                break
        row, column = row + 1, column + 3
        while True:
            if row >= 0 and column < columns and not taken[row, column]:
                utah(row, column)
            row, column = row + 2, column - 2
            if row >= rows or column < 0:
                break
        row, column = row + 3, column + 1
        if row >= rows and column >= columns:
            break
    return np.array(positions, np.intp)
