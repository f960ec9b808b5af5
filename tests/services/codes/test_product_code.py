"""What numbers, element strings and anything else name."""

from datetime import date, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from services.codes import Code, Fault, ProductCode, TraceLink, Unrecognised, has_valid_check_digit, parse

GTIN = "09521234567899"
OTHER = "09520000000011"


def named(code: Code) -> ProductCode:
    assert isinstance(code, ProductCode), code
    return code


def fault(code: Code) -> Fault:
    assert isinstance(code, Unrecognised), code
    return code.fault


@pytest.mark.parametrize(
    ("text", "gtin"),
    [
        ("96385074", "00000096385074"),
        ("036000291452", "00036000291452"),
        ("9521234567899", GTIN),
        ("19521234567896", "19521234567896"),
        ("  9521234567899\r\n", GTIN),
        ("952 1234 567 899", GTIN),
        ("952-1234567-89.9", GTIN),
        ("952\u00a01234567899", GTIN),
    ],
)
def test_a_number_of_each_length_and_spacing_names_its_product(text: str, gtin: str) -> None:
    code = named(parse(text))
    assert (code.gtin, code.lot, code.serial, code.expiry, code.link) == (gtin, None, None, None, None)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("9521234567890", Fault.WRONG_CHECK_DIGIT),
        ("96385075", Fault.WRONG_CHECK_DIGIT),
        ("123", Fault.WRONG_LENGTH),
        ("952123456789", Fault.WRONG_CHECK_DIGIT),
        ("952123456789900", Fault.WRONG_LENGTH),
        ("9" * 20, Fault.WRONG_LENGTH),
        ("", Fault.NOT_A_PRODUCT_CODE),
        ("   ", Fault.NOT_A_PRODUCT_CODE),
        ("Chè hoa vàng", Fault.NOT_A_PRODUCT_CODE),
        ("-", Fault.NOT_A_PRODUCT_CODE),
        ("٩٥٢١٢٣٤٥٦٧٨٩٩", Fault.NOT_A_PRODUCT_CODE),
        ("WIFI:S:cho;T:WPA;P:9521234567899;;", Fault.NOT_A_PRODUCT_CODE),
        ("[)>\x1e06\x1dP123\x1e\x04", Fault.NOT_A_PRODUCT_CODE),
    ],
)
def test_what_is_no_number_of_a_product_says_why(text: str, why: Fault) -> None:
    assert fault(parse(text)) is why


def test_eight_digits_are_a_upc_e_only_where_the_symbol_is_one() -> None:
    assert named(parse("01234565", upc_e=True)).gtin == "00012345000065"
    assert named(parse("01234565")).gtin == "00000001234565"
    assert named(parse("96385074")).gtin == "00000096385074"
    assert fault(parse("01234567", upc_e=True)) is Fault.WRONG_CHECK_DIGIT
    assert named(parse("9521234567899", upc_e=True)).gtin == GTIN


@pytest.mark.parametrize(
    ("text", "gs1"),
    [
        (f"01{GTIN}10L1\x1d21S9", True),
        (f"\x1d01{GTIN}10L1\x1d21S9", False),
        (f"01{GTIN}10L1\x1d21S9", False),
        (f"]C101{GTIN}10L1\x1d21S9", False),
        (f"]d201{GTIN}10L1\x1d21S9", False),
        (f"]Q301{GTIN}10L1\x1d21S9", False),
        (f"]e001{GTIN}10L1\x1d21S9", False),
        (f"(01){GTIN}(10)L1(21)S9", False),
        (f"(10)L1(21)S9(01){GTIN}", False),
        (f"\x1d10L1\x1d21S9\x1d01{GTIN}", False),
        (f" (01) {GTIN} (10) L1 (21) S9 ", False),
    ],
)
def test_an_element_string_is_read_however_it_comes(text: str, gs1: bool) -> None:
    code = named(parse(text, gs1=gs1))
    assert (code.gtin, code.lot, code.serial, code.link) == (GTIN, "L1", "S9", None)
    assert code.text == text.strip()


@pytest.mark.parametrize("gs1", [False, True])
def test_only_white_space_around_an_element_string_is_none_of_it(gs1: bool) -> None:
    begin = "" if gs1 else "\x1d"
    assert named(parse(f"\t{begin}01{GTIN}10LX \n"[0 if gs1 else 1 :], gs1=gs1)).lot == "LX"
    assert parse(f" {GTIN[:-1]}0 ") == Unrecognised(f"{GTIN[:-1]}0", Fault.WRONG_CHECK_DIGIT)


