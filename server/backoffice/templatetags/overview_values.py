"""Writes the values of tables as people read them."""

from __future__ import annotations

from datetime import date, datetime

from django import template

from backoffice.words import moment
from overview.tables import Value

register = template.Library()


@register.filter
def shown(value: Value) -> str:
    """A number with points between thousands, a day as dd/mm/yyyy, a moment to the minute, a text as it is."""
    if isinstance(value, int):
        return f"{value:,}".replace(",", ".")
    if isinstance(value, datetime):
        return moment(value)
    if isinstance(value, date):
        return f"{value:%d/%m/%Y}"
    return value or ""


@register.filter
def share_of(value: int, most: int) -> str:
    """The length of a bar of at most 100, for a drawing: with a point, whatever the language."""
    return f"{100 * value / most:.1f}" if most else "0"


@register.filter
def drawn(number: float) -> str:
    """A coordinate of a drawing: with a point, whatever the language."""
    return f"{number:.1f}"
