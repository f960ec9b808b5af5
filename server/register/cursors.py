"""Cursors: a value of a clock and its mark on the server, opaque text for the app."""

from __future__ import annotations

import re

from register.clock import RegisterClock, mark_of

_BEGINNING = "0"
"""The cursor before the first change. It claims nothing, so it has no mark."""

_FORM = re.compile(r"([0-9]{1,18})(?:-([0-9a-f]{1,32}))?", re.ASCII)


class UnknownCursor(ValueError):
    """This database never gave the cursor."""


def cursor_text(clock: str, value: int) -> str:
    """The cursor of a value of this clock."""
    return with_mark(value, mark_of(clock, value) if value else "")


def with_mark(value: int, mark: str) -> str:
    """The cursor of a value whose mark is known."""
    return f"{value}-{mark}" if value else _BEGINNING


def cursor_value(clock: str, text: str) -> int:
    """The value of a cursor. Raises UnknownCursor.

    A number alone was given by version 0.1.0. It leads on, so that an update does not make every device fetch the whole
    register, but only up to where that version has counted.
    """
    form = _FORM.fullmatch(text)
    if form is None:
        raise UnknownCursor(text)
    value, mark = int(form[1]), form[2]
    unmarked = RegisterClock.objects.filter(name=clock, unmarked__gte=value)
    if not (unmarked.exists() if mark is None else mark_of(clock, value) == mark):
        raise UnknownCursor(text)
    return value
