"""Writes tables for spreadsheet programs."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence

_FORMULA = (
    *"=+-@\t\r\n",
    "\N{FULLWIDTH EQUALS SIGN}",
    "\N{FULLWIDTH PLUS SIGN}",
    "\N{FULLWIDTH HYPHEN-MINUS}",
    "\N{FULLWIDTH COMMERCIAL AT}",
)
"""What a formula may begin with (OWASP, CSV Injection); full-width signs count where East Asian writing is set."""


def csv_table(rows: Sequence[Mapping[str, str]]) -> bytes:
    """The rows as CSV: with a byte order mark, and without a cell that counts as a formula. At least one row."""
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]))
    writer.writeheader()
    for row in rows:
        # A scanned text may be anybody's. A spreadsheet would compute a cell that begins like a formula.
        writer.writerow({name: f"'{value}" if value.startswith(_FORMULA) else value for name, value in row.items()})
    return text.getvalue().encode("utf-8-sig")
