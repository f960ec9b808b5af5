"""Reads ODS: the sheets of `content.xml`, as it comes (OpenDocument 1.3, part 3, chapter 9)."""

from __future__ import annotations

import io
import zipfile
from datetime import date
from xml.parsers import expat

from imports.bounds import LONGEST_CELL, MOST_CELLS, MOST_SHEETS, Count, check_parts, parse
from imports.cells import NOTHING, Book, Cell, Kind, Row, Sheet, Unreadable
from imports.values import Problem

_KINDS = {"float": Kind.NUMBER, "percentage": Kind.NUMBER, "currency": Kind.NUMBER, "date": Kind.DATE,
          "boolean": Kind.BOOLEAN, "string": Kind.TEXT}  # fmt: skip


def read_ods(data: bytes) -> Book:
    """Read all sheets. A cell's text is the one the file shows; formulas are not computed."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        check_parts(archive, lambda name: name == "content.xml")
        if b"encryption-data" in archive.read("META-INF/manifest.xml"):
            raise Unreadable(Problem("file_protected"))
        reader = _Reader()
        with archive.open("content.xml") as source:
            parse(source, reader.parser)
    return Book(tuple(reader.sheets))


class _Reader:
    """Follows the elements: a table, its rows, their cells, the paragraphs in them."""

    def __init__(self) -> None:
        self.parser = expat.ParserCreate()
        self.parser.StartElementHandler = self._opened
        self.parser.EndElementHandler = self._closed
        self.parser.CharacterDataHandler = self._letters
        self.parser.buffer_text = True
        self.sheets: list[Sheet] = []
        self._count = Count()
        self._hidden_styles: set[str] = set()
        self._style = ""
        self._depth = 0  # of tables: one within a cell is not read
        self._aside = 0  # within a comment or a drawing
        self._merged: dict[tuple[int, int], tuple[int, int]] = {}
        self._in_paragraph = False
        self._text: list[str] = []

    def _opened(self, tag: str, given: dict[str, str]) -> None:
        match tag:
            case "style:style":
                self._style = given.get("style:name", "")
            case "style:table-properties" if given.get("table:display") == "false":
                self._hidden_styles.add(self._style)
            case "table:table":
                self._depth += 1
                if self._depth == 1:
                    self._begin(given)
            case "office:annotation" | "draw:frame" | "table:shapes":
                self._aside += 1
            case _ if self._depth == 1 and not self._aside:
                self._within(tag, given)

    def _begin(self, given: dict[str, str]) -> None:
        if len(self.sheets) >= MOST_SHEETS:
            raise Unreadable(Problem("file_too_many_sheets", detail=str(MOST_SHEETS)))
        self._name = given.get("table:name", "")
        self._hidden = given.get("table:style-name", "") in self._hidden_styles
        self._rows: list[Row] = []
        self._number, self._column = 0, 0
        self._hidden_columns: set[int] = set()
        self._merged = {}

    def _within(self, tag: str, given: dict[str, str]) -> None:
        match tag:
            case "table:table-column":
                repeated = int(given.get("table:number-columns-repeated", 1))
                if given.get("table:visibility") in {"collapse", "filter"}:
                    self._hidden_columns |= set(range(self._column, min(self._column + repeated, 200)))
                self._column += repeated
            case "table:table-row":
                self._cells: list[Cell] = []
                self._column = 0
                self._repeat_row = int(given.get("table:number-rows-repeated", 1))
                self._row_hidden = given.get("table:visibility") in {"collapse", "filter"}
            case "table:table-cell" | "table:covered-table-cell":
                self._given, self._text = given, []
            case "text:p":
                if self._text:
                    self._text.append("\n")
                self._in_paragraph = True
            case "text:s":
                self._text.append(" " * min(int(given.get("text:c", 1)), 100))
            case "text:tab":
                self._text.append("\t")
            case "text:line-break":
                self._text.append("\n")

    def _letters(self, letters: str) -> None:
        if self._depth == 1 and not self._aside and self._in_paragraph:
            self._text.append(letters)

    def _closed(self, tag: str) -> None:
        match tag:
            case "table:table":
                self._depth -= 1
                if self._depth == 0:
                    self.sheets.append(
                        Sheet(
                            self._name,
                            tuple(self._rows),
                            self._hidden,
                            frozenset(self._hidden_columns),
                            knows_days=True,
                        )
                    )
            case "office:annotation" | "draw:frame" | "table:shapes":
                self._aside -= 1
            case "table:table-cell" | "table:covered-table-cell" if self._depth == 1 and not self._aside:
                self._cell_done()
            case "text:p":
                self._in_paragraph = False
            case "table:table-row" if self._depth == 1 and not self._aside:
                self._row_done()

    def _cell_done(self) -> None:
        given, text = self._given, "".join(self._text)[:LONGEST_CELL]
        repeated = int(given.get("table:number-columns-repeated", 1))
        kind = _KINDS.get(given.get("office:value-type", "string"), Kind.TEXT) if text else Kind.EMPTY
        if kind is Kind.EMPTY:
            if repeated <= 200:
                self._cells += (
                    [Cell(formula="table:formula" in given)] * repeated
                    if "table:formula" in given
                    else ([NOTHING] * repeated)
                )
            self._column += repeated
            return
        number = _number(given.get("office:value")) if kind is Kind.NUMBER else None
        cell = Cell(
            text,
            kind,
            number,
            _day(given.get("office:date-value", "")) if kind is Kind.DATE else None,
            formula="table:formula" in given,
            hidden=self._column in self._hidden_columns,
            shown=number is None or str(number) == text.replace(" ", "").lstrip("0"),
        )
        number_of_row = self._number + 1
        self._span(number_of_row, given)
        for _ in range(repeated):
            self._count.add(number_of_row, len(self._rows) + 1, self._column)
            while len(self._cells) < self._column:
                self._cells.append(NOTHING)
            self._cells.append(cell)
            self._column += 1

    def _span(self, row: int, given: dict[str, str]) -> None:
        down = int(given.get("table:number-rows-spanned", 1))
        across = min(int(given.get("table:number-columns-spanned", 1)), 200)
        if down * across + len(self._merged) > MOST_CELLS:
            raise Unreadable(Problem("file_too_many_cells", detail=str(MOST_CELLS)))
        for number in range(row, row + down):
            for column in range(self._column, self._column + across):
                if (number, column) != (row, self._column):
                    self._merged[number, column] = (row, self._column)

    def _row_done(self) -> None:
        filled = any(cell.text for cell in self._cells)
        for _ in range(self._repeat_row if filled else 0):
            self._number += 1
            cells = list(self._cells)
            for column in range(200 if self._merged else 0):
                origin = self._merged.get((self._number, column))
                if origin:
                    while len(cells) <= column:
                        cells.append(NOTHING)
                    if not cells[column].text:
                        cells[column] = Cell(merged_from=origin)
            while cells and cells[-1] == NOTHING:
                cells.pop()
            self._rows.append(Row(self._number, tuple(cells), self._row_hidden))
            if len(self._rows) > 1:
                self._count.add(self._number, len(self._rows), 0)
        if not filled:
            self._number += self._repeat_row


def _number(text: str | None) -> int | float | None:
    try:
        number = float(text or "")
    except ValueError:
        return None
    return int(number) if number.is_integer() and abs(number) < 10**15 else number


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        return None
