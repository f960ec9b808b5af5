"""Days and times of GS1 values: the century, day 00, local time."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.codes.days import VIETNAM, century, day_of, is_day, is_day_or_month, is_long_day, time_of

TODAY = date(2026, 11, 24)


@pytest.mark.parametrize(
    ("year", "today", "whole"),
    [
        (26, 2026, 2026), (0, 2026, 2000), (76, 2026, 2076), (77, 2026, 1977), (99, 2026, 1999),
        (50, 2000, 2050), (51, 2000, 1951), (99, 1999, 1999), (49, 1999, 2049), (50, 1999, 1950),
        (0, 2051, 2100), (1, 2051, 2101), (2, 2051, 2002), (1, 2050, 2001), (0, 2050, 2100), (99, 2099, 2099),
        (49, 2099, 2149),
    ],
)  # fmt: skip
def test_two_digits_stand_for_the_nearest_year(year: int, today: int, whole: int) -> None:
    assert century(year, date(today, 6, 1)) == whole


@given(st.integers(0, 99), st.dates(date(1960, 1, 1), date(2200, 1, 1)))
def test_no_year_is_more_than_49_back_or_50_ahead(year: int, today: date) -> None:
    assert -49 <= century(year, today) - today.year <= 50
    assert century(year, today) % 100 == year


@pytest.mark.parametrize(
    ("digits", "day"),
    [
        ("261124", date(2026, 11, 24)),
        ("270200", date(2027, 2, 28)),
        ("280200", date(2028, 2, 29)),
        ("261200", date(2026, 12, 31)),
        ("990101", date(1999, 1, 1)),
        ("000229", date(2000, 2, 29)),
    ],
)
def test_a_day(digits: str, day: date) -> None:
    assert day_of(digits, TODAY) == day


def test_a_leap_day_of_a_year_that_has_none_is_the_months_last() -> None:
    assert day_of("000229", date(2060, 1, 1)) == date(2100, 2, 28)


@pytest.mark.parametrize(
    ("digits", "time"),
    [
        ("26112408", datetime(2026, 11, 24, 8, tzinfo=VIETNAM)),
        ("2611240815", datetime(2026, 11, 24, 8, 15, tzinfo=VIETNAM)),
        ("261124235958", datetime(2026, 11, 24, 23, 59, 58, tzinfo=VIETNAM)),
    ],
)
def test_a_time_is_vietnams(digits: str, time: datetime) -> None:
    read = time_of(digits, TODAY)
    assert (read, read.utcoffset()) == (time, timedelta(hours=7))


@given(st.dates(date(1977, 1, 1), date(2076, 12, 31)))
def test_every_day_can_be_written(day: date) -> None:
    digits = f"{day:%y%m%d}"
    assert is_day(digits)
    assert is_day_or_month(digits)
    assert is_day_or_month(digits[:4] + "00")
    assert not is_day(digits[:4] + "00")
    assert is_long_day(f"{day:%Y%m%d}")
    assert day_of(digits, TODAY) == day


@pytest.mark.parametrize("digits", ["260001", "261301", "260132", "260229", "260431", "260000"])
def test_no_day(digits: str) -> None:
    assert not is_day(digits)
    assert not is_day_or_month(digits)
    assert not is_long_day("20" + digits)


@pytest.mark.parametrize("digits", ["00000101", "20260100", "21000229"])
def test_no_long_day(digits: str) -> None:
    assert not is_long_day(digits)


def test_the_first_year_has_days() -> None:
    assert is_long_day("00010101")
