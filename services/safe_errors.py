"""An unexpected error, told without what a person wrote: messages may hold a note's text, a token or a name."""

from __future__ import annotations

import traceback


def describe(error: BaseException) -> str:
    """The error's class and the places it came through, without its message."""
    places = (f"{frame.filename}:{frame.lineno}" for frame in traceback.extract_tb(error.__traceback__))
    return f"{type(error).__name__} at {' < '.join(reversed(list(places))) or '?'}"
