"""The sizes a Data Matrix comes in, and what each holds (ISO/IEC 16022:2006 table 7, ISO/IEC 21471:2020 table 1)."""

from __future__ import annotations

from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Size:
    """One size, in modules, including finder and timing patterns, without the quiet zone.

    The symbol is made of `down` x `across` regions, each with a border of its own. `data` and `checks` are codewords of
    the whole symbol, which is interleaved into `blocks` Reed-Solomon blocks.
    """

    rows: int
    columns: int
    down: int
    across: int
    data: int
    checks: int
    blocks: int = 1

    @property
    def region(self) -> tuple[int, int]:
        """Rows and columns of one region without its border."""
        return self.rows // self.down - 2, self.columns // self.across - 2

    @property
    def matrix(self) -> tuple[int, int]:
        """Rows and columns of the mapping matrix: all regions pushed together."""
        height, width = self.region
        return height * self.down, width * self.across


_SQUARE = [
    (10, 1, 3, 5, 1), (12, 1, 5, 7, 1), (14, 1, 8, 10, 1), (16, 1, 12, 12, 1), (18, 1, 18, 14, 1), (20, 1, 22, 18, 1),
    (22, 1, 30, 20, 1), (24, 1, 36, 24, 1), (26, 1, 44, 28, 1), (32, 2, 62, 36, 1), (36, 2, 86, 42, 1),
    (40, 2, 114, 48, 1), (44, 2, 144, 56, 1), (48, 2, 174, 68, 1), (52, 2, 204, 84, 2), (64, 4, 280, 112, 2),
    (72, 4, 368, 144, 4), (80, 4, 456, 192, 4), (88, 4, 576, 224, 4), (96, 4, 696, 272, 4), (104, 4, 816, 336, 6),
    (120, 6, 1050, 408, 6), (132, 6, 1304, 496, 8), (144, 6, 1558, 620, 10),
]  # fmt: skip

_RECTANGULAR = [
    (8, 18, 1, 5, 7), (8, 32, 2, 10, 11), (12, 26, 1, 16, 14), (12, 36, 2, 22, 18), (16, 36, 2, 32, 24),
    (16, 48, 2, 49, 28),
]  # fmt: skip

# The rectangular extension, DMRE.
_EXTENSION = [
    (8, 48, 2, 18, 15), (8, 64, 4, 24, 18), (8, 80, 4, 32, 22), (8, 96, 4, 38, 28), (8, 120, 6, 49, 32),
    (8, 144, 6, 63, 36), (12, 64, 4, 43, 27), (12, 88, 4, 64, 36), (16, 64, 4, 62, 36), (20, 36, 2, 44, 28),
    (20, 44, 2, 56, 34), (20, 64, 4, 84, 42), (22, 48, 2, 72, 38), (24, 48, 2, 80, 41), (24, 64, 4, 108, 46),
    (26, 40, 2, 70, 38), (26, 48, 2, 90, 42), (26, 64, 4, 118, 50),
]  # fmt: skip

SIZES: dict[tuple[int, int], Size] = {
    (size.rows, size.columns): size
    for size in (
        *(Size(side, side, n, n, data, checks, blocks) for side, n, data, checks, blocks in _SQUARE),
        *(Size(rows, columns, 1, n, data, checks) for rows, columns, n, data, checks in _RECTANGULAR + _EXTENSION),
    )
}

MIRRORED: dict[tuple[int, int], Size] = {
    (size.columns, size.rows): replace(size, rows=size.columns, columns=size.rows, down=size.across, across=size.down)
    for size in SIZES.values()
    if size.rows != size.columns
}
"""Rectangular sizes as they lie in a mirror, where a symbol's solid sides still meet at the bottom left."""
