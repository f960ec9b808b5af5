"""Days and times as GS1 values write them (General Specifications 3.4.2, 7.12)."""

from __future__ import annotations

import calendar
from datetime import date, datetime, timedelta, timezone

VIETNAM = timezone(timedelta(hours=7))


def century(year: int, today: date) -> int:
    """The full year that two digits stand for: at most 49 years back and at most 50 ahead (7.12).

    >>> century(26, date(2026, 11, 23)), century(77, date(2026, 11, 23))
    (2026, 1977)
    """
    whole = today.year - today.year % 100 + year
    if whole - today.year > 50:
        return whole - 100
    return whole + 100 if today.year - whole > 49 else whole


def day_of(digits: str, today: date) -> date:
    """The day of a valid YYMMDD value; day 00 is the month's last (3.4.2).

    >>> day_of("270200", date(2026, 11, 23))
    datetime.date(2027, 2, 28)
    """
    year, month = century(int(digits[:2]), today), int(digits[2:4])
    last = calendar.monthrange(year, month)[1]
    return date(year, month, min(int(digits[4:]) or last, last))  # read after 2050, 000229 is in 2100


def time_of(digits: str, today: date) -> datetime:
    """The time of a valid YYMMDDhh, YYMMDDhhmm or YYMMDDhhmmss value, taken as Vietnam's local time."""
    hour, minute, second = (int(digits[start : start + 2] or 0) for start in (6, 8, 10))
    day = day_of(digits[:6], today)
    return datetime(day.year, day.month, day.day, hour, minute, second, tzinfo=VIETNAM)


def is_day(text: str) -> bool:
    """Whether a text is a day, YYMMDD."""
    return text[4:] != "00" and is_day_or_month(text)


def is_day_or_month(text: str) -> bool:
    """Whether a text is a day, YYMMDD, or a month with 00 as its day."""
    year, month, day = 2000 + int(text[:2]), int(text[2:4]), int(text[4:])
    return 1 <= month <= 12 and day <= calendar.monthrange(year, month)[1]


def is_long_day(text: str) -> bool:
    """Whether a text is a day, YYYYMMDD."""
    year, month, day = int(text[:4]), int(text[4:6]), int(text[6:])
    return year > 0 and 1 <= month <= 12 and 1 <= day <= calendar.monthrange(year, month)[1]
