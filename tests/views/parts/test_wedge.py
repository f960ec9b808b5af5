"""Handheld scanners that type."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from views.parts.wedge import GAP, Wedge

FAST = 0.02


def typed(wedge: Wedge, keys: Iterable[tuple[str, bool]], *, start: float = 0.0, pace: float = FAST) -> list[str]:
    """Press (key, shift) pairs, one every `pace` seconds, and give the scans they made."""
    found = [wedge.press(key, start + n * pace, shift=shift) for n, (key, shift) in enumerate(keys)]
    return [scan for scan in found if scan is not None]


def plain(text: str) -> list[tuple[str, bool]]:
    return [(character, False) for character in text]


ENTER = ("Enter", False)
EAN = "9520007900017"


def test_digits_and_enter_are_a_scan() -> None:
    assert typed(Wedge(), [*plain(EAN), ENTER]) == [EAN]


@pytest.mark.parametrize("enter", ["Enter", "Numpad Enter"])
def test_a_scanner_may_use_the_number_pad(enter: str) -> None:
    assert typed(Wedge(), [*((f"Numpad {digit}", False) for digit in EAN), (enter, False)]) == [EAN]


def test_an_address_comes_with_its_case_and_its_shifted_signs() -> None:
    address = [
        *plain("HTTPS"),
        ("Shift Left", True),
        (";", True),
        *plain("//ID.OCOP.EXAMPLE/01/"),
        *plain(EAN),
        ("Shift Left", True),
        ("/", True),
        ("X", True),
        ("=", False),
        ("Y", False),
        ENTER,
    ]
    assert typed(Wedge(), address) == [f"https://id.ocop.example/01/{EAN}?X=y"]


@pytest.mark.parametrize(
    ("keys", "text"),
    [
        ([("]", False), ("C", True), ("1", False), *plain("0109520007900017")], "]C10109520007900017"),
        ([("9", True), *plain("01"), ("0", True), *plain("09520007900017")], "(01)09520007900017"),
    ],
)
def test_gs1_element_strings_are_scans(keys: list[tuple[str, bool]], text: str) -> None:
    assert typed(Wedge(), [*keys, ENTER]) == [text]


def test_slow_typing_is_no_scan() -> None:
    assert typed(Wedge(), [*plain(EAN), ENTER], pace=GAP * 1.2) == []


def test_a_late_enter_is_no_scan() -> None:
    wedge = Wedge()
    typed(wedge, plain(EAN))
    assert wedge.press("Enter", 13 * FAST + GAP * 2) is None


def test_the_slowest_pace_of_a_scanner_is_heard() -> None:
    assert typed(Wedge(), [*plain(EAN), ENTER], pace=GAP * 0.9) == [EAN]


@pytest.mark.parametrize("words", ["HELLO", "NHÃN SAI", "1234567", "X", "", "HTTP", "12:30"])
def test_words_typed_quickly_are_no_scan(words: str) -> None:
    keys = [("Space" if c == " " else c, False) for c in words]
    assert typed(Wedge(), [*keys, ENTER]) == []


def test_a_scan_behind_typed_words_yields_the_code_alone() -> None:
    keys = [*plain("NHANSAI"), ("Space", False), *plain(EAN), ENTER]
    assert typed(Wedge(), keys) == [EAN]


def test_a_pause_parts_what_was_typed_from_the_scan() -> None:
    wedge = Wedge()
    assert typed(wedge, plain("123")) == []
    assert typed(wedge, [*plain(EAN), ENTER], start=5) == [EAN]


def test_two_scans_one_after_the_other() -> None:
    keys = [*plain(EAN), ENTER, *plain("9520021000021"), ENTER]
    assert typed(Wedge(), keys) == [EAN, "9520021000021"]


@pytest.mark.parametrize("key", ["Backspace", "Arrow Left", "Tab", "F5", "Escape"])
def test_a_key_that_types_nothing_ends_a_burst(key: str) -> None:
    assert typed(Wedge(), [*plain("95200079"), (key, False), *plain("00017"), ENTER]) == []


def test_shortcuts_are_no_part_of_a_scan() -> None:
    wedge = Wedge()
    typed(wedge, plain("95200079"))
    assert wedge.press("V", 8 * FAST, other_modifier=True) is None
    assert typed(wedge, [*plain("00017"), ENTER], start=9 * FAST) == []
