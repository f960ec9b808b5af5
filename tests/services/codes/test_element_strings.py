"""Element strings as scanners send them: FNC1, lengths, the rules of every value, and what is said of a fault."""

from string import ascii_letters, digits

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.codes import CodeError, Fault, check_digit, gs1_elements
from services.codes.application_identifiers import find
from services.codes.element_string import FNC1, Elements

GTIN = "09521234567899"
MARK = "1987654Ad4X4bL5ttr2310c2K"  # the example of the General Specifications, 7.9.5


def read(text: str) -> Elements:
    """What it says; `^` stands for FNC1."""
    return gs1_elements(text.replace("^", FNC1))


def refused(text: str) -> CodeError:
    with pytest.raises(CodeError) as caught:
        read(text)
    return caught.value


@pytest.mark.parametrize(
    ("text", "elements"),
    [
        (f"^01{GTIN}", [("01", GTIN)]),
        (f"01{GTIN}", [("01", GTIN)]),
        (f"01{GTIN}10L1", [("01", GTIN), ("10", "L1")]),
        ("00006141411234567890", [("00", "006141411234567890")]),
        ("^10L1", [("10", "L1")]),
        ("^10L1^", [("10", "L1")]),
        ("]C110L1", [("10", "L1")]),
        ("]d2^10L1", [("10", "L1")]),
        ("]Q310L1^21S", [("10", "L1"), ("21", "S")]),
        ("]e010L1", [("10", "L1")]),
        ("]J110L1", [("10", "L1")]),
        (f"^01{GTIN}^17270131", [("01", GTIN), ("17", "270131")]),  # FNC1 where none is needed
        (f"^1727013101{GTIN}", [("17", "270131"), ("01", GTIN)]),
        ("^21S^10L1", [("21", "S"), ("10", "L1")]),
        ("^10L1^10L1", [("10", "L1"), ("10", "L1")]),
        ("^10" + "x" * 20, [("10", "x" * 20)]),
        ("^3103000195^3922450", [("3103", "000195"), ("3922", "450")]),
        ("(10)L1(21)S", [("10", "L1"), ("21", "S")]),
        (f"(01) {GTIN} (10) L1", [("01", GTIN), ("10", "L1")]),
        ("^99" + "A" * 90, [("99", "A" * 90)]),
        ("^7007260101", [("7007", "260101")]),
        ("^7007260101260102", [("7007", "260101260102")]),
        ("^80082601011223^21S", [("8008", "2601011223"), ("21", "S")]),
    ],
)
def test_it_is_read_to_its_elements_in_their_order(text: str, elements: list[tuple[str, str]]) -> None:
    assert read(text) == tuple(elements)


