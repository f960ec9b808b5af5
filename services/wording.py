"""What a room needs to say things in the person's language: messages marked for extraction, and a language's forms."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Protocol


def mark(message: str) -> str:
    """Mark a message in a table for extraction; it is translated when it is shown."""
    return message


class Saying(Protocol):
    """A language's words and days; `language` is its code."""

    language: str

    @property
    def gettext(self) -> Callable[[str], str]:
        """Translate a message."""

    def day(self, day: date) -> str:
        """Write a day."""


class Language(Saying, Protocol):
    """A language's words and forms."""

    def moment(self, moment: datetime) -> str:
        """Write a time in Vietnam with its day."""

    def time(self, moment: datetime) -> str:
        """Write a time in Vietnam without its day."""

    def number(self, number: int) -> str:
        """Write a count."""
