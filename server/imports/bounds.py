"""What a file may hold at most, and XML that is read as it comes, so that no file takes the server's memory."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from typing import IO
from xml.parsers import expat

from imports.cells import Unreadable
from imports.values import Problem

MOST_BYTES = 20_000_000
MOST_ROWS = 20_000
LAST_ROW = 1_048_576
"""The number of the last row that a sheet of the format has; none that a program writes goes on."""
MOST_COLUMNS = 200
MOST_CELLS = 1_000_000
MOST_SHEETS = 50
LONGEST_CELL = 5_000
"""Characters of a cell; what is longer is cut, and said."""
MOST_PARTS = 5_000
"""Files in an archive: a book has some dozens, and one for each of its pictures."""
MOST_STREAMED = 400_000_000
"""Unpacked bytes of a part that is read as it comes."""
MOST_HELD = 50_000_000
"""Unpacked bytes of a part that is held whole."""
_CHUNK = 1 << 16


class Count:
    """Counts what a book holds, and refuses the book at its bounds."""

    def __init__(self) -> None:
        self.cells = 0

    def add(self, row: int, rows: int, column: int) -> None:
        """One cell with something in it, in a row that is the `rows`-th of its sheet."""
        self.cells += 1
        if rows > MOST_ROWS:
            raise Unreadable(Problem("file_too_many_rows", detail=str(MOST_ROWS)))
        if column >= MOST_COLUMNS:
            raise Unreadable(Problem("file_too_many_columns", detail=f"{MOST_COLUMNS} ({row})"))
        if self.cells > MOST_CELLS:
            raise Unreadable(Problem("file_too_many_cells", detail=str(MOST_CELLS)))


def names_in(archive: zipfile.ZipFile) -> set[str]:
    """The names of an archive's parts; refuse one with too many."""
    names = archive.namelist()
    if len(names) > MOST_PARTS:
        raise Unreadable(Problem("file_too_many_parts", detail=str(MOST_PARTS)))
    return set(names)


def check_parts(archive: zipfile.ZipFile, streamed: Callable[[str], bool]) -> None:
    """Refuse an archive whose XML unpacks to more than may be read. Pictures are not unpacked."""
    for part in archive.infolist():
        if part.filename.endswith((".xml", ".rels")):
            most = MOST_STREAMED if streamed(part.filename) else MOST_HELD
            if part.file_size > most:
                raise Unreadable(Problem("file_unpacks_too_large", detail=str(most // 1_000_000)))


def parse(source: IO[bytes], parser: expat.XMLParserType) -> None:
    """Read XML in pieces. Document types, and with them entities, are refused."""

    def refuse(*_: object) -> None:
        raise Unreadable(Problem("file_damaged"))

    parser.StartDoctypeDeclHandler = refuse
    while chunk := source.read(_CHUNK):
        parser.Parse(chunk)
    parser.Parse(b"", True)
