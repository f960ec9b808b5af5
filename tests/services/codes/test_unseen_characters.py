"""Characters that nobody sees, around codes and in them: the same product, and never another lot than the pack's."""

from __future__ import annotations

import sys
import unicodedata

import pytest

from services.codes import Code, Fault, ProductCode, TraceLink, Unrecognised, gs1_elements, parse
from services.texts import UNSEEN

GTIN = "09521234567899"
GS = "\x1d"
FORMATS = [letter for letter in map(chr, range(sys.maxunicode)) if unicodedata.category(letter) == "Cf"]
SELECTORS = [chr(code) for code in (*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0), 0x034F, 0x180B)]
FILLERS = ["\u115f", "\u1160", "\u3164", "\uffa0", "\x00"]
SPACES = [chr(code) for code in range(0x10000) if unicodedata.category(chr(code)) in ("Zs", "Zl", "Zp")]
CONTROLS = [chr(code) for code in range(0xA0) if unicodedata.category(chr(code)) == "Cc" and chr(code) != GS]
SEEN_FORMATS = [letter for letter in FORMATS if not UNSEEN.match(letter)]
"""Signs of other scripts, such as the Arabic sign for a number: Unicode counts them as formats, but they are seen."""

NUMBER = "9521234567899"
LINK = f"https://id.example/01/{GTIN}/10/L7A?17=301231"
BRACKETS = f"(01){GTIN}(10)L7A(17)301231"
SCANNED = f"]d201{GTIN}10L7A{GS}17301231"
ANNOUNCED = f"{GS}01{GTIN}10L7A{GS}17301231"
BARE = f"01{GTIN}10L7A{GS}17301231"


def lots(code: Code) -> tuple[str, str | None]:
    assert isinstance(code, ProductCode), code
    return code.gtin, code.lot


def test_every_invisible_character_counts_as_such() -> None:
    assert len(SEEN_FORMATS) < 40
    assert all(UNSEEN.match(letter) for letter in [*SELECTORS, *FILLERS])
    assert not any(UNSEEN.match(letter) for letter in map(chr, range(1, 0x7F)))


@pytest.mark.parametrize("code", [NUMBER, LINK, BRACKETS, SCANNED, ANNOUNCED, BARE, f"]E0{NUMBER}"])
def test_what_surrounds_a_code_is_no_part_of_it(code: str) -> None:
    right = lots(parse(code))
    around = FORMATS + SELECTORS + FILLERS + SPACES + CONTROLS
    wrong = [
        hex(ord(letter))
        for letter in around
        for text in (letter + code, code + letter, letter * 2 + code + " " + letter)
        if not isinstance(parse(text), ProductCode) or lots(parse(text)) != right
    ]
    assert wrong == []


@pytest.mark.parametrize("code", [NUMBER, LINK, BRACKETS, SCANNED, ANNOUNCED, BARE])
@pytest.mark.parametrize("unseen", ["\u200b", "\ufeff", "\u200e", "\xad", "\ufe0f", "\U000e0041", "\x00"])
def test_wherever_one_stands_in_a_code_it_names_the_same_pack(code: str, unseen: str) -> None:
    right = lots(parse(code))
    host = range(8, len("https://id.example") + 1) if code is LINK else range(0)
    places = [place for place in range(len(code) + 1) if place not in host]
    assert {lots(parse(code[:place] + unseen + code[place:])) for place in places} == {right}


def test_the_code_is_told_without_them_and_an_address_is_one_to_open() -> None:
    code = parse(f"\ufeffhttps://id.example/\u200b01/{GTIN}?x=\u200e1\u200b\x00")
    assert isinstance(code, ProductCode)
    assert code.text == code.link == f"https://id.example/01/{GTIN}?x=1"
    assert parse("\ufeff 9521234567899\u200b").text == "9521234567899"
    link = parse("\u200ehttps://id.example/p\u200b/1\x00")
    assert link == TraceLink("https://id.example/p/1", "id.example")


@pytest.mark.parametrize(
    "text",
    [
        f"]d201{GTIN}10L7A\u200b17301231",
        f"{GS}01{GTIN}\u200b10L\ufeff7A\x0017301231",
        f"01{GTIN}21S1\u200b10L7A",
        f"]C101{GTIN}10L7A\u200b\u200b3103000195{GS}21\u2060S",
        f"]d201{GTIN}10" + "A\u200b" * 17 + "A",
    ],
)
def test_where_one_may_stand_for_a_lost_fnc1_no_longer_lot_is_made_up(text: str) -> None:
    assert isinstance(parse(text), Unrecognised)


@pytest.mark.parametrize(
    ("text", "lot"),
    [
        (f"01{GTIN}10L7A<GS>17301231", "L7A"),
        (f"]d201{GTIN}10L7A{{GS}}17301231", "L7A"),
        (f"]d201{GTIN}10L7A[FNC1]17301231", "L7A"),
        (f"<FNC1>01{GTIN}10L7A<fnc1>17301231", "L7A"),
        (f"01{GTIN}10L7A\u241d17301231", "L7A"),
        (f"(01){GTIN}(10)L7A<GS>(17)301231", "L7A"),
        (f"01{GTIN}10L<7>", "L<7>"),
    ],
)
def test_fnc1_in_words_ends_a_value(text: str, lot: str) -> None:
    assert lots(parse(text)) == (GTIN, lot)


@pytest.mark.parametrize(
    "text", ["９５２１２３４５６７８９９", "９５２－１２３４５６７８９９", "9\x00521\x7f234\u200b5678\n99"]
)
def test_a_number_is_one_in_full_width_and_with_anything_unseen_in_it(text: str) -> None:
    assert lots(parse(text)) == (GTIN, None)


@pytest.mark.parametrize(
    "text", ["952123456789²", "٩٥٢١٢٣٤٥٦٧٨٩٩", "952123456\u200b7890", "", "\u200b", GS, "\ufeff\x00 "]
)
def test_what_is_no_number_stays_none(text: str) -> None:
    assert isinstance(parse(text), Unrecognised)


def test_a_host_keeps_what_is_not_seen_in_it() -> None:
    code = parse(f"https://id\u200b.example/01/{GTIN}\u200b")
    assert isinstance(code, ProductCode)
    assert code.link == f"https://id\u200b.example/01/{GTIN}"
    for before in ("h\u200bttps:/\u200b/", "", "]Q\u200b1https://", "URL\u200b:https://"):
        code = parse(f"{before}id\u200b.example/01/{GTIN}")
        assert isinstance(code, ProductCode)
        assert "://id\u200b.example/" in str(code.link)
    assert isinstance(parse(f"https://id\x00.example/01/{GTIN}"), Unrecognised)


def test_the_strict_readers_take_none_of_it() -> None:
    for text in (LINK + "\u200b", BRACKETS + "\u200b", SCANNED + "\u200b", LINK + "&89=x", f"01{GTIN}10L\u200b7"):
        with pytest.raises(ValueError, match=r"."):
            gs1_elements(text)


def test_a_code_that_contradicts_itself_stays_refused() -> None:
    for text in (f"\ufeff(01){GTIN}(10)A(10)B", f"https://id.example/01/{GTIN}/10/A?10=A&89=x\u200b"):
        code = parse(text)
        assert isinstance(code, Unrecognised)
        assert code.fault is Fault.CONTRADICTION
