"""What a GTIN's prefix says, and the numbers of publications."""

import pytest

from services.codes import GtinKind, ProductCode, check_digit, parse
from services.codes.kinds import isbn_10, issn_of, kind_of


def numbered(prefix: str, length: int = 13) -> str:
    """A GTIN of that length which begins so, as 14 digits."""
    payload = prefix.ljust(length - 1, "1")
    return (payload + str(check_digit(payload))).zfill(14)


@pytest.mark.parametrize(
    ("kind", "prefixes"),
    [
        (GtinKind.TRADE_ITEM, ["001", "019", "030", "039", "060", "100", "139", "300", "400", "893", "500", "958"]),
        (GtinKind.RESTRICTED, ["020", "029", "040", "049", "200", "250", "299"]),
        (GtinKind.COUPON, ["050", "059", "981", "982", "983", "984", "990", "999"]),
        (GtinKind.DEMONSTRATION, ["952"]),
        (GtinKind.ISBN, ["978", "9791", "9798"]),
        (GtinKind.ISMN, ["9790"]),
        (GtinKind.ISSN, ["977"]),
        (GtinKind.REFUND, ["980"]),
        (GtinKind.UNASSIGNED, ["140", "199", "920", "951", "985", "989", "894"]),
    ],
)
def test_a_prefix_tells_the_kind_with_every_indicator(kind: GtinKind, prefixes: list[str]) -> None:
    for prefix in prefixes:
        number = numbered(prefix)
        assert kind_of(number) is kind, prefix
        carton = "1" + number[1:13]
        assert kind_of(carton + str(check_digit(carton))) is kind, prefix


@pytest.mark.parametrize(
    ("kind", "prefixes"),
    [
        (GtinKind.TRADE_ITEM, ["100", "139", "300", "963", "893"]),
        (GtinKind.RESTRICTED, ["001", "012", "050", "099", "200", "299"]),
        (GtinKind.UNASSIGNED, ["140", "977", "978", "999"]),
        (GtinKind.DEMONSTRATION, ["952"]),
    ],
)
def test_the_eight_digits_of_a_gtin_8_have_prefixes_of_their_own(kind: GtinKind, prefixes: list[str]) -> None:
    for prefix in prefixes:
        assert kind_of(numbered(prefix, 8)) is kind, prefix


@pytest.mark.parametrize(
    ("number", "kind"),
    [
        ("21234567890" + str(check_digit("21234567890")), GtinKind.RESTRICTED),  # number system 2: weighed in the shop
        ("41234567890" + str(check_digit("41234567890")), GtinKind.RESTRICTED),
        ("51234567890" + str(check_digit("51234567890")), GtinKind.COUPON),
        ("31234567890" + str(check_digit("31234567890")), GtinKind.TRADE_ITEM),
        ("036000291452", GtinKind.TRADE_ITEM),
        ("00000017", GtinKind.RESTRICTED),
        ("96385074", GtinKind.TRADE_ITEM),
        ("9521234567899", GtinKind.DEMONSTRATION),
        ("https://id.example/01/09521234567899", GtinKind.DEMONSTRATION),
        ("(01)09521234567899", GtinKind.DEMONSTRATION),
    ],
)
def test_every_way_to_a_gtin_tells_its_kind(number: str, kind: GtinKind) -> None:
    code = parse(number)
    assert isinstance(code, ProductCode)
    assert code.kind is kind


@pytest.mark.parametrize(
    ("ean", "isbn", "old"),
    [
        ("9780306406157", "9780306406157", "0306406152"),
        ("9780804429573", "9780804429573", "080442957X"),
        ("9783161484100", "9783161484100", "316148410X"),
        ("9791090636071", "9791090636071", None),
        ("9790260000438", None, None),
        ("9521234567899", None, None),
        ("19780306406154", None, None),
    ],
)
def test_a_book_has_its_isbn_in_both_forms(ean: str, isbn: str | None, old: str | None) -> None:
    code = parse(ean)
    assert isinstance(code, ProductCode)
    assert (code.isbn, code.isbn_10, code.issn) == (isbn, old, None)


@pytest.mark.parametrize(
    ("ean", "issn"),
    [
        ("9770317847001", "0317-8471"),
        ("9771050124008", "1050-124X"),
        ("9770028083002", "0028-0836"),
        ("9770317847032", "0317-8471"),  # another issue's two digits
        ("9780306406157", None),
        ("9521234567899", None),
    ],
)
def test_a_magazine_has_its_issn_with_a_check_character_of_its_own(ean: str, issn: str | None) -> None:
    payload = ean[:12]
    code = parse(payload + str(check_digit(payload)))
    assert isinstance(code, ProductCode)
    assert (code.issn, code.isbn_10) == (issn, isbn_10(ean) if ean.startswith("978") else None)


def test_the_indicator_tells_cartons_from_what_is_in_them() -> None:
    codes = [parse(number) for number in ("9521234567899", "19521234567896", "99521234567892")]
    assert [code.indicator for code in codes if isinstance(code, ProductCode)] == [0, 1, 9]
    assert issn_of("9770317847001") == "0317-8471"
    carton = parse("1" + "977031784700" + str(check_digit("1977031784700")))
    assert isinstance(carton, ProductCode)
    assert (carton.kind, carton.issn) == (GtinKind.ISSN, None)
