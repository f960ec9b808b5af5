"""Says which lines of an audit should be taken down, by the same rule as the app (docs/api.md, "Audits")."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from records.wire import by_servers_clock

ALWAYS = ("withdrawn", "code_mismatch", "statement_invalid")
BY_A_FRESH_COPY = ("certificate_expired", "suspected_copy", "star_mismatch")
"""Verdicts that no shelf should show; the latter only where the copy of the register was fresh."""
FRESH = timedelta(days=30)
_MARK = "mark_not_registered"


def closing_day(moment: str) -> date:
    """The day in Vietnam of a moment as it is sent; at the end of all years the day by Greenwich."""
    at = datetime.fromisoformat(moment)
    try:
        return (at + timedelta(hours=7)).date()
    except OverflowError:
        return at.date()


def judged_at(closed_at: str, created_at: str, clock_offset: float | None) -> str:
    """The moment by which an audit is judged: its closing, by the server's clock where the device knew that.

    A clock that was put right while packs were counted has said `closed_at` too late.
    """
    at = min(closed_at, created_at, key=datetime.fromisoformat)
    right = by_servers_clock(datetime.fromisoformat(at), clock_offset)
    return right.isoformat() if right else at


def to_take_down(line: Mapping[str, Any], closed_at: str) -> bool:
    """Whether a line, as it is sent, should have been off the shelf when its audit was closed."""
    if line["expiry"] is not None and date.fromisoformat(line["expiry"]) < closing_day(closed_at):
        return True
    verdict = line["verdict"]
    if verdict is None:
        return False
    status, as_of = verdict["status"], verdict["as_of"]
    if status in ALWAYS:
        return True
    marked = line["shows_mark"] or line["stars_label"] or _MARK in verdict["reasons"]
    if as_of is None or not (status in BY_A_FRESH_COPY or (status == "not_registered" and marked)):
        return False
    return datetime.fromisoformat(closed_at) - datetime.fromisoformat(as_of) <= FRESH
