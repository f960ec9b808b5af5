"""What the office's XLSX files have in common: cells that hold texts as they are."""

from __future__ import annotations

from typing import Any

from openpyxl.cell import WriteOnlyCell
from openpyxl.utils.exceptions import IllegalCharacterError

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
"""The media type of such a file."""


def text_cell(sheet: Any, text: str) -> WriteOnlyCell:
    """A cell with this text: nothing is computed of it, no barcode is rounded; what no file may hold is left out."""
    try:
        cell = WriteOnlyCell(sheet, value=text)
    except IllegalCharacterError:
        cell = WriteOnlyCell(sheet, value="".join(letter for letter in text if letter >= " "))
    if text:
        cell.data_type = "s"  # "=1+1" stays what it is
        cell.number_format = "@"
    return cell