def test_a_separator_keeps_a_lot_of_digits_apart_from_what_follows() -> None:
    for text in (f"01{GTIN}10123\x1d17301231", f"\x1d01{GTIN}10123\x1d17301231"):
        code = named(parse(text))
        assert (code.lot, code.expiry) == ("123", date(2030, 12, 31))


def test_a_gs1_text_without_separator_or_mark_is_read_where_its_gtin_is_right() -> None:
    assert named(parse(f"01{GTIN}17301231")).expiry == date(2030, 12, 31)
    assert named(parse(f"01{GTIN}10ABC")).lot == "ABC"
    assert fault(parse(f"01{GTIN[:-1]}0" + "10ABC")) is Fault.NOT_A_PRODUCT_CODE
    assert fault(parse(f"01{GTIN}ABC")) is Fault.NOT_A_PRODUCT_CODE


@pytest.mark.parametrize(
    ("elements", "expiry"),
    [
        ("(17)301231", date(2030, 12, 31)),
        ("(15)300115", date(2030, 1, 15)),
        ("(15)300115(17)301231", date(2030, 12, 31)),
        ("(17)301231(15)300115", date(2030, 12, 31)),
        ("(17)260200", date(2026, 2, 28)),
        ("(17)280200", date(2028, 2, 29)),
        ("(17)301200", date(2030, 12, 31)),
        ("(11)260101", None),
    ],
)
def test_the_last_good_day_is_17_and_else_15_and_day_00_is_the_months_last(elements: str, expiry: date | None) -> None:
    assert named(parse(f"(01){GTIN}{elements}")).expiry == expiry


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (f"(01){GTIN}(17)261301", Fault.BAD_GS1),
        (f"(01){GTIN}(17)260230", Fault.BAD_GS1),
        (f"(01){GTIN}(17)2612", Fault.BAD_GS1),
        (f"(01){GTIN}(10)", Fault.BAD_GS1),
        (f"(01){GTIN}(10)" + "L" * 21, Fault.BAD_GS1),
        (f"(01){GTIN}(05)1", Fault.BAD_GS1),
        (f"]C101{GTIN[:-1]}0", Fault.WRONG_CHECK_DIGIT),
        (f"(01){GTIN[:-1]}0(10)L1", Fault.WRONG_CHECK_DIGIT),
        (f"\x1d01{GTIN[:-1]}0" + "10L1", Fault.WRONG_CHECK_DIGIT),
        ("(01)9521234567899", Fault.WRONG_LENGTH),
        (f"(01){GTIN}(01){OTHER}", Fault.CONTRADICTION),
        (f"(01){GTIN}(10)A(10)B", Fault.CONTRADICTION),
        (f"(01){GTIN}(02){OTHER}", Fault.CONTRADICTION),
        (f"(02){GTIN}(37)12", Fault.NOT_A_PRODUCT_CODE),
        ("(00)395012345678901231", Fault.WRONG_CHECK_DIGIT),
        ("(00)006141411234567890", Fault.NOT_A_PRODUCT_CODE),
        ("(10)L1", Fault.NOT_A_PRODUCT_CODE),
        ("]C1", Fault.BAD_GS1),
        ("\x1d", Fault.BAD_GS1),
        ("0109521234567890", Fault.WRONG_CHECK_DIGIT),
    ],
)
def test_an_element_string_that_names_no_product_says_why(text: str, why: Fault) -> None:
    assert fault(parse(text)) is why


def test_an_element_said_twice_alike_is_no_contradiction() -> None:
    assert named(parse(f"(01){GTIN}(10)A(10)A")).lot == "A"


def test_the_elements_of_a_pack_are_typed() -> None:
    code = named(parse(f"(01){GTIN}(10)L1(21)S9(11)260105(13)260106(15)261200(16)261130(17)270131"))
    assert (code.gtin, code.lot, code.serial) == (GTIN, "L1", "S9")
    assert (code.produced, code.packed) == (date(2026, 1, 5), date(2026, 1, 6))
    assert (code.best_before, code.sell_by, code.expiry) == (date(2026, 12, 31), date(2026, 11, 30), date(2027, 1, 31))
    assert (code.frozen, code.expires_at, code.net_weight, code.net_volume, code.count) == (None,) * 5
    assert code.elements[:2] == (("01", GTIN), ("10", "L1"))


def test_times_measures_and_counts_are_typed() -> None:
    code = named(parse(f"(01){GTIN}(3103)000195(3152)000750(30)12(7003)2701311830(7006)260104(8008)26010507"))
    assert (code.net_weight, code.net_volume, code.count) == (Decimal("0.195"), Decimal("7.50"), 12)
    assert code.expires_at == datetime(2027, 1, 31, 18, 30, tzinfo=timezone(timedelta(hours=7)))
    assert (code.expiry, code.frozen, code.produced) == (date(2027, 1, 31), date(2026, 1, 4), date(2026, 1, 5))
    assert (code.lot, code.serial, code.packed, code.best_before, code.sell_by) == (None,) * 5


