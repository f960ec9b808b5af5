"""The values of AI 8110 and 8112: every field, each in its place."""

import pytest

from services.codes.coupons import is_coupon, is_offer

BEGIN = "0123456" + "123456" + "11" + "11" + "0" + "123"  # company, offer, saved 1, buy 1 of sort 0 in family 123
LAST, FIRST = "3261231", "4260101"
SECOND = "10" + "212" + "9" + "456" + "9"
THIRD = "2" + "11" + "4" + "789" + "0123456"


@pytest.mark.parametrize(
    "value",
    [
        BEGIN,
        "6" + "1" * 12 + "123456" + "5" + "12345" + "5" + "12345" + "9" + "123",
        BEGIN + SECOND,
        BEGIN + "13" + "11" + "0" + "456" + "6" + "1" * 12,
        BEGIN + THIRD,
        BEGIN + SECOND + THIRD,
        BEGIN + LAST,
        BEGIN + FIRST,
        BEGIN + LAST + FIRST,
        BEGIN + "3260101" + FIRST,
        BEGIN + "50" + "1" * 6,
        BEGIN + "59" + "1" * 15,
        BEGIN + "61" + "1" * 7,
        BEGIN + "67" + "1" * 13,
        BEGIN + "90000",
        BEGIN + "96291",
        BEGIN + "95191",
        BEGIN + SECOND + LAST + FIRST + "501234566112345679" + "0000",
    ],
)
def test_a_coupon(value: str) -> None:
    assert is_coupon(value)
    assert not is_coupon(value + "0")


@pytest.mark.parametrize(
    "value",
    [
        "",
        "٣" * 21,
        BEGIN[:-1] + "A",
        *(BEGIN[:end] for end in range(1, len(BEGIN))),
        "7" + "1" * 13 + BEGIN[7:],
        BEGIN[:13] + "0" + BEGIN[14:],
        BEGIN[:13] + "612345611110123",
        BEGIN[:15] + "0" + BEGIN[16:],
        BEGIN[:17] + "5" + BEGIN[18:],
        *((BEGIN + SECOND)[:end] for end in range(len(BEGIN) + 1, len(BEGIN + SECOND))),
        BEGIN + "14" + SECOND[2:],
        BEGIN + SECOND[:-1] + "7" + "1" * 13,
        *((BEGIN + THIRD)[:end] for end in range(len(BEGIN) + 1, len(BEGIN + THIRD))),
        *((BEGIN + LAST)[:end] for end in range(len(BEGIN) + 1, len(BEGIN + LAST))),
        BEGIN + "3261301",
        BEGIN + "3260100",
        BEGIN + "4260100",
        BEGIN + "3251231" + FIRST,
        BEGIN + FIRST + LAST,
        BEGIN + THIRD + SECOND,
        BEGIN + "5",
        BEGIN + "50" + "1" * 5,
        BEGIN + "60" + "1" * 6,
        BEGIN + "68" + "1" * 14,
        BEGIN + "61" + "1" * 6,
        BEGIN + "93000",
        BEGIN + "90300",
        BEGIN + "90002",
        BEGIN + "9000",
        BEGIN + "7",
        BEGIN + "8",
    ],
)
def test_what_lacks_a_part_or_has_a_wrong_one_is_no_coupon(value: str) -> None:
    assert not is_coupon(value)


OFFER = "0" + "0123456" + "123456" + "0123456"


@pytest.mark.parametrize("value", [OFFER, "1" + OFFER[1:], "06" + "1" * 12 + "123456" + "9" + "1" * 15])
def test_an_offer(value: str) -> None:
    assert is_offer(value)
    assert not is_offer(value[:-1])
    assert not is_offer(value + "1")


@pytest.mark.parametrize("value", ["", "x", "2" + OFFER[1:], "07" + "1" * 13 + "123456" + "0123456", "²" + OFFER[1:]])
def test_no_offer(value: str) -> None:
    assert not is_offer(value)
