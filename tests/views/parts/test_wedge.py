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


def test_the_end_of_what_came_at_one_go_is_never_taken_alone() -> None:
    keys = [*plain("NHANSAI"), ("Space", False), *plain(EAN), ENTER]
    assert typed(Wedge(), keys) == []


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


def test_a_scan_owns_its_enter_for_a_moment() -> None:
    wedge = Wedge()
    typed(wedge, [*plain(EAN), ENTER])
    assert wedge.owns_enter(13 * FAST + 0.4)
    assert not wedge.owns_enter(13 * FAST + 0.6)


@pytest.mark.parametrize("first", [1, 3, 5])
@pytest.mark.parametrize("between", [GAP * 1.5, 1.5])
def test_the_rest_of_a_number_leaves_its_enter_to_the_field(first: int, between: float) -> None:
    """Typed quickly after a moment's thought, or scanned while the machine halted: the field has the whole number."""
    wedge = Wedge()
    typed(wedge, plain(EAN[:first]))
    start = first * FAST + between
    typed(wedge, [*plain(EAN[first:]), ENTER], start=start)
    assert not wedge.owns_enter(start + (13 - first) * FAST)


@pytest.mark.parametrize("key", ["Backspace", "Arrow Left", "Delete"])
def test_a_number_that_was_mended_leaves_its_enter_to_the_field(key: str) -> None:
    wedge = Wedge()
    typed(wedge, [*plain("9521"), (key, False), *plain(EAN[3:]), ENTER])
    assert not wedge.owns_enter(16 * FAST)


def test_a_scan_after_a_number_that_was_typed_owns_its_enter() -> None:
    wedge = Wedge()
    typed(wedge, [*plain(EAN), ENTER], pace=GAP * 2)
    typed(wedge, [*plain(EAN), ENTER], start=14 * GAP * 2)
    assert wedge.owns_enter(14 * GAP * 2 + 13 * FAST)
    typed(wedge, plain("95"), start=10)
    typed(wedge, [*plain(EAN), ENTER], start=13)
    assert wedge.owns_enter(13 + 13 * FAST)
