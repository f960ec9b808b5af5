"""Reads a file of a spreadsheet program into cells: XLSX, ODS or CSV, within bounds."""

from __future__ import annotations

from imports.cells import Book

MOST_BYTES = 20_000_000
MOST_ROWS = 20_000
MOST_COLUMNS = 200


def read_book(data: bytes, name: str) -> Book:
    """Read a file by what it holds, whatever its name says.

    Raises `Unreadable` with the reason for a file that is none of the three, too large, damaged or protected.
    """
    raise NotImplementedError
