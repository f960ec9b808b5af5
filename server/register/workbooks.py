"""What the office's XLSX and CSV files have in common: cells that hold texts as they are."""

from __future__ import annotations

import re
from typing import Any

from openpyxl.cell import WriteOnlyCell
from openpyxl.utils.exceptions import IllegalCharacterError

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
"""The media type of such a file."""


_FORMULA = (
    *"=+-@\t\r\n",
    "\N{FULLWIDTH EQUALS SIGN}",
    "\N{FULLWIDTH PLUS SIGN}",
    "\N{FULLWIDTH HYPHEN-MINUS}",
    "\N{FULLWIDTH COMMERCIAL AT}",
)
"""A spreadsheet runs a text of a CSV file that begins so (OWASP, CSV Injection), as the app's tables have it."""
_DIGITS = re.compile(r"0[0-9]+|[0-9]{12,}")
"""What it would take for a number: 0952... loses its zero, and long ones become 9.52E+12."""


def csv_text(text: str) -> str:
    """A text as a CSV file holds it: never run, and a barcode in the form that spreadsheets read as text, `="0952"`."""
    if _DIGITS.fullmatch(text):
        return f'="{text}"'
    return f"'{text}" if text.startswith(_FORMULA) else text


def out_of_csv(text: str) -> str:
    """The digits of a cell in the form `="0952"`; any other text as it is.

    >>> out_of_csv('="0952"'), out_of_csv("=1+1")
    ('0952', '=1+1')
    """
    found = re.fullmatch(r'="([0-9]+)"', text)
    return found[1] if found else text


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
