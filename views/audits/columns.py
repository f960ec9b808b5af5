"""The words of an audit's table for spreadsheet programs: titles, and the cells that are words."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from services.audits.audit import Input, Line
from services.audits.gravity import Action, klass
from services.register.certificates import Today
from services.wording import mark
from views.parts.audit_words import DOS, KLASSES, WHATS
from views.parts.texts import Texts
from views.parts.verdict_words import status_words

_TITLES = {
    "shelf": mark("Shelf"),
    "name": mark("Product"),
    "own_name": mark("Own name"),
    "producer": mark("Producer"),
    "gtin": "GTIN",
    "text": mark("Code"),
    "klass": mark("At a glance"),
    "verdict": mark("Verdict"),
    "to_do": mark("Things to do"),
    "quantity": mark("Packs"),
    "times": mark("Times scanned"),
    "lot": mark("Lot"),
    "expiry": mark("Good until"),
    "expiry_by": mark("Who read the date"),
    "price": mark("Price (₫)"),
    "stars_label": mark("Stars on the label"),
    "shows_mark": mark("Shows the OCOP mark"),
    "input": mark("Read by"),
    "first_seen": mark("First seen"),
    "last_seen": mark("Last seen"),
    "done": mark("Done"),
    "done_at": mark("Done at"),
}
_INPUTS = {
    Input.CAMERA: mark("Camera"),
    Input.SCANNER: mark("Scanner"),
    Input.TYPED: mark("Typed"),
    Input.FILE: mark("Picture"),
}
_BY = {"code": mark("from the code"), "person": mark("by a person")}


def titles(texts: Texts) -> Mapping[str, str]:
    """The titles of the columns."""
    return {column: texts.gettext(title) if title != "GTIN" else title for column, title in _TITLES.items()}


def say(texts: Texts, today: Today, todo: Mapping[int, Action]) -> Callable[[str, Line], str]:
    """Give the words of a column for a line, as of a day; `todo` is what is to be done, by line."""
    _ = texts.gettext

    def words(column: str, line: Line) -> str:
        match column:
            case "klass":
                return _(KLASSES[klass(line, today)].word)
            case "verdict":
                return _(status_words(line.verdict.status, line.verdict.reasons)[0]) if line.verdict else ""
            case "to_do":
                return _(DOS[todo[line.n].what][0]) if line.n in todo else ""
            case "expiry_by":
                return _(_BY[line.expiry_by]) if line.expiry_by in _BY else ""
            case "shows_mark":
                return "" if line.shows_mark is None else _("yes") if line.shows_mark else _("no")
            case "input":
                return _(_INPUTS[Input(line.input)]) if line.input in list(Input) else line.input
            case "done":
                return _(WHATS[line.done.what]) if line.done and line.done.what in WHATS else ""
        return ""

    return words