@pytest.mark.parametrize(
    ("text", "fault", "ai", "detail"),
    [
        ("", Fault.BAD_GS1, None, "FNC1 is not in the first place"),
        ("10L1", Fault.BAD_GS1, None, "FNC1 is not in the first place"),
        ("021234567890", Fault.BAD_GS1, None, "FNC1 is not in the first place"),
        ("]E09521234567899", Fault.BAD_GS1, None, "FNC1 is not in the first place"),
        ("^", Fault.BAD_GS1, None, "it is empty"),
        ("]C1", Fault.BAD_GS1, None, "it is empty"),
        ("^^10L1", Fault.BAD_GS1, "^10L", "an unknown identifier"),
        ("^10L1^^21S", Fault.BAD_GS1, "^21S", "an unknown identifier"),
        ("^0512345", Fault.BAD_GS1, "0512", "an unknown identifier"),
        ("^1", Fault.BAD_GS1, "1", "an unknown identifier"),
        ("^10", Fault.BAD_GS1, "10", "its value is too short"),
        ("^10^21S", Fault.BAD_GS1, "10", "its value is too short"),
        ("^1727013", Fault.BAD_GS1, "17", "its value is too short"),
        ("^17270^131", Fault.BAD_GS1, "17", "its value is too short"),
        ("^10" + "x" * 21, Fault.BAD_GS1, "10", "its value is too long"),
        ("^42112345678901234567", Fault.BAD_GS1, "421", "its value breaks a rule (country)"),
        ("^42170412345678901234567", Fault.BAD_GS1, "421", "its value is too long"),
        ("^10L 1", Fault.BAD_GS1, "10", "a character that may not stand there"),
        ("^10Chè", Fault.BAD_GS1, "10", "a character that may not stand there"),
        ("^17²70131", Fault.BAD_GS1, "17", "a character that may not stand there"),
        ("^17261301", Fault.BAD_GS1, "17", "its value breaks a rule (day0)"),
        ("^01952123456789", Fault.WRONG_LENGTH, "01", "no GTIN has so many digits"),
        ("^0109521234567890", Fault.WRONG_CHECK_DIGIT, "01", "its value breaks a rule (sum)"),
        ("^00006141411234567891", Fault.WRONG_CHECK_DIGIT, "00", "its value breaks a rule (sum)"),
        (f"^01{GTIN}^0109520000000011", Fault.CONTRADICTION, "01", "it stands there twice, differently"),
        ("^10A^10B", Fault.CONTRADICTION, "10", "it stands there twice, differently"),
        (f"^01{GTIN}^3712", Fault.CONTRADICTION, "01", "it excludes 37"),
        ("^310300019531040001951", Fault.BAD_GS1, "1", "an unknown identifier"),
        ("^31030001953104000195", Fault.CONTRADICTION, "3103", "it excludes 3104"),
        ("^21S^235T", Fault.CONTRADICTION, "21", "it excludes 235"),
        ("(10)", Fault.BAD_GS1, "10", "its value is too short"),
        ("^" + "10A^" * 65, Fault.BAD_GS1, None, "it has too many elements"),
    ],
)
def test_a_fault_has_its_reason_and_its_identifier(text: str, fault: Fault, ai: str | None, detail: str) -> None:
    error = refused(text)
    assert (error.fault, error.ai, str(error)) == (fault, ai and ai.replace("^", FNC1), detail)


def test_so_many_elements_are_enough_for_any_pack() -> None:
    assert len(read("^" + "10A^" * 64)) == 64


