"""Reads CSV: finds the coding and the delimiter by what makes sense of the file, and says which."""

from __future__ import annotations

import codecs
import csv
import io

from imports.bounds import LONGEST_CELL, Count
from imports.cells import NOTHING, Book, Cell, Kind, Row, Sheet, Unreadable
from imports.texts import TCVN3, VNI, clean, from_tcvn3, from_vni, sensible
from imports.values import Problem
from register.workbooks import out_of_csv

_DELIMITERS = ",;\t|"
_LOOKED_AT = 60
"""Rows by which the delimiter is found."""


def read_csv(data: bytes, name: str) -> Book:
    """Read one sheet. Whatever a cell holds is a text here; no spreadsheet program has seen it."""
    text, notes = _decoded(data)
    if "\x00" in text:
        raise Unreadable(Problem("file_unknown"))
    delimiter = _delimiter(text)
    count = Count()
    rows = []
    try:
        for number, held in enumerate(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), start=1):
            cells = [_cell(one) for one in held]
            while cells and cells[-1] is NOTHING:
                cells.pop()
            if cells:
                rows.append(Row(number, tuple(cells)))
                for column, cell in enumerate(cells):
                    if cell is not NOTHING:
                        count.add(number, len(rows), column)
    except csv.Error:
        raise Unreadable(Problem("file_damaged")) from None
    said = {"\t": "tab"}.get(delimiter, delimiter)
    return Book((Sheet(name, tuple(rows)),), (*notes, Problem("csv_delimiter", detail=said)))


def _cell(text: str) -> Cell:
    return Cell(out_of_csv(text)[:LONGEST_CELL], Kind.TEXT) if text.strip() else NOTHING


def _decoded(data: bytes) -> tuple[str, tuple[Problem, ...]]:
    """The text in the first coding that makes sense of it; one that is not Unicode is said."""
    for mark, coding in (
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
    ):
        if data.startswith(mark):
            try:
                return data[len(mark) :].decode(coding), ()
            except UnicodeDecodeError:
                raise Unreadable(Problem("file_damaged")) from None
    try:
        return data.decode("utf-8"), ()
    except UnicodeDecodeError:
        pass
    if b"\x00" in data:  # a picture or a program, and no text in an old coding
        raise Unreadable(Problem("file_unknown"))
    tried = {}
    for said, coding, convert in (
        ("CP1258", "cp1258", clean),
        (TCVN3, "latin-1", from_tcvn3),
        (VNI, "cp1252", from_vni),
    ):
        try:
            tried[said] = data.decode(coding), convert
        except UnicodeDecodeError:
            continue
    good = [said for said, (text, convert) in tried.items() if all(sensible(convert(one)) for one in _lines(text))]
    if len(good) != 1:
        raise Unreadable(Problem("csv_coding_unknown"))
    text, convert = tried[good[0]]
    return "\n".join(map(convert, text.split("\n"))) if good[0] != "CP1258" else _composed(text), (
        Problem("csv_coding", detail=good[0]),
    )


def _composed(text: str) -> str:
    return "\n".join(clean(line) if line.strip() else line for line in text.split("\n"))


def _lines(text: str) -> list[str]:
    return [line for line in text.splitlines() if not line.isascii()]


def _delimiter(text: str) -> str:
    """The delimiter that parts the first rows most often into the same number of cells, at least two.

    A first line like "sep=;", which spreadsheet programs write for each other, decides.
    """
    if text[:4].lower() == "sep=" and text[4:5] in _DELIMITERS and text[5:6] in {"\r", "\n"}:
        return text[4]

    def score(delimiter: str) -> tuple[int, int]:
        widths = []
        try:
            for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter):
                widths.append(len(row))
                if len(widths) >= _LOOKED_AT:
                    break
        except csv.Error:
            return (0, 0)
        wide = [width for width in widths if width > 1]
        often = max(set(wide), key=wide.count, default=0)
        return (wide.count(often), often)

    return max(_DELIMITERS, key=score)
