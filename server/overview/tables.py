"""Figures and tables as plain values: what is shown, written to a file, and where the records behind a figure are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

Value = str | int | date | datetime | None


@dataclass(frozen=True)
class Cell:
    """A value, and the address of the records that it counts or names; "" where there is none."""

    value: Value
    address: str = ""

    @property
    def is_number(self) -> bool:
        """Whether it stands at the right, so that numbers stand below each other."""
        return isinstance(self.value, int)


@dataclass(frozen=True)
class Table:
    """One table of the page. `name` is what its files are called; the first cell of a row names the row."""

    name: str
    title: str
    columns: tuple[str, ...]
    rows: Sequence[tuple[Cell, ...]]


@dataclass(frozen=True)
class Figure:
    """A number that leads to what it counts. `note` is a few words beneath it; `late`: somebody has waited too long."""

    label: str
    value: str
    address: str
    icon: str
    note: str = ""
    late: bool = False