@pytest.mark.parametrize(("ai", "weight"), [("3100", "195"), ("3101", "19.5"), ("3105", "0.00195")])
def test_a_weight_has_the_decimals_that_its_identifier_says(ai: str, weight: str) -> None:
    assert named(parse(f"(01){GTIN}({ai})000195")).net_weight == Decimal(weight)


@pytest.mark.parametrize(
    ("elements", "expiry"),
    [
        ("(17)270131(7003)2702011200(15)261231", date(2027, 1, 31)),
        ("(7003)2702011200(15)261231", date(2027, 2, 1)),
        ("(15)261231", date(2026, 12, 31)),
    ],
)
def test_the_last_day_is_the_plainest_that_the_pack_says(elements: str, expiry: date) -> None:
    assert named(parse(f"(01){GTIN}{elements}")).expiry == expiry


def test_what_was_produced_is_the_day_said_before_the_time_said() -> None:
    assert named(parse(f"(01){GTIN}(8008)26010507(11)260104")).produced == date(2026, 1, 4)


@pytest.mark.parametrize(
    ("text", "gtin"),
    [
        ("]E09521234567899", GTIN),
        ("]E496385074", "00000096385074"),
        ("]I119521234567896", "19521234567896"),
        ("]Q1https://id.example/01/" + GTIN, GTIN),
        ("]d1" + GTIN, GTIN),
        ("]C0 9521234567899", GTIN),
    ],
)
def test_a_scanners_symbology_identifier_is_no_part_of_the_text(text: str, gtin: str) -> None:
    code = named(parse(text))
    assert (code.gtin, code.text) == (gtin, text[3:])


@pytest.mark.parametrize("text", ["]", "]E", "]0E9521234567899", "]]C1", "x]E09521234567899"])
def test_what_only_looks_like_a_symbology_identifier_is_part_of_the_text(text: str) -> None:
    assert parse(text) == Unrecognised(text, Fault.NOT_A_PRODUCT_CODE)


def test_an_address_is_one_even_where_the_symbol_announces_gs1() -> None:
    assert named(parse(f"https://id.example/01/{GTIN}", gs1=True)).link == f"https://id.example/01/{GTIN}"


def test_a_symbol_that_announces_gs1_holds_any_element() -> None:
    assert fault(parse("991234", gs1=True)) is Fault.NOT_A_PRODUCT_CODE
    assert fault(parse("0521234567899", gs1=True)) is Fault.BAD_GS1
    assert named(parse(f" 10L1\x1d01{GTIN}\r\n", gs1=True)).lot == "L1"


@pytest.mark.parametrize(
    ("text", "gs1"),
    [
        (f"]C101{GTIN}", False),
        (f"(01){GTIN}", False),
        (f"01{GTIN}10L1", True),
        (f"01{GTIN}10L1", False),
        ("9521234567890", False),
        ("https://id.example/01/09521234567890", False),
    ],
)
def test_every_answer_keeps_the_text_that_it_is_of(text: str, gs1: bool) -> None:
    assert parse(f" {text}\n", gs1=gs1).text == text


FRAGMENTS = st.sampled_from([
    GTIN, OTHER, "9521234567899", "96385074", "01", "02", "10", "17", "15", "21", "/", "//", "?", "&", "=", "#", "%",
    "%2F", "%00", "https://", "http://", "HTTP://", "a.example", "a", "[::1]", "[", "]", "@", ":", ":99999",
    "192.0.2.1", "(01)", "(10)", "(17)", "(", ")",
    "\x1d", "]C1", "]d2", " ", "\n", "\x00", "260230", "261200", "٣", "²", "đ", "L1",
])  # fmt: skip


@given(st.one_of(st.text(), st.lists(FRAGMENTS, max_size=12).map("".join)), st.booleans(), st.booleans())
@example("https://[::1", False, False)
@example("https://a.example/01/²²²²²²", False, False)
@example("²²²²²²²²", False, True)
def test_no_text_makes_it_raise_and_no_product_has_a_wrong_gtin(text: str, gs1: bool, upc_e: bool) -> None:
    code = parse(text, gs1=gs1, upc_e=upc_e)
    match code:
        case ProductCode():
            assert len(code.gtin) == 14
            assert code.gtin.isascii()
            assert has_valid_check_digit(code.gtin)
        case TraceLink():
            assert code.host
            assert code.host == code.host.lower()
        case Unrecognised():
            assert code.fault in Fault
