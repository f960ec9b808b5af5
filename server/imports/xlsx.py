"""Reads XLSX with openpyxl, and beside it what openpyxl does not tell row by row: formulas, merged and hidden cells."""

from __future__ import annotations

import io
import re
import warnings
import zipfile
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from xml.parsers import expat

import openpyxl
from openpyxl.utils.cell import column_index_from_string, coordinate_from_string, range_boundaries
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from imports.bounds import LAST_ROW, LONGEST_CELL, MOST_CELLS, MOST_SHEETS, Count, check_parts, parse
from imports.cells import NOTHING, Book, Cell, Kind, Row, Sheet, Unreadable
from imports.texts import TCVN3, VNI
from imports.values import Problem

_RED = {"FFFF0000", "00FF0000", "FFC00000"}
_DIGITS_SHOWN = re.compile(r"(?:\"[^\"]*\")?[0#](?:[0#, .\-]*[0#])?(?:_.)?(?:\"[^\"]*\")?(?:;.*)?")
_EXACT = 10**15
"""Below this a float holds each whole number exactly."""
_GENERAL_SHOWS = 10**11
"""From here on the format "General" shows a number as 1.00E+11."""


@dataclass
class _Layout:
    """What the sheet's XML tells about where things stand; rows count from 1, columns from 0."""

    filled: set[int] = field(default_factory=set)
    last_row: int = 0
    columns: int = 0
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)
    formulas: set[tuple[int, int]] = field(default_factory=set)
    merged: list[tuple[int, int, int, int]] = field(default_factory=list)


def read_xlsx(data: bytes) -> Book:
    """Read all sheets. Formulas are never computed: the result that the file keeps is read."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        check_parts(archive, lambda name: name.startswith("xl/worksheets/"))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of parts of the file that are not read
            workbook = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)
            try:
                if len(workbook.worksheets) > MOST_SHEETS:
                    raise Unreadable(Problem("file_too_many_sheets", detail=str(MOST_SHEETS)))
                count = Count()
                sheets = tuple(_sheet(workbook, one, archive, count) for one in workbook.worksheets)
            finally:
                workbook.close()
    return Book(sheets)


def _sheet(workbook: Any, source: Any, archive: zipfile.ZipFile, count: Count) -> Sheet:
    layout = _layout(archive, source._worksheet_path, count)
    merged = _spread(layout)
    styles: dict[int, tuple[str, str, str]] = {}
    rows = []
    source.reset_dimensions()
    for number, held in enumerate(source.iter_rows(max_row=layout.last_row or 1, max_col=layout.columns or 1), start=1):
        own = merged.get(number)
        if own is None and number not in layout.filled:  # openpyxl makes up each row that the file leaves out
            continue
        cells = [_cell(cell, styles, layout, number, column) for column, cell in enumerate(held)]
        for column, origin in (own or {}).items():
            if column < len(cells) and cells[column].kind is Kind.EMPTY:
                cells[column] = Cell(merged_from=origin, hidden=column in layout.hidden_columns)
        while cells and cells[-1] == NOTHING:
            cells.pop()
        if any(cell.text for cell in cells):
            rows.append(Row(number, tuple(cells), number in layout.hidden_rows))
    return Sheet(
        source.title,
        tuple(rows),
        source.sheet_state != "visible",
        frozenset(layout.hidden_columns),
        knows_days=True,
        since_1904=workbook.epoch == CALENDAR_MAC_1904,
    )


def _layout(archive: zipfile.ZipFile, path: str, count: Count) -> _Layout:
    """Pass over a sheet's XML once and count what it holds."""
    layout = _Layout()
    at = [0, -1]  # the row and the column of the element that is open

    def opened(tag: str, given: dict[str, str]) -> None:
        name = tag.rpartition(":")[2]
        if name == "row":
            before, at[0], at[1] = at[0], int(given.get("r") or at[0] + 1), -1
            if not before < at[0] <= LAST_ROW:  # no program writes so, and openpyxl would leave the row out
                raise Unreadable(Problem("file_damaged"))
            if given.get("hidden") in {"1", "true"}:
                layout.hidden_rows.add(at[0])
        elif name == "c":
            at[1] = column_index_from_string(coordinate_from_string(given["r"])[0]) - 1 if "r" in given else at[1] + 1
        elif name in {"v", "is", "f"}:
            layout.filled.add(at[0])
            layout.last_row = at[0]
            count.add(at[0], len(layout.filled), at[1])
            layout.columns = max(layout.columns, at[1] + 1)
            if name == "f":
                layout.formulas.add((at[0], at[1]))
        elif name == "mergeCell":
            left, top, right, bottom = range_boundaries(given["ref"])
            layout.merged.append((int(top or 1), int(left or 1) - 1, int(bottom or 1), int(right or 1) - 1))
        elif name == "col" and given.get("hidden") in {"1", "true"} and int(given["min"]) <= 200:
            layout.hidden_columns |= set(range(int(given["min"]) - 1, min(int(given["max"]), 200)))

    parser = expat.ParserCreate()
    parser.StartElementHandler = opened
    with archive.open(path) as source:
        parse(source, parser)
    return layout


