"""Writes the lines of audits as a table: days as days, GTINs as text, and nothing that a spreadsheet would compute."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from services.audits.audit import Line
from services.register.certificates import VIETNAM
from services.tables import Cell, csv_cells, xlsx_table

COLUMNS = (
    "shelf", "name", "own_name", "producer", "gtin", "text", "klass", "verdict", "to_do", "quantity", "times", "lot",
    "expiry", "expiry_by", "price", "stars_label", "shows_mark", "input", "first_seen", "last_seen", "done", "done_at",
)  # fmt: skip
"""The columns, in their order."""

SAID = ("klass", "verdict", "to_do", "expiry_by", "shows_mark", "input", "done")
"""The columns whose cells are words in the person's language."""

Say = Callable[[str, Line], str]
"""Gives the words of one of the columns in SAID for a line; "" for nothing."""


def audit_rows(lines: Sequence[Line], titles: Mapping[str, str], say: Say) -> list[Mapping[str, Cell]]:
    """The lines as rows of a table, a row of nothing where there is no line; `titles` are those of COLUMNS."""
    rows: list[Mapping[str, Cell]] = [
        {titles[column]: say(column, line) if column in SAID else _cell(column, line) for column in COLUMNS}
        for line in lines
    ]
    return rows or [dict.fromkeys(titles[column] for column in COLUMNS)]


def audit_table(lines: Sequence[Line], titles: Mapping[str, str], say: Say, kind: str) -> bytes:
    """The lines as a file; `kind` is `csv` or `xlsx`."""
    rows = audit_rows(lines, titles, say)
    return xlsx_table(rows) if kind == "xlsx" else csv_cells(rows)


def _cell(column: str, line: Line) -> Cell:
    match column:
        case "name":
            return line.product.name if line.product else None
        case "producer":
            return line.product.producer if line.product else None
        case "first_seen":
            return _moment(line.at)
        case "last_seen":
            return _moment(line.last_at)
        case "done_at":
            return _moment(line.done.at) if line.done else None
    cell: Cell = getattr(line, column)
    return cell


def _moment(moment: datetime) -> datetime:
    """The moment as a clock in Vietnam shows it: tables know no zones."""
    return moment.astimezone(VIETNAM).replace(tzinfo=None, microsecond=0)
