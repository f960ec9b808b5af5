"""Check digits and the forms of one GTIN."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.codes import check_digit, has_valid_check_digit, to_gtin14
from services.codes.gtin import expand_upc_e, shorten_to_upc_e


def digits(length: int) -> st.SearchStrategy[str]:
    return st.text("0123456789", min_size=length, max_size=length)


# GS1 General Specifications 7.9.1 and published examples of each length.
PUBLISHED = [
    "00",
    "9501101530003",
    "629104150021" + "3",
    "96385074",
    "73513537",
    "036000291452",
    "10614141000415",
    "4006381333931",
]


@pytest.mark.parametrize("number", PUBLISHED)
def test_published_numbers_are_right(number: str) -> None:
    assert has_valid_check_digit(number)
    assert check_digit(number[:-1]) == int(number[-1])


@given(st.sampled_from([7, 11, 12, 13]).flatmap(digits))
def test_exactly_one_check_digit_is_right(payload: str) -> None:
    right = [last for last in "0123456789" if has_valid_check_digit(payload + last)]
    assert right == [str(check_digit(payload))]


@given(digits(13), st.integers(0, 12), st.integers(1, 9))
def test_one_changed_digit_is_always_noticed(payload: str, place: int, by: int) -> None:
    number = payload + str(check_digit(payload))
    changed = number[:place] + str((int(number[place]) + by) % 10) + number[place + 1 :]
    assert not has_valid_check_digit(changed)


@pytest.mark.parametrize(
    "text", ["", "0", "95212345678 9", "952123456789X", "٩٥٢١٢٣٤٥٦٧٨٩٩", "９５２１２３４５６７８９９", "-1"]
)
def test_what_is_no_row_of_digits_has_no_check_digit(text: str) -> None:
    assert not has_valid_check_digit(text)


@pytest.mark.parametrize(
    ("short", "long"),
    [
        # The last of the six digits says how zeros were left out (GS1 General Specifications 5.2.2.4.2).
        ("01201303", "012000000133"),
        ("01278916", "012100007896"),
        ("01278923", "012200007893"),
        ("01234531", "012300000451"),
        ("01234542", "012340000052"),
        ("01234565", "012345000065"),
        ("04252614", "042100005264"),
    ],
)
def test_a_upc_e_stands_for_a_upc_a(short: str, long: str) -> None:
    assert expand_upc_e(short) == long


@given(st.sampled_from("01"), digits(6))
def test_a_upc_e_expands_to_a_number_that_shortens_to_one_of_the_same_number(system: str, body: str) -> None:
    """Several UPC-Es may expand to one UPC-A (by 3 where maker and item end in zeros); it shortens to one of them."""
    check = check_digit(expand_upc_e(system + body + "0")[:-1])
    long = expand_upc_e(f"{system}{body}{check}")
    assert len(long) == 12
    assert has_valid_check_digit(long)
    assert has_valid_check_digit(f"{system}{body}{check}", upc_e=True)
    short = shorten_to_upc_e(long)
    assert short is not None
    assert expand_upc_e(short) == long


@given(digits(12))
def test_a_number_that_can_be_shortened_comes_back_whole(number: str) -> None:
    short = shorten_to_upc_e(number)
    assert short is None or expand_upc_e(short) == number


@pytest.mark.parametrize("number", ["036000291452", "212345000065", "012345000045", "012345123456"])
def test_most_numbers_have_no_upc_e(number: str) -> None:
    assert shorten_to_upc_e(number) is None


@pytest.mark.parametrize(
    ("number", "key"),
    [
        ("96385074", "00000096385074"),
        ("036000291452", "00036000291452"),
        ("9521234567899", "09521234567899"),
        ("19521234567896", "19521234567896"),
    ],
)
def test_every_length_has_one_key_of_14_digits(number: str, key: str) -> None:
    assert to_gtin14(number) == key


@pytest.mark.parametrize(
    "number", ["", "9521234567890", "952123456789", "95212345678991", "952123456789900", "952123456789a"]
)
def test_what_is_no_gtin_has_no_key(number: str) -> None:
    with pytest.raises(ValueError, match=r"^(wrong check digit|a GTIN has 8, 12, 13 or 14 digits, not \d+)$"):
        to_gtin14(number)
