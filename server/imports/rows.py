"""Reads the rows of a sheet: each non-empty cell gets an outcome, and nothing is guessed."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Mapping as Mapped
from dataclasses import dataclass, field
from enum import StrEnum

from imports.cells import Sheet
from imports.header import Mapping
from imports.values import Field, Outcome, Problem, Question, Value


class RowKind(StrEnum):
    """What a row is; only products become rows of the register."""

    PRODUCT = "product"
    TITLE = "title"
    HEADER = "header"
    SECTION = "section"
    SUBTOTAL = "subtotal"
    SIGNATURE = "signature"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class ReadRow:
    """One row of the sheet, or one of the products the person split it into (`part` counts them from 0).

    `cells` are its own texts, `outcomes` what became of each (None for an empty cell). `values` holds what was taken
    and what waits; `carried` names the fields that came from rows above.
    """

    number: int
    kind: RowKind
    cells: tuple[str, ...]
    outcomes: tuple[Outcome | None, ...] = ()
    values: Mapped[Field, Value] = field(default_factory=dict)
    carried: tuple[Field, ...] = ()
    problems: tuple[Problem, ...] = ()
    hidden: bool = False
    part: int = 0

    @property
    def waiting(self) -> tuple[Field, ...]:
        """The fields whose cell is proposed, asked or refused: a person decides before they say anything."""
        waits = {Outcome.PROPOSED, Outcome.ASKED, Outcome.REFUSED}
        return tuple(name for name, value in self.values.items() if value.outcome in waits)


@dataclass(frozen=True, slots=True)
class Reading:
    """A read sheet: all its rows with something in them in order, and what is asked once for a column."""

    rows: tuple[ReadRow, ...]
    questions: tuple[Question, ...] = ()
    problems: tuple[Problem, ...] = ()


def read_rows(
    sheet: Sheet,
    mapping: Mapping,
    answers: Mapped[str, str] | None = None,
    title: Mapped[Field, Value] | None = None,
    on_row: Callable[[int], None] | None = None,
) -> Reading:
    """Read the rows below the header.

    `answers` are the person's, by key: "day_order:7" is "dmy" or "mdy" for column 7; "cell:12:gtin" the text that stands
    in place of row 12's cell ("" empties it), "cell:12.1:name" for the second part of a split row; "split:12" is "yes"
    or "no". `title` is what the rows above the header say for all rows. `on_row` is called now and then with the number
    of rows done; what it raises ends the reading.
    """
    raise NotImplementedError
