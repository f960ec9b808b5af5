"""Reads tables that people made with spreadsheet programs: CSV, and the first sheet of an XLSX (ECMA-376).

What is read may be anybody's file. All is bounded, no document type is taken, nothing is computed, and no number is
made of what stands there: a cell is its text, and whether the file has it as a number.
"""

from __future__ import annotations

import csv
import io
import posixpath
import re
import zipfile
import zlib
from collections.abc import Callable
from typing import NamedTuple
from xml.parsers import expat

MOST_BYTES = 8 * 1024 * 1024
MOST_PART_BYTES = 64 * 1024 * 1024
MOST_ROWS, MOST_COLUMNS = 20_001, 256
MOST_TEXTS = 500_000
_LONGEST = 32_767  # characters that a cell of a spreadsheet holds


class Unreadable(Exception):
    """The file is no table that can be read.

    `reason` is `too_large`, `too_many_rows`, `not_utf8`, `not_a_table` (neither CSV nor XLSX) or `damaged`.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Cell(NamedTuple):
    """The text of a cell, and whether the file holds it as a number: then it is the number's digits."""

    text: str
    is_number: bool = False


Row = tuple[int, list[Cell]]
"""A row's number as spreadsheets count, and its cells from the first column on."""

NOTHING = Cell("")


def rows_of(content: bytes) -> list[Row]:
    """The rows of a CSV or XLSX in which something stands. Raises Unreadable."""
    if len(content) > MOST_BYTES:
        raise Unreadable("too_large")
    if content.startswith(b"PK\x03\x04"):
        return _of_workbook(content)
    return _of_csv(content)


# CSV


def _of_csv(content: bytes) -> list[Row]:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise Unreadable("not_utf8")
    if b"\0" in content or content.startswith((b"%PDF", b"\xd0\xcf\x11\xe0")):
        raise Unreadable("not_a_table")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Unreadable("not_utf8") from error
    first, _end, rest = text.partition("\n")
    named = re.fullmatch(r"sep=(.)\r?", first)
    head = first if not named else rest.partition("\n")[0]
    separator = named[1] if named else max(";,\t", key=head.count)
    found: list[Row] = []
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    try:
        for number, cells in enumerate(reader, start=1):
            if number == 1 and named:
                continue
            _add(found, number, [Cell(cell) for cell in cells])
    except csv.Error as error:
        raise Unreadable("damaged") from error
    return found


def _add(found: list[Row], number: int, cells: list[Cell]) -> None:
    """Take a row where something stands in it."""
    if not any(cell.text.strip() for cell in cells):
        return
    if len(found) >= MOST_ROWS:
        raise Unreadable("too_many_rows")
    if len(cells) > MOST_COLUMNS or any(len(cell.text) > _LONGEST for cell in cells):
        raise Unreadable("damaged")
    found.append((number, cells))


# XLSX

_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_STRICT_OFFICE = "http://purl.oclc.org/ooxml/officeDocument/relationships"
_PLACE = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})")

_BROKEN = (
    zipfile.BadZipFile, zlib.error, expat.ExpatError, EOFError, ValueError, NotImplementedError, RuntimeError, OSError,
)  # fmt: skip
"""What reading a workbook raises where it is broken off, garbled, encrypted or packed in another way."""

_Begin = Callable[[str, dict[str, str]], None]
_End = Callable[[str, str], None]


def _of_workbook(content: bytes) -> list[Row]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            sheet = _first_sheet(archive)
            names = archive.namelist()
            texts = _shared_texts(_part(archive, "xl/sharedStrings.xml")) if "xl/sharedStrings.xml" in names else []
            return _rows(_part(archive, sheet), texts)
    except KeyError as error:  # a part that is named is not there
        raise Unreadable("not_a_table") from error
    except _BROKEN as error:
        raise Unreadable("damaged") from error


def _part(archive: zipfile.ZipFile, name: str) -> bytes:
    """A part of the workbook, no more of it unpacked than is taken. Raises KeyError, Unreadable."""
    with archive.open(name) as part:
        content = part.read(MOST_PART_BYTES + 1)
    if len(content) > MOST_PART_BYTES:
        raise Unreadable("too_large")
    return content


