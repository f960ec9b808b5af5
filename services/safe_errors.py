"""Describes unexpected errors without their messages, which may hold a note's text, a token or a name."""

from __future__ import annotations

import traceback


def describe(error: BaseException) -> str:
    """The error's class and the lines of code that it came through, without its message."""
    places = (f"{frame.filename}:{frame.lineno}" for frame in traceback.extract_tb(error.__traceback__))
    return f"{type(error).__name__} at {' < '.join(reversed(list(places))) or '?'}"
