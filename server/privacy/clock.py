"""Days until which a person's request is answered and carried out, and the office's terms as they are set now."""

from __future__ import annotations

from datetime import date, timedelta

from django.conf import settings
from django.db import transaction

from logbook.models import Group
from logbook.writing import write
from privacy.models import TermSet
from privacy.terms import ALL, BY_KEY

MOST_DAYS = 36_500
_SATURDAY = 5


def days_of(key: str) -> int:
    """The days of a term: what the office has set, else the installation, else the default."""
    kept = TermSet.objects.filter(pk=key).first()
    return kept.days if kept else default_of(key)


def default_of(key: str) -> int:
    """The days of a term unless the office says otherwise."""
    term = BY_KEY[key]
    return int(getattr(settings, term.setting, term.days)) if term.setting else term.days


def all_days() -> dict[str, int]:
    """The days of every term."""
    kept = dict(TermSet.objects.values_list("key", "days"))
    return {term.key: kept.get(term.key, default_of(term.key)) for term in ALL}


@transaction.atomic
def set_days(key: str, days: int, why: str) -> None:
    """Set a term, and write it into the log. Nothing happens where it is so already."""
    before = days_of(key)
    if before != days:
        TermSet.objects.update_or_create(pk=key, defaults={"days": days})
        title = BY_KEY[key].title
        write(Group.PRIVACY, "Đổi thời hạn", None, [(title, str(before), str(days))], about=key, why=why)


def working_day_after(day: date, days: int) -> date:
    """The day so many working days later. Public holidays count as working days, so it is never too late.

    >>> working_day_after(date(2026, 11, 27), 2)  # a Friday
    datetime.date(2026, 12, 1)
    """
    while days > 0:
        day += timedelta(days=1)
        days -= day.weekday() < _SATURDAY
    return day


def deadlines(received: date) -> tuple[date, date]:
    """Until when a request of this day is answered, and until when it is carried out."""
    return working_day_after(received, days_of("answer")), received + timedelta(days=days_of("carry_out"))
