"""Reads the cursors that devices bring."""

from __future__ import annotations

from typing import Annotated

from ninja import Query

from api.errors import ApiError
from register.cursors import UnknownCursor, cursor_value

Cursor = Annotated[
    str | None,
    Query(max_length=4096, description="As an earlier answer gave it; nothing: from the beginning.", examples=["0"]),
]


def read_cursor(text: str | None, clock: str) -> int:
    """Return the value of a cursor, 0 for none. Raises ApiError 410 for one that this database never gave.

    Then the database was restored from an older copy: the device must start over.
    """
    if not text:
        return 0
    try:
        return cursor_value(clock, text)
    except UnknownCursor:
        raise ApiError(410, "cursor_too_old", "This cursor is not known here; start over.") from None
