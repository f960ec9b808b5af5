"""Reads a day as a person types it from a label, whichever screen asks for it."""

from __future__ import annotations

import calendar
import re
from datetime import date, datetime

from services.codes.days import VIETNAM, century

_PARTED = re.compile(r"(?:(\d{1,2})[/.\- ]+)?(\d{1,2})[/.\- ]+(\d{4}|\d{2})", re.ASCII)
_TOGETHER = re.compile(r"(\d{2})(\d{2})(\d{4}|\d{2})", re.ASCII)
_YEAR_FIRST = re.compile(r"(\d{4})[/.\- ]+(\d{1,2})[/.\- ]+(\d{1,2})", re.ASCII)


def typed_day(text: str, *, last: bool = False, today: date | None = None) -> date | None:
    """Return the day, or None for an empty text. Raises ValueError for what is no day.

    The day comes first, however it is parted from the month and the year, or the year of four digits does. With `last`,
    a month alone means its last day. Two digits of a year mean the nearest one by GS1's rule (General Specifications,
    7.12); `today` is Vietnam's where it is not given.

    >>> typed_day("14/9/2027"), typed_day("311226", today=date(2026, 11, 29)), typed_day("02/2027", last=True)
    (datetime.date(2027, 9, 14), datetime.date(2026, 12, 31), datetime.date(2027, 2, 28))
    """
    text = text.strip()
    if not text:
        return None
    if backwards := _YEAR_FIRST.fullmatch(text):
        year, month, day = backwards.groups()
    else:
        found = _PARTED.fullmatch(text) or _TOGETHER.fullmatch(text)
        if found is None or (found[1] is None and not last):
            raise ValueError(text)
        day, month, year = found.groups()
    whole = century(int(year), today or datetime.now(VIETNAM).date()) if len(year) == 2 else int(year)
    if not (1 <= int(month) <= 12 and whole):
        raise ValueError(text)
    return date(whole, int(month), int(day) if day else calendar.monthrange(whole, int(month))[1])
