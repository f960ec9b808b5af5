"""Tells until when the office answers a record, and how a day stands to today, in words.

The days are the office's own promise, not a law's. They are rows (`Deadline`), with these defaults.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from django.db import transaction

from reviewing.models import NO_DAY, Case, Deadline

DEFAULT_DAYS = {"report": 5, "inspection": 3, "round": 5, "note": 7, "audit": 7}
"""Kinds of records that come into the inbox, in the order of its parts, each with its days."""
_SOON = 1


class Tone(StrEnum):
    """How urgent a day is; the page's colours have these names."""

    LATE = "stop"
    SOON = "att"
    CALM = "wait"


@dataclass(frozen=True)
class Due:
    """A deadline as people read it."""

    words: str
    tone: Tone


def due_on(kind: str, begins: date) -> date:
    """The last day for an answer whose turn began on a day."""
    return begins + timedelta(days=days_of(kind))


def days_of(kind: str) -> int:
    """Within how many days the office answers a kind."""
    days = Deadline.objects.filter(kind=kind).values_list("days", flat=True).first()
    return DEFAULT_DAYS[kind] if days is None else days


def due_in_words(day: date, today: date, *, asked: bool) -> Due:
    """How a last day stands to today. `asked`: it is the sender's turn, and the day is when the office looks again.

    >>> due_in_words(date(2026, 11, 30), date(2026, 11, 29), asked=False).words
    'Còn 1 ngày'
    """
    if day == NO_DAY:
        return Due("Không cần trả lời", Tone.CALM)
    left = (day - today).days
    if asked:
        return Due(
            "Chờ người gửi" if left >= 0 else f"Chờ người gửi quá {-left} ngày", Tone.CALM if left >= 0 else Tone.SOON
        )
    if left < 0:
        return Due(f"Quá hạn {-left} ngày", Tone.LATE)
    if left == 0:
        return Due("Hết hạn hôm nay", Tone.SOON)
    return Due(f"Còn {left} ngày", Tone.SOON if left <= _SOON else Tone.CALM)


@transaction.atomic
def set_days(kind: str, days: int) -> None:
    """Change the days of a kind, for what waits already too."""
    Deadline.objects.update_or_create(kind=kind, defaults={"days": days})
    waiting = Case.objects.filter(kind=kind, is_open=True).exclude(due_on=NO_DAY)
    for begins in list(waiting.order_by().values_list("turn_from", flat=True).distinct()):
        waiting.filter(turn_from=begins).update(due_on=begins + timedelta(days=days))