def _spread(layout: _Layout) -> dict[int, dict[int, tuple[int, int]]]:
    """Where each merged cell's content stands, by row number and column; as far as rows have something in them."""
    spread: dict[int, dict[int, tuple[int, int]]] = {}
    spent = 0
    for top, left, bottom, right in layout.merged:
        for number in range(top, min(bottom, layout.last_row) + 1):
            for column in range(left, min(right, layout.columns - 1) + 1):
                spent += 1
                if spent > MOST_CELLS:
                    raise Unreadable(Problem("file_too_many_cells", detail=str(MOST_CELLS)))
                if (number, column) != (top, left):
                    spread.setdefault(number, {})[column] = (top, left)
    return spread


def _cell(held: Any, styles: dict[int, tuple[str, str, str]], layout: _Layout, row: int, column: int) -> Cell:
    value = held.value
    if value is None:
        return NOTHING if (row, column) not in layout.formulas else Cell(formula=True)
    style = styles.get(held._style_id)
    if style is None:
        style = styles[held._style_id] = _style(held)
    number_format, mark, letters = style
    hidden, formula = column in layout.hidden_columns, (row, column) in layout.formulas
    if isinstance(value, str):
        kind = Kind.ERROR if held.data_type == "e" else Kind.TEXT
        return Cell(value[:LONGEST_CELL], kind, hidden=hidden, formula=formula, mark=mark, letters=letters)
    if isinstance(value, bool):
        return Cell(str(value), Kind.BOOLEAN, hidden=hidden, formula=formula)
    if isinstance(value, (datetime, date)):
        day = value.date() if isinstance(value, datetime) else value
        text = f"{day:%d/%m}/{day.year:04}"
        return Cell(text, Kind.DATE, date=day, hidden=hidden, formula=formula, mark=mark)
    if not isinstance(value, (int, float)):
        return Cell(str(value), Kind.TEXT, hidden=hidden, formula=formula)
    number = int(value) if isinstance(value, float) and value.is_integer() and abs(value) < _EXACT else value
    text, shown = as_shown(number, number_format)
    return Cell(text, Kind.NUMBER, number, hidden=hidden, formula=formula, shown=shown, mark=mark)


def _style(held: Any) -> tuple[str, str, str]:
    """The number format, how the text is marked, and the old coding its font stands for."""
    font = held.font
    color = getattr(font.color, "rgb", None) if font is not None and font.color is not None else None
    mark = "struck" if font is not None and font.strike else "red" if isinstance(color, str) and color in _RED else ""
    name = str(font.name or "") if font is not None else ""
    letters = TCVN3 if name.lower().startswith(".vn") else VNI if name.lower().startswith("vni") else ""
    return str(held.number_format or "General"), mark, letters


def as_shown(number: int | float, number_format: str = "General") -> tuple[str, bool]:
    """A number as its format shows it, as far as digits go, and whether it shows each of them."""
    whole = isinstance(number, int)
    if whole and _DIGITS_SHOWN.fullmatch(number_format):
        zeros = number_format.split(";")[0].split(".")[0]
        return str(number).zfill(len(zeros) if set(zeros) == {"0"} else 1), True
    if abs(number) < _GENERAL_SHOWS and "E" not in number_format.upper().replace("GENERAL", ""):
        return (str(number) if whole else repr(number)), True
    mantissa, _, power = f"{number:.5E}".partition("E")
    return f"{mantissa.rstrip('0').rstrip('.')}E{power[0]}{int(power[1:]):02}", False
