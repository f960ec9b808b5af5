"""Gives the rows that were not taken back as a spreadsheet: the cells' own texts, and the reason beside them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import IO

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.worksheet._write_only import WriteOnlyWorksheet

from imports.models import ImportRow, ImportRun, RowOutcome
from register.workbooks import text_cell

NOT_TAKEN = (RowOutcome.REFUSED, RowOutcome.ASKED)


def write_rows_with_reasons(run: ImportRun, into: IO[bytes], tell: Callable[[int], None] = lambda _: None) -> None:
    """Write the rows that are refused or wait for an answer, under the file's own header, as an XLSX file.

    Every cell is a text: a spreadsheet must not compute what somebody has typed, nor round a barcode. `tell` hears how
    many rows are written.
    """
    book = Workbook(write_only=True)
    sheet = book.create_sheet("Can sua")
    sheet.append(_texts(sheet, [*run.header.get("words", ()), "Dòng", "Lý do"]))
    rows = run.rows.filter(outcome__in=NOT_TAKEN).only("number", "part", "read", "reasons", "asks")
    width = len(run.header.get("words", ()))
    for number, row in enumerate(rows.iterator(1000), 1):
        cells = [*row.read["cells"][:width], *[""] * (width - len(row.read["cells"]))]
        sheet.append(_texts(sheet, [*cells, str(row.number), reason_of(row)]))
        tell(number)
    book.save(into)


def reason_of(row: ImportRow) -> str:
    """Why the row was not taken, in one text."""
    asked = [ask["text"] for ask in row.asks]
    return " ".join(text for text in (*(text for _, _, text in row.reasons), *asked) if text)


def _texts(sheet: WriteOnlyWorksheet, texts: Iterable[str]) -> list[WriteOnlyCell]:
    return [text_cell(sheet, text) for text in texts]
