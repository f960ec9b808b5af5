"""Handheld scanners that type."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from services.scanners import Frame, Refusal, Scan
from views.parts import wedge as wedge_module
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


# A burst is judged whole or not at all


def heard(keys: Iterable[tuple[str, bool, bool]], *, pause_before: int | None = None, pace: float = FAST) -> Wedge:
    """Press (key, shift, other modifier) with a pause of 0.3 s before one of them."""
    wedge, at = Wedge(), 0.0
    for number, (key, shift, other) in enumerate(keys):
        at += 0.3 if number == pause_before else pace
        wedge.press(key, at, shift=shift, other_modifier=other)
    return wedge


def us(text: str) -> list[tuple[str, bool, bool]]:
    """The keys of a scanner for a US keyboard."""
    shifted = {shift: plain for plain, shift in wedge_module._SHIFTED.items()}
    return [(shifted.get(c, c.upper()), c in shifted or c.isupper(), False) for c in text]


ELEMENTS = "0109520007900017" + "10L7A\x1d" + "2195210000"
BEFORE, AFTER = ELEMENTS.split("\x1d")
RETURN = ("Enter", False, False)
GS_KEYS = {
    "Ctrl+]": [("Control Left", False, True), ("]", False, True)],
    "Ctrl+] without a key for Ctrl": [("]", False, True)],
    "Alt+029": [("Alt Left", False, True), *((f"Numpad {digit}", False, True) for digit in "029")],
    "Alt+29": [("Alt Left", False, True), *((digit, False, True) for digit in "29")],
    "|": us("|"),
    "^": us("^"),
    "<GS>": us("<GS>"),
}


@pytest.mark.parametrize("gs", GS_KEYS.values(), ids=GS_KEYS)
@pytest.mark.parametrize("identifier", ["", "]d2", "]C1"])
def test_gs_is_heard_however_it_is_sent(gs: list[tuple[str, bool, bool]], identifier: str) -> None:
    wedge = heard([*us(identifier + BEFORE), *gs, *us(AFTER), RETURN])
    assert wedge.outcome == Scan(identifier + ELEMENTS, is_code=True)


def test_characters_may_come_by_their_numbers() -> None:
    """Scanners can be set to send every character so, which no keyboard layout changes."""
    by_number = [key for c in EAN for key in (("Alt Left", False, True), *((d, False, True) for d in f"{ord(c):03}"))]
    assert heard([*by_number, RETURN]).outcome == Scan(EAN, is_code=True)


@pytest.mark.parametrize("end", [("Enter", False), ("Tab", False), ("J", True), ("M", True), ("I", True)])
def test_a_scan_ends_with_enter_tab_cr_or_lf(end: tuple[str, bool]) -> None:
    key, control = end
    assert heard([*us(EAN), (key, False, control)]).outcome == Scan(EAN, is_code=True)


def test_cr_and_lf_end_one_scan() -> None:
    wedge = Wedge()
    found = [wedge.press(key, n * FAST, other_modifier=ctrl) for n, (key, _, ctrl) in enumerate([*us(EAN), RETURN])]
    found.append(wedge.press("J", 14 * FAST, other_modifier=True))
    assert [text for text in found if text] == [EAN]
    assert wedge.outcome is None


@pytest.mark.parametrize("before", range(1, 14))
def test_no_pause_within_a_scan_leaves_a_tail(before: int) -> None:
    wedge = heard([*us(EAN), RETURN], pause_before=before)
    assert wedge.outcome is Refusal.INTERRUPTED


def test_the_rest_that_comes_seconds_later_is_no_scan() -> None:
    wedge = Wedge()
    typed(wedge, plain(EAN[:5]))
    typed(wedge, [*plain(EAN[5:]), ENTER], start=6)
    assert wedge.outcome is Refusal.INTERRUPTED
    assert typed(wedge, [*plain(EAN), ENTER], start=7) == [EAN]


@pytest.mark.parametrize(
    ("key", "other", "why"),
    [
        ("Backspace", False, Refusal.INPUT_METHOD),
        ("Process", False, Refusal.INPUT_METHOD),
        ("Dead", False, Refusal.LAYOUT),
        ("F5", False, Refusal.FOREIGN_KEY),
        ("Arrow Left", False, Refusal.FOREIGN_KEY),
        ("V", True, Refusal.FOREIGN_KEY),
    ],
)
@pytest.mark.parametrize("before", [0, 5])
def test_a_foreign_key_makes_all_of_it_unreliable(key: str, other: bool, why: Refusal, before: int) -> None:
    keys = us(EAN)
    wedge = heard([*keys[:before], (key, False, other), *keys[before:], RETURN])
    assert wedge.outcome is why


def test_what_a_person_types_is_not_spoken_of() -> None:
    assert heard([*us(EAN), RETURN], pace=0.2).outcome is None
    assert heard([*us("xin"), ("Backspace", False, False), RETURN], pace=0.2).outcome is None


@pytest.mark.parametrize(
    ("words", "pace"), [("Dang ghi", 0.015), ("Dang ghi", 0.2), ("Dang", 0.2)], ids=["at once", "slowly", "one word"]
)
def test_a_scan_soon_after_a_persons_words_is_heard_if_it_proves_itself(words: str, pace: float) -> None:
    for code, expected in [(EAN, [EAN]), (EAN[:-1] + "0", []), ("95200002", []), (EAN[1:], [])]:
        wedge = Wedge()
        typed(wedge, plain(words.upper()), pace=pace)
        assert typed(wedge, [*plain(code), ENTER], start=len(words) * pace + 0.4) == expected
        assert expected or wedge.outcome is Refusal.INTERRUPTED


@pytest.mark.parametrize("text", ["SP-95200079", "WIFI:S:95200079;;", "nhan 95200079"])
def test_other_words_are_told_whole_and_are_no_code(text: str) -> None:
    wedge = Wedge()
    found = [wedge.press(key, n * FAST, shift=shift) for n, (key, shift, _) in enumerate([*us(text), RETURN])]
    assert found == [None] * len(found)
    assert wedge.outcome == Scan(text, is_code=False)


def test_a_scan_without_an_end_is_told_and_its_rest_is_not_judged() -> None:
    wedge = Wedge()
    typed(wedge, plain(EAN))
    wedge.cease()
    assert wedge.outcome is Refusal.NO_END
    typed(wedge, [*plain("95200079"), ENTER], start=2)
    assert wedge.outcome is Refusal.INTERRUPTED


def test_a_key_that_is_held_down_is_no_scan() -> None:
    wedge = Wedge()
    typed(wedge, plain("X" * 20), pace=0.03)
    wedge.cease()
    assert wedge.outcome is None


def test_a_suffix_ends_and_a_prefix_begins_a_scan() -> None:
    wedge = Wedge(Frame("~", "$$"))
    found = [wedge.press(key, n * FAST, shift=shift) for n, (key, shift, _) in enumerate(us(f"~{EAN}$$"))]
    assert found[-1] == EAN
    assert not any(found[:-1])
    typed(wedge, [*plain(EAN), ENTER], start=9)
    assert wedge.outcome is Refusal.FRAME
    typed(wedge, plain(EAN[:5]), start=20)
    for number, (key, shift, _) in enumerate(us(f"{EAN[5:]}$$")):
        wedge.press(key, 21 + number * FAST, shift=shift)
    assert wedge.outcome is Refusal.INTERRUPTED


def test_times_of_another_clock_own_no_enter() -> None:
    """The browser's times are those of the day, the app's those since the machine was started."""
    wedge = Wedge()
    typed(wedge, [*plain(EAN), ENTER], start=1.8e9)
    assert not wedge.owns_enter(5000)