def _first_sheet(archive: zipfile.ZipFile) -> str:
    """The name of the part that is the workbook's first sheet. Raises KeyError."""
    sheets: list[str] = []
    targets: dict[str, str] = {}

    def workbook(name: str, given: dict[str, str]) -> None:
        if name == "sheet":
            sheets.append(given.get(f"{_OFFICE} id") or given[f"{_STRICT_OFFICE} id"])

    def relation(name: str, given: dict[str, str]) -> None:
        if name == "Relationship":
            targets[given["Id"]] = given["Target"]

    _parse(_part(archive, "xl/workbook.xml"), workbook)
    _parse(_part(archive, "xl/_rels/workbook.xml.rels"), relation)
    if not sheets:
        raise KeyError("sheet")
    target = targets[sheets[0]]
    return target.lstrip("/") if target.startswith("/") else posixpath.normpath(posixpath.join("xl", target))


def _shared_texts(content: bytes) -> list[str]:
    texts: list[str] = []
    parts: list[str] = []
    spoken = 0

    def begin(name: str, _given: dict[str, str]) -> None:
        nonlocal spoken
        if name == "si":
            parts.clear()
        spoken += name == "rPh"

    def end(name: str, text: str) -> None:
        nonlocal spoken
        if name == "t" and not spoken:
            parts.append(text)
        elif name == "si":
            texts.append("".join(parts))
            if len(texts) > MOST_TEXTS:
                raise Unreadable("too_large")
        spoken -= name == "rPh"

    _parse(content, begin, end)
    return texts


def _rows(content: bytes, texts: list[str]) -> list[Row]:
    found: list[Row] = []
    cells: list[Cell] = []
    number, column, kind, spoken = 0, 0, "n", 0
    parts: list[str] = []

    def begin(name: str, given: dict[str, str]) -> None:
        nonlocal number, column, kind, spoken
        if name == "row":
            number = int(given.get("r", number + 1))
            cells.clear()
        elif name == "c":
            place = _PLACE.fullmatch(given.get("r", ""))
            column = _column(place[1]) if place else len(cells)
            kind = given.get("t", "n")
            parts.clear()
        spoken += name == "rPh"

    def end(name: str, text: str) -> None:
        nonlocal spoken
        if name == "v" or (name == "t" and not spoken):
            parts.append(text)
        elif name == "c":
            if not len(cells) <= column < MOST_COLUMNS:
                raise Unreadable("damaged")
            cells.extend([NOTHING] * (column - len(cells)))
            cells.append(_cell(kind, "".join(parts), texts))
        elif name == "row":
            _add(found, number, list(cells))
        spoken -= name == "rPh"

    _parse(content, begin, end)
    return found


def _cell(kind: str, text: str, texts: list[str]) -> Cell:
    if kind == "s":
        n = int(text)
        if not 0 <= n < len(texts):
            raise ValueError("no such text")
        return Cell(texts[n])
    return Cell(text, is_number=kind == "n" and bool(text))


def _column(letters: str) -> int:
    n = 0
    for letter in letters:
        n = n * 26 + ord(letter) - ord("A") + 1
    return n - 1


def _parse(content: bytes, begin: _Begin, end: _End = lambda _name, _text: None) -> None:
    """Go through an XML document: names without their namespace, and the text that stands in an element itself.

    A document type, by which entities could be made to grow, is not taken. Raises ExpatError, Unreadable.
    """
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    texts: list[list[str]] = []

    def started(name: str, given: dict[str, str]) -> None:
        texts.append([])
        if len(texts) > 64:
            raise Unreadable("damaged")
        begin(_bare(name), given)

    def ended(name: str) -> None:
        end(_bare(name), "".join(texts.pop()))

    def heard(text: str) -> None:
        texts[-1].append(text)

    def refused(*_declared: object) -> None:
        raise Unreadable("damaged")

    parser.StartElementHandler = started
    parser.EndElementHandler = ended
    parser.CharacterDataHandler = heard
    parser.StartDoctypeDeclHandler = refused
    parser.Parse(content, True)


def _bare(name: str) -> str:
    return name.rpartition(" ")[2]
