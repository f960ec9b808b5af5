"""Reads days as lists write them, and decides the order of day and month for a whole column.

A day that is told only to the month or the year stays so: "2022-12", "2022". Nothing makes a day of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from imports.values import Outcome, Read, asked, proposed, refused, taken
from register.letters import fold

DMY, MDY = "dmy", "mdy"
EARLIEST, LATEST = 1990, 2100
"""Years in which decisions and certificates may lie."""

_LEAD = re.compile(r"^(?:(?:co gia tri|hieu luc)\s+)?(?:tu\s+|den\s+(?:het\s+)?|het\s+|ky\s+)?(?:ngay\s*:?\s*)?")
_WORDS = re.compile(r"(\d{1,2}) thang (\d{1,2}) nam (\d{4})")
_YEAR_FIRST = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[t ]\d{1,2}:\d\d.*)?")
_YEAR_LAST = re.compile(r"(\d{1,2}) ?[-/.] ?(\d{1,2}) ?[-/.] ?(\d{4})(?:[t ]\d{1,2}:\d\d.*)?")
_SHORT_YEAR = re.compile(r"(\d{1,2}) ?[-/.] ?(\d{1,2}) ?[-/.] ?(\d{2})")
_MONTH = re.compile(r"(?:thang |thang|t)?(\d{1,2})(?: ?[-/.] ?| nam )(\d{4})")
_MONTH_FIRST = re.compile(r"(\d{4})-(\d{1,2})")
_YEAR = re.compile(r"(?:nam )?(\d{4})")
_SERIAL = re.compile(r"\d{5}(?:\.\d+)?")
_DURATION = re.compile(r"\d+ (?:thang|nam)")
_IN_TEXT = re.compile(r"\d{1,2} thang \d{1,2} nam \d{4}|\d{4}-\d{1,2}-\d{1,2}|\d{1,2} ?[-/.] ?\d{1,2} ?[-/.] ?\d{4}")


def day(year: int, month: int, number: int) -> date | None:
    """The day, or None where the calendar has none or its year is out of bounds."""
    if not EARLIEST <= year <= LATEST:
        return None
    try:
        return date(year, month, number)
    except ValueError:
        return None


@dataclass(frozen=True, slots=True)
class Order:
    """How a column writes day and month: how many of its dates can only be read one way, and examples of each."""

    dmy: tuple[str, ...] = ()
    mdy: tuple[str, ...] = ()
    either: tuple[str, ...] = ()

    @property
    def decided(self) -> str:
        """The order, or empty where the dates contradict each other or none decides."""
        if bool(self.dmy) == bool(self.mdy):
            return ""
        return DMY if self.dmy else MDY

    @property
    def is_open(self) -> bool:
        """Whether a person has to decide."""
        return bool(self.dmy and self.mdy) or bool(self.either and not self.decided)


def order_of(texts: Iterable[str]) -> Order:
    """Look through a column's texts, each of which may hold several dates."""
    found: dict[str, list[str]] = {DMY: [], MDY: [], "either": []}
    for text in texts:
        for piece in _IN_TEXT.findall(fold(text)):
            match = _YEAR_LAST.fullmatch(piece)
            if match and (way := _way(*map(int, match.groups()))):
                found[way].append(piece)
    return Order(tuple(found[DMY]), tuple(found[MDY]), tuple(found["either"]))


def _way(first: int, second: int, year: int) -> str:
    """Which order makes a day of the numbers; empty where none does or both make the same one."""
    by_day, by_month = day(year, second, first), day(year, first, second)
    if by_day and by_month:
        return "" if by_day == by_month else "either"
    return DMY if by_day else MDY if by_month else ""


def read_day(text: str, order: str = "", *, since_1904: bool = False, knows_days: bool = False) -> Read:
    """Read one cell's text; `order` is the column's, empty where it is not decided."""
    words = _LEAD.sub("", fold(text), count=1).strip(" .;,")
    if match := _WORDS.fullmatch(words):
        return _exact(match[3], match[2], match[1])
    if match := _YEAR_FIRST.fullmatch(words):
        return _exact(match[1], match[2], match[3])
    if match := _YEAR_LAST.fullmatch(words):
        return _numbers(int(match[1]), int(match[2]), int(match[3]), order)
    if match := _SHORT_YEAR.fullmatch(words):
        found = day(2000 + int(match[3]), int(match[2]), int(match[1]))
        return proposed("day_short_year", found.isoformat()) if found else refused("day_impossible")
    if match := _MONTH.fullmatch(words):
        return _month(match[2], match[1])
    if match := _MONTH_FIRST.fullmatch(words):
        return _month(match[1], match[2])
    if match := _YEAR.fullmatch(words):
        return taken(match[1], ("day_year_only", match[1])) if _in_bounds(match[1]) else refused("day_impossible")
    if _SERIAL.fullmatch(words):
        return _serial(int(float(words)), since_1904=since_1904, knows_days=knows_days)
    return refused("day_duration" if _DURATION.fullmatch(words) else "day_unreadable")


def _exact(year: str, month: str, number: str) -> Read:
    found = day(int(year), int(month), int(number))
    return taken(found.isoformat()) if found else refused("day_impossible")


def _numbers(first: int, second: int, year: int, order: str) -> Read:
    by_day, by_month = day(year, second, first), day(year, first, second)
    if by_day is None and by_month is None:
        return refused("day_impossible")
    if by_day == by_month and by_day:
        return taken(by_day.isoformat())
    if not order:
        return asked("day_order_open", *(found.isoformat() for found in (by_day, by_month) if found))
    mine, other = (by_day, by_month) if order == DMY else (by_month, by_day)
    if mine:
        return taken(mine.isoformat())
    return proposed("day_other_order", *([other.isoformat()] if other else []))


def _month(year: str, month: str) -> Read:
    if not (1 <= int(month) <= 12 and _in_bounds(year)):
        return refused("day_impossible")
    read = f"{year}-{int(month):02}"
    return taken(read, ("day_month_only", f"{int(month):02}/{year}"))


def _in_bounds(year: str) -> bool:
    return EARLIEST <= int(year) <= LATEST


def _serial(number: int, *, since_1904: bool, knows_days: bool) -> Read:
    found = (date(1904, 1, 1) if since_1904 else date(1899, 12, 30)) + timedelta(days=number)
    if not EARLIEST <= found.year <= LATEST:
        return refused("day_unreadable")
    if not knows_days:
        return proposed("day_serial_unsure", found.isoformat())
    return taken(found.isoformat(), ("day_serial", shown(found.isoformat())))


def shown(read: str) -> str:
    """A read day as people write it: 23/12/2019, 12/2019, 2019."""
    return "/".join(reversed(read.split("-")))


def agrees(coarse: str, exact: str) -> bool:
    """Whether a day, month or year holds the other."""
    return exact.startswith(coarse) or coarse.startswith(exact)


def first_day_in(text: str, order: str) -> tuple[str, Read] | None:
    """The first date that stands in a longer text, as it stands in the folded text, and what it says."""
    match = _IN_TEXT.search(fold(text))
    return (match[0], read_day(match[0], order)) if match else None


def swapped(held: date) -> date | None:
    """The day that a program which took month for day would have made this one of."""
    return day(held.year, held.day, held.month) if held.day != held.month else None


def settled(read: Read) -> bool:
    """Whether a day says one thing."""
    return read.outcome is Outcome.TAKEN
