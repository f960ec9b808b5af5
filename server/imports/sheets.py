"""Reads a file of a spreadsheet program into cells: XLSX, ODS or CSV, within bounds."""

from __future__ import annotations

import io
import zipfile

from imports.bounds import MOST_BYTES, MOST_COLUMNS, MOST_ROWS, names_in
from imports.cells import Book, Unreadable
from imports.delimited import read_csv
from imports.ods import read_ods
from imports.values import Problem
from imports.xlsx import read_xlsx

__all__ = ["MOST_BYTES", "MOST_COLUMNS", "MOST_ROWS", "read_book"]

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")


def read_book(data: bytes, name: str) -> Book:
    """Read a file by what it holds, whatever its name says.

    Raises `Unreadable` with the reason for a file that is none of the three, too large, damaged or protected.
    """
    if len(data) > MOST_BYTES:
        raise Unreadable(Problem("file_too_large", detail=str(MOST_BYTES // 1_000_000)))
    if data.startswith(_OLE):
        raise Unreadable(Problem("file_protected" if _ENCRYPTED in data else "file_old_excel"))
    if data.lstrip()[:1] == b"<" or data.startswith(b"%PDF"):
        raise Unreadable(Problem("file_unknown"))
    if not data.strip():
        raise Unreadable(Problem("file_empty"))
    book = _read(data, name)
    if not any(sheet.rows for sheet in book.sheets):
        raise Unreadable(Problem("file_empty"))
    return book


def _read(data: bytes, name: str) -> Book:
    if not data.startswith(b"PK"):
        return read_csv(data, name)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = names_in(archive)
        if "content.xml" in parts:
            return read_ods(data)
        if any(part.startswith("xl/") for part in parts):
            return read_xlsx(data)
    except Unreadable:
        raise
    except Exception as error:  # whatever the libraries raise at a damaged file
        raise Unreadable(Problem("file_damaged")) from error
    raise Unreadable(Problem("file_unknown"))
