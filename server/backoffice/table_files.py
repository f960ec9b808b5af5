"""Writes tables as CSV and XLSX files that a spreadsheet opens as they are meant, whatever stands in them."""

from __future__ import annotations

import csv
import io
from datetime import date, datetime
from typing import Any

from django.utils import timezone
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell

from backoffice.words import moment
from overview.tables import Table, Value
from register.days import today
from register.workbooks import csv_text, text_cell

FORMATS = ("csv", "xlsx")


def written(table: Table, extension: str) -> bytes:
    """The table as a file to keep, in one of `FORMATS`."""
    return _csv(table) if extension == "csv" else _xlsx(table)


def name_of(table: str, extension: str) -> str:
    """What the file of a table is called today."""
    return f"{table}-{today():%Y-%m-%d}.{extension}"


def _csv(table: Table) -> bytes:
    written = io.StringIO(newline="")
    rows = csv.writer(written)
    rows.writerow(table.columns)
    rows.writerows([_as_text(cell.value) for cell in row] for row in table.rows)
    return written.getvalue().encode("utf-8-sig")  # without the mark Excel reads Vietnamese letters wrongly


def _as_text(value: Value) -> str | int:
    """A value of a CSV file: days as people read them, and no text that would be run."""
    if isinstance(value, int):
        return value
    if isinstance(value, datetime):
        return moment(value)
    if isinstance(value, date):
        return f"{value:%d/%m/%Y}"
    return csv_text(value or "")


def _xlsx(table: Table) -> bytes:
    book = Workbook(write_only=True)
    sheet = book.create_sheet(table.title[:31])  # Excel's longest name
    sheet.freeze_panes = "A2"
    for number, column in enumerate(table.columns):
        sheet.column_dimensions[chr(ord("A") + number)].width = max(14, len(column) + 2)
    sheet.append([_as_cell(sheet, title) for title in table.columns])
    for row in table.rows:
        sheet.append([_as_cell(sheet, cell.value) for cell in row])
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def _as_cell(sheet: Any, value: Value) -> Any:
    """A cell of the kind that the value has: numbers and days can be sorted, a text is never a formula or a number."""
    if isinstance(value, datetime):
        cell = WriteOnlyCell(sheet, timezone.localtime(value).replace(tzinfo=None))  # Excel knows no time zones
        cell.number_format = "dd/mm/yyyy hh:mm"
    elif isinstance(value, date):
        cell = WriteOnlyCell(sheet, value)
        cell.number_format = "dd/mm/yyyy"
    elif isinstance(value, int) or value is None:
        cell = WriteOnlyCell(sheet, value)
    else:
        cell = text_cell(sheet, value)
    return cell
