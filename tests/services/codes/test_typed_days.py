"""A day that a person types from a label: one rule for every screen."""

from __future__ import annotations

from datetime import date

import pytest

from services.codes.typed_days import typed_day

TODAY = date(2026, 11, 29)


@pytest.mark.parametrize(
    "words",
    ["31/12/2026", "31-12-26", "311226", "31122026", "2026-12-31", "31.12.2026", " 31 12 26 ", "31 / 12 / 2026"],
)
def test_a_date_is_read_as_people_type_it(words: str) -> None:
    assert typed_day(words, today=TODAY) == date(2026, 12, 31)


@pytest.mark.parametrize(
    "words",
    ["32/12/2026", "12/2026", "tomorrow", "1", "00/12/2026", "31/13/2026", "311326", "2026-2-30", "1/1/0000", "0/0/0",
     "31/12/026", "٣١/١٢/٢٠٢٦"],
)  # fmt: skip
def test_what_is_no_date_is_refused(words: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        typed_day(words, today=TODAY)


def test_nothing_is_no_day() -> None:
    assert typed_day(" ") is None


@pytest.mark.parametrize(("words", "day"), [("02/2028", date(2028, 2, 29)), ("2.28", date(2028, 2, 29))])
def test_a_month_alone_means_its_last_day_where_it_may(words: str, day: date) -> None:
    assert typed_day(words, last=True, today=TODAY) == day


def test_two_digits_of_a_year_mean_the_nearest_one_as_in_codes() -> None:
    assert typed_day("1/1/76", today=TODAY) == date(2076, 1, 1)
    assert typed_day("1/1/77", today=TODAY) == date(1977, 1, 1)
