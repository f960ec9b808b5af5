"""Writes the values of records as people read them, in the log and in the back office."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db.models import Field
from django.utils import timezone

EMPTY = "(trống)"


def moment(at: datetime) -> str:
    """A moment in Vietnam, to the minute: 23/11/2026 08:05."""
    return f"{timezone.localtime(at):%d/%m/%Y %H:%M}"


def in_words(field: Field[Any, Any], value: Any) -> str:
    """The value of a model's field: the label of a choice, a day as dd/mm/yyyy, a related record by its name."""
    if field.choices and value is not None:
        return str(dict(field.flatchoices).get(value, value))
    if isinstance(value, bool):
        return "Có" if value else "Không"
    if isinstance(value, datetime):
        return moment(value)
    if isinstance(value, date):
        return f"{value:%d/%m/%Y}"
    if isinstance(value, list):
        return ", ".join(sorted(map(_text, value))) or EMPTY
    return EMPTY if value is None or value == "" else str(value)


def _text(value: Any) -> str:
    """One of several values; an object of JSON by its values, such as a day and a place."""
    if isinstance(value, dict):
        return " ".join(_text(part) for part in value.values() if part)
    try:
        return f"{date.fromisoformat(value):%d/%m/%Y}" if isinstance(value, str) else str(value)
    except ValueError:
        return str(value)