@pytest.mark.parametrize(
    ("ai", "right", "wrong"),
    [
        ("00", "006141411234567890", "006141411234567891"),
        ("253", "1231231231232", "1231231231233"),
        ("253", "1231231231232TEST", "123123123123"),
        ("255", "1231231231232" + "1" * 12, "1231231231232A"),
        ("401", "9521A", "952A"),
        ("402", "9521234567890123" + str(check_digit("9521234567890123")), "95212345678901233"),
        ("11", "260100", "260132"),
        ("17", "240229", "230229"),
        ("17", "000229", "010229"),
        ("15", "261231", "260011"),
        ("13", "260228", "261301"),
        ("20", "01", "1"),
        ("242", "123456", "1234567"),
        ("3910", "7041500", "0011500"),
        ("3930", "840" + "1" * 15, "840" + "1" * 16),
        ("421", "704100000", "700100000"),
        ("422", "704", "999"),
        ("423", "704156", "704157"),
        ("423", "704156004008012", "704156004008012016"),
        ("426", "156", "15"),
        ("4300", "Ha%20Noi", "Ha%2Noi"),
        ("4300", "100%25", "100%"),
        ("4307", "VN", "XX"),
        ("4309", "18000000003600000000", "18000000013600000000"),
        ("4309", "00000000000000000000", "00000000003600000001"),
        ("4321", "1", "2"),
        ("4324", "2601002359", "2601002400"),
        ("4324", "2601010000", "2601010060"),
        ("4326", "260101", "260100"),
        ("4330", "001234", "00123"),
        ("4330", "001234-", "001234+"),
        ("7003", "2601010000", "2601000000"),
        ("7003", "2601012359", "2601012360"),
        ("7006", "260131", "260100"),
        ("7011", "260131", "26013112"),
        ("7011", "2601311200", "2601312500"),
        ("7030", "999ABC", "998ABC"),
        ("7030", "704A", "704"),
        ("7040", "1ABC", "1AB+"),
        ("7040", "1AB_", "1AB"),
        ("7040", "1AB-", "XABC"),
        ("7041", "200", "000"),
        ("7041", "ZZ", "ABC"),
        ("7041", "X20", "X13"),
        ("7230", "EU" + "1" * 28, "EU"),
        ("7241", "01", "00"),
        ("7241", "10", "11"),
        ("7241", "80", "79"),
        ("7241", "99", "9"),
        ("7250", "20000229", "19000229"),
        ("7250", "00010101", "00000101"),
        ("7250", "20260101", "20260100"),
        ("7250", "20261231", "20261301"),
        ("7250", "20260430", "20260431"),
        ("7250", "20260131", "20260031"),
        ("7251", "202601012359", "202601012400"),
        ("7252", "9", "3"),
        ("7252", "2", "4"),
        ("7258", "1/1", "0/1"),
        ("7258", "2/3", "3/2"),
        ("7258", "9/9", "1/0"),
        ("7258", "1/9", "1-9"),
        ("8001", "12341234512398", "00001234512398"),
        ("8001", "00010000100198", "00010000000198"),
        ("8001", "00010000100108", "00010000100028"),
        ("8001", "00010000100118", "00010000100128"),
        ("8003", "02112345678900", "12112345678900"),
        ("8003", "02112345678900" + "A" * 16, "02112345678900" + "A" * 17),
        ("8004", "9521A", "952"),
        ("8006", GTIN + "0102", GTIN + "0201"),
        ("8006", GTIN + "9999", GTIN + "0001"),
        ("8006", GTIN + "0101", GTIN + "0100"),
        ("8006", GTIN + "0101", GTIN[:-1] + "00101"),
        ("8007", "FR7630006000011234567890189", "FR7630006000011234567890188"),
        ("8007", "DE91100000000123456789", "XX91100000000123456789"),
        ("8007", "MU43BOMM0101123456789101000MUR", "mu43BOMM0101123456789101000MUR"),
        ("8007", "MU43BOMM0101123456789101000MUR", "MU43bomm0101123456789101000MUR"),
        ("8008", "26013123", "26013124"),
        ("8008", "2601310059", "2601310060"),
        ("8008", "260131005959", "260131005960"),
        ("8008", "26013100", "26010000"),
        ("8010", "9521#-/A", "9521a"),
        ("8011", "1", "0"),
        ("8011", "10", "01"),
        ("8013", MARK, MARK[:-1] + "J"),
        ("8013", "12345_ABCDEFGHIJKLMCP", "12345_ABCDEFGHIJKLMCO"),
        ("8013", "12345_0123456789:;<=>?62", "22"),
        ("8014", MARK, "12345678901234567890123N"),
        ("8017", "123456789012345675", "123456789012345676"),
        ("8026", GTIN + "0102", GTIN + "02"),
        ("8030", "abcXYZ_-09", "abc+"),
        ("8030", "ab==", "ab==="),
        ("8030", "abc=", "a=c"),
        ("8110", "012345612345611110123", "012345612345611110"),
        ("8112", "001234561234560123456", "201234561234560123456"),
        ("8111", "1234", "123"),
        ("90", "!\"%&'()*+,-./:;<=>?_", "#"),
        ("99", "Zz09", "a$"),
        ("99", "ok", "~"),
    ],
)  # fmt: skip
def test_every_rule_takes_what_is_right_and_nothing_else(ai: str, right: str, wrong: str) -> None:
    known = find(ai)
    assert known is not None
    assert read(f"^{ai}{right}") == ((ai, right),)
    assert refused(f"^{ai}{wrong}").ai == ai


@given(
    st.text(ascii_letters + digits, min_size=1, max_size=20), st.text(digits, min_size=13, max_size=13), st.booleans()
)
def test_what_is_written_is_read_again(lot: str, payload: str, fnc1: bool) -> None:
    gtin = payload + str(check_digit(payload))
    assert read(("^" if fnc1 else "") + f"01{gtin}10{lot}^17991231") == (("01", gtin), ("10", lot), ("17", "991231"))
