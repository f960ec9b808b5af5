"""Reads one cell of one field; what several cells of a row say together is read in `products`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from imports.barcodes import read_barcode
from imports.bounds import LONGEST_CELL
from imports.cells import Cell, Kind
from imports.columns import AS_HELD, SWAPPED, Columns
from imports.days import read_day, swapped
from imports.names import (
    LONGEST_PLACE,
    read_group,
    read_link,
    read_name,
    read_ocop_code,
    read_phone,
    read_state,
    read_tax_code,
)
from imports.places import read_district
from imports.stars import read_points, read_stars
from imports.texts import clean, in_unicode, without_identity
from imports.values import Field, Outcome, Read, asked, refused, taken

_READERS: dict[Field, Callable[[str], Read]] = {
    Field.STARS: lru_cache(4096)(read_stars),
    Field.POINTS: lru_cache(4096)(read_points),
    Field.GROUP: lru_cache(4096)(read_group),
    Field.DISTRICT: lru_cache(4096)(read_district),
    Field.PHONE: read_phone,
    Field.TAX_CODE: read_tax_code,
    Field.LINK: read_link,
    Field.OCOP_CODE: read_ocop_code,
    Field.STATE: read_state,
}
_LONGEST = {Field.PLACE: LONGEST_PLACE, Field.NOTE: 2000}
_WORDS = {Field.NAME, Field.PRODUCER, Field.PLACE, Field.NOTE, Field.GROUP, Field.STATE, Field.COMMUNE, Field.DISTRICT}
"""Fields of words, from which personal numbers are taken out."""


@dataclass(frozen=True, slots=True)
class Given:
    """What is known where a cell is read: its column, what was found in columns, how the file counts days."""

    column: int
    columns: Columns
    knows_days: bool
    since_1904: bool
    by_person: bool = False


def text_of(cell: Cell, given: Given) -> tuple[str, tuple[tuple[str, str], ...], bool]:
    """A cell's text in one form, what was done for that, and whether it surely means so: what a person chose does."""
    if given.by_person:
        return clean(cell.text), (), True
    letters = in_unicode(cell.text, cell.letters, given.columns.letters.get(given.column, frozenset()))
    notes: tuple[tuple[str, str], ...] = (("letters_converted", letters.was),) if letters.was else ()
    if len(cell.text) >= LONGEST_CELL:
        notes += (("cell_cut", ""),)
    return letters.text, notes, letters.sure


def read_field(name: Field, cell: Cell, given: Given) -> Read:
    """Read a cell that has something in it. Decisions and communes, which need other cells, are read in `products`."""
    if cell.kind is Kind.ERROR:
        return refused("cell_error", cell.text)
    text, notes, sure = text_of(cell, given)
    notes += (("formula_result", ""),) if cell.formula else ()
    if name in _WORDS:
        text, found = without_identity(text)
        notes += (("identity_number", ""),) if found else ()
    read = _read(name, text, cell, given)
    if not sure and read.outcome is Outcome.TAKEN:
        read = asked("letters_unsure", text, clean(cell.text))
    return Read(read.outcome, read.read, read.proposed, (*notes, *read.problems), read.instead)


def _read(name: Field, text: str, cell: Cell, given: Given) -> Read:
    if name is Field.GTIN:
        return read_barcode(cell.text, cell.number, shown=cell.shown, by_person=given.by_person)
    if name in {Field.DECISION_DATE, Field.VALID_FROM, Field.VALID_TO}:
        return _day(text, cell, given)
    if reader := _READERS.get(name):
        return reader(text)
    return read_name(text, most=_LONGEST.get(name, 200))


def _day(text: str, cell: Cell, given: Given) -> Read:
    if cell.date is None:
        order = given.columns.orders.get(given.column, "")
        return read_day(text, order, since_1904=given.since_1904, knows_days=given.knows_days)
    held, other = cell.date, swapped(cell.date)
    way = given.columns.held.get(given.column, AS_HELD)
    if not 1990 <= held.year <= 2100:
        return refused("day_impossible")
    if way == "" and other:
        return asked("day_maybe_swapped", held.isoformat(), other.isoformat())
    return taken((other if way == SWAPPED and other else held).isoformat())
