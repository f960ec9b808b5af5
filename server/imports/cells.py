"""A spreadsheet as it was handed in: sheets, rows and cells with the person's own texts, before anything is read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from imports.values import Problem


class Kind(StrEnum):
    """What the file says a cell holds."""

    EMPTY = "empty"
    TEXT = "text"
    NUMBER = "number"
    DATE = "date"
    BOOLEAN = "boolean"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell. `text` is what it holds as a person sees it, with its spaces and in its own letters.

    `number` is the stored number; `shown` whether its number format shows all its digits. `date` is the day of a cell
    that the file itself holds as a day. `merged_from` is the row number and column of the cell this one is merged into.
    `formula` tells that a formula stands here: its kept result was read, and nothing was computed. `mark` is "red" or
    "struck" where the text is set so; `letters` the old coding that its font names ("TCVN3", "VNI").
    """

    text: str = ""
    kind: Kind = Kind.EMPTY
    number: int | float | None = None
    date: date | None = None
    merged_from: tuple[int, int] | None = None
    hidden: bool = False
    formula: bool = False
    shown: bool = True
    mark: str = ""
    letters: str = ""


NOTHING = Cell()


@dataclass(frozen=True, slots=True)
class Row:
    """One row with something in it; `number` counts from 1, as the spreadsheet shows it."""

    number: int
    cells: tuple[Cell, ...]
    hidden: bool = False

    def cell(self, column: int) -> Cell:
        """The cell in a column, counted from 0; an empty one behind the row's end."""
        return self.cells[column] if 0 <= column < len(self.cells) else NOTHING


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet with its rows in order; rows and cells behind the last one with something in it are not there.

    `knows_days` tells that the file says from which day its serial numbers count, and `since_1904` which of the two.
    """

    name: str
    rows: tuple[Row, ...] = ()
    hidden: bool = False
    hidden_columns: frozenset[int] = frozenset()
    knows_days: bool = False
    since_1904: bool = False


@dataclass(frozen=True, slots=True)
class Book:
    """A file's sheets; the person chooses one where several hold something. `notes` tell what was done to read it."""

    sheets: tuple[Sheet, ...]
    notes: tuple[Problem, ...] = ()


class Unreadable(Exception):
    """A file that is refused whole; `problem` has its reason."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.code)
        self.problem = problem
