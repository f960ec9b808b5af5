"""Lays the communes of Quảng Ninh out as tiles, each about where it lies, so that neighbours stand near each other.

The places are read from a map by eye. They are no measure of distance, area or border.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

COLUMNS, ROWS = 16, 7
AT: Mapping[str, tuple[int, int]] = {
    # Đông Triều, Uông Bí
    "07090": (0, 3), "07081": (1, 3), "07093": (0, 4), "07069": (1, 4), "07114": (2, 4),
    "06832": (2, 3), "06820": (3, 3), "06811": (3, 4),
    # Quảng Yên
    "07135": (4, 4), "07132": (2, 5), "07147": (3, 5), "07168": (4, 5), "07183": (2, 6), "07180": (3, 6),
    # Hạ Long
    "07054": (4, 3), "07030": (5, 3), "07060": (6, 3), "06661": (5, 4), "06658": (6, 4), "06676": (7, 4),
    "06652": (8, 4), "06706": (5, 5), "06673": (6, 5), "06685": (7, 5), "06688": (8, 5),
    # Cẩm Phả
    "06760": (9, 3), "06799": (10, 3), "06778": (9, 4), "06793": (10, 4), "06781": (11, 4),
    # Ba Chẽ
    "06985": (7, 2), "06979": (7, 3), "06970": (8, 3),
    # Tiên Yên
    "06874": (8, 2), "06862": (9, 1), "06877": (10, 1), "06886": (9, 2),
    # Bình Liêu
    "06838": (9, 0), "06856": (10, 0), "06841": (11, 0),
    # Đầm Hà, Hải Hà
    "06913": (11, 1), "06895": (11, 2), "06931": (12, 0), "06946": (12, 1), "06922": (12, 2), "06967": (13, 3),
    # Móng Cái
    "06724": (13, 0), "06733": (13, 1), "06736": (14, 1), "06709": (15, 1), "06712": (15, 2), "06757": (14, 3),
    # Vân Đồn, Cô Tô
    "06994": (12, 5), "07192": (14, 5),
}  # fmt: skip
"""The column, from the west, and the row, from the north, of each commune, by its code."""


@dataclass(frozen=True)
class Tile:
    """One commune as it is drawn: its name in lines, and `level`, the depth of its colour from 0 to 3.

    `count` is None where places are marked and not counted.
    """

    name: str
    lines: tuple[str, ...]
    column: int
    row: int
    count: int | None
    level: int
    address: str

    @property
    def told(self) -> str:
        """What a screen reader says of it."""
        return self.name if self.count is None else f"{self.name}: {self.count}"


def tiles(communes: Mapping[str, str], counts: Mapping[str, int], addresses: Mapping[str, str]) -> list[Tile]:
    """The communes with a number each, the deeper in colour the greater it is against the greatest.

    All three are by the communes' codes. A commune that has no place here is left to the table beside the drawing.
    """
    most = max((counts.get(code, 0) for code in communes if code in AT), default=0)
    made = (
        _tile(code, name, count := counts.get(code, 0), level_of(count, most), addresses.get(code, ""))
        for code, name in communes.items()
        if code in AT
    )
    return sorted(made, key=_place)


def marked(communes: Mapping[str, str], here: Collection[str]) -> list[Tile]:
    """The communes with some of them marked, by their codes."""
    made = (_tile(code, name, None, 3 if code in here else 0, "") for code, name in communes.items() if code in AT)
    return sorted(made, key=_place)


def _tile(code: str, name: str, count: int | None, level: int, address: str) -> Tile:
    column, row = AT[code]
    return Tile(name, tuple(_bare(name).split(" ", 1)), column, row, count, level, address)


def _place(tile: Tile) -> tuple[int, int]:
    return tile.row, tile.column


def level_of(count: int, most: int) -> int:
    """The depth of colour of a number, in thirds of the greatest.

    >>> [level_of(n, 9) for n in (0, 1, 3, 4, 6, 7, 9)]
    [0, 1, 1, 2, 2, 3, 3]
    """
    return 0 if count <= 0 else min(3, -(-3 * count // max(most, 3)))


def _bare(name: str) -> str:
    """A commune's name without its kind."""
    return name.removeprefix("phường ").removeprefix("xã ").removeprefix("đặc khu ")
