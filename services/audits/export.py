"""Writes an audit as a table for spreadsheet programs: dates as dates, GTINs as text, nothing that is computed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from services.audits.audit import Line
from services.tables import Cell

Describe = Callable[[Line], Mapping[str, Cell]]
"""Gives the words of a line: cells by column title, the titles the same for each line."""


def audit_table(lines: Sequence[Line], describe: Describe, kind: str) -> bytes:
    """The lines as a table; `kind` is `csv` or `xlsx`."""
    raise NotImplementedError
