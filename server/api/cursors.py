"""Cursors: numbers on the server, opaque text for the app."""

from api.errors import ApiError
from register.clock import RegisterClock


def read_cursor(text: str | None, clock: str) -> int:
    """Return the number in a cursor, 0 for none. Raises ApiError 410 for one that this server never gave.

    A cursor beyond the clock means that the database was restored from an older copy: the device must start over.
    """
    if not text:
        return 0
    if text.isascii() and text.isdigit() and len(text) <= 18:
        cursor = int(text)
        if cursor <= RegisterClock.objects.get(name=clock).value:
            return cursor
    raise ApiError(410, "cursor_too_old", "This cursor is not known here; start over.")
