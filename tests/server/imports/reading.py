"""Reads lists as the office does, for tests."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from imports.cells import Book, Sheet
from imports.header import find_header
from imports.rows import Reading, read_rows
from imports.sheets import read_book
from imports.values import Field

LISTS = Path(__file__).parent / "lists"


def read_list(name: str, answers: Mapping[str, str] | None = None) -> Reading:
    return read_sheet(read_book((LISTS / name).read_bytes(), name).sheets[0], answers)


def read_sheet(sheet: Sheet, answers: Mapping[str, str] | None = None) -> Reading:
    header = find_header(sheet, answers)
    return read_rows(sheet, header.mapping, answers, header.title)


def csv_book(text: str) -> Book:
    return read_book(text.encode(), "list.csv")


def read_text(text: str, answers: Mapping[str, str] | None = None) -> Reading:
    return read_sheet(csv_book(text).sheets[0], answers)


def values(reading: Reading, number: int) -> dict[Field, tuple[str, object]]:
    """What each field of a row came to, and what was read or proposed."""
    row = next(row for row in reading.rows if row.number == number)
    return {name: (value.outcome, value.read or value.proposed) for name, value in row.values.items()}


def codes(reading: Reading, number: int) -> set[str]:
    return {problem.code for row in reading.rows if row.number == number for problem in row.problems}
