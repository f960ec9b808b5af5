"""Writes the values of records as people read them."""

from __future__ import annotations

from datetime import date

from logbook.words import EMPTY, in_words, moment

__all__ = ["EMPTY", "day_in_words", "in_words", "moment"]


def day_in_words(day: date) -> str:
    """A day that cannot be misread: 1 tháng 10 năm 2026."""
    return f"{day.day} tháng {day.month} năm {day.year}"
