"""What a whole burst of keys is: a code, other words, or a reason why it is not judged."""

from __future__ import annotations

import pytest

from services.scanners import Burst, Frame, Refusal, Scan, read
from services.scanners.layouts import as_typed
from services.scanners.reading import SEPARATORS

GTIN = "09521234567899"
ELEMENTS = f"01{GTIN}10L7A\x1d17270131"
LINK = f"https://id.example.vn/01/{GTIN}/10/aZy?17=270131"


def code_in(text: str, end: str = "Enter") -> str | None:
    """The text that is taken for a code's or an address."""
    found = read(Burst(text, end))
    return found.text if isinstance(found, Scan) and found.is_code else None


@pytest.mark.parametrize(
    "text",
    [
        "9521234567899",
        "95212345",
        f"01{GTIN}172701311010L7AX",
        ELEMENTS,
        f"]d2{ELEMENTS}",
        f"]C1{ELEMENTS}\x1d",
        f"\x1d{ELEMENTS}",
        ELEMENTS.replace("899", "890"),
        f"(01){GTIN}(10)L7A",
        "]E09521234567899",
        LINK,
        LINK.upper(),
        "txng.example/sp/40170725",
        "TXNG.EXAMPLE.VN:8080/SP/40170725",
    ],
)
def test_it_is_handed_out_whole(text: str) -> None:
    assert code_in(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "SP-40170725",
        "KE 12 40170725",
        "40170725-SP",
        "WIFI:T:WPA;S:quan;P:40170725;;",
        "00020101021138540010A00000072701240006970436011010113246800208QRIBFTTA53037045802VN63042450",
        "]Q100020101021138540010A00000072701240006970436011010113246800208QRIBFTTA53037045802VN63042450",
        "]C0SP-40170725",
        "MSP 9521234567899",
        "nhãn sai",
        "hello",
        "tel:0912345678",
    ],
)
def test_words_are_kept_whole_and_no_part_of_them_is_a_code(text: str) -> None:
    assert read(Burst(text, "Enter")) == Scan(text, is_code=False)


@pytest.mark.parametrize("sign", SEPARATORS)
@pytest.mark.parametrize("identifier", ["", "]d2", "]C1"])
def test_what_stands_for_gs_is_gs_in_a_sound_element_string(sign: str, identifier: str) -> None:
    assert code_in(identifier + ELEMENTS.replace("\x1d", sign)) == identifier + ELEMENTS


@pytest.mark.parametrize("text", [f"{LINK}&q=a|b^c", "txng.example/a|b/40170725"])
def test_elsewhere_it_stays_what_it_is(text: str) -> None:
    assert code_in(text) == text


def test_an_identifier_in_the_other_case_is_the_usual_one() -> None:
    assert code_in(f"]D2{ELEMENTS}") == f"]d2{ELEMENTS}"


@pytest.mark.parametrize("layout", ["AZERTY", "QWERTZ"])
@pytest.mark.parametrize("text", ["9521234567899", "]d2" + ELEMENTS, f"(01){GTIN}(10)L7A", LINK])
def test_a_keyboard_layout_is_mapped_back_where_that_is_certain(layout: str, text: str) -> None:
    assert code_in(as_typed(text, layout)) == text


def test_a_layout_that_cannot_be_mapped_back_for_certain_is_told() -> None:
    assert read(Burst(as_typed("9521234567890", "AZERTY"), "Enter")) is Refusal.LAYOUT


@pytest.mark.parametrize("text", ["https://id.ẽample/01/09521234567899", "txng.ễample.vn/ốp/40170725"])
def test_an_address_that_an_input_method_has_changed_is_not_judged(text: str) -> None:
    found = read(Burst(text, "Enter"))
    assert found is Refusal.INPUT_METHOD


@pytest.mark.parametrize(
    ("text", "expected"),
    [("9521234567899", "9521234567899"), ("9521234567890", None), ("12345678", None), (LINK, LINK)],
)
def test_a_tab_ends_only_what_is_certain(text: str, expected: str | None) -> None:
    assert code_in(text, "Tab") == expected


def test_a_prefix_is_taken_off_and_missed() -> None:
    assert read(Burst("~9521234567899", "suffix"), Frame("~", "$")) == Scan("9521234567899", is_code=True)
    assert read(Burst("21234567899", "suffix"), Frame("~", "$")) is Refusal.FRAME
