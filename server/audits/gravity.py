"""Says which lines of an audit should be taken down, by the same rule as the app (docs/api.md, "Audits")."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

ENDED = ("withdrawn", "certificate_expired", "code_mismatch", "statement_invalid")
"""Verdicts that no shelf should show."""


def closing_day(moment: str) -> date:
    """The day in Vietnam of a moment as it is sent; at the end of all years the day by Greenwich."""
    at = datetime.fromisoformat(moment)
    try:
        return (at + timedelta(hours=7)).date()
    except OverflowError:
        return at.date()


def to_take_down(line: Mapping[str, Any], day: date) -> bool:
    """Whether a line, as it is sent, should be off the shelf on a day in Vietnam."""
    past = line["expiry"] is not None and date.fromisoformat(line["expiry"]) < day
    return past or (line["verdict"] is not None and line["verdict"]["status"] in ENDED)
