"""A person's keys beside those of a handheld scanner."""

from __future__ import annotations

from collections.abc import Iterable

from views.parts.commands import Commands

HAND, SCANNER = 0.2, 0.01


class Keys:
    """A keyboard: `said` has what was understood, a quantity as `×12`."""

    def __init__(self) -> None:
        self.said: list[str] = []
        self.shown = ""
        self.now = 0.0
        self.commands = Commands(self.said.append, lambda number: self.said.append(f"×{number}"), self.show)

    def show(self, number: str) -> None:
        self.shown = number

    def press(self, keys: Iterable[str], pace: float, *, other: bool = False) -> list[str]:
        """Press keys at a pace, after a pause; give what is understood now."""
        self.now += 1.0
        for key in keys:
            self.now += pace
            self.commands.press(key, self.now, other_modifier=other)
        self.commands.flush()
        said, self.said[:] = list(self.said), []
        return said


def test_single_keys_are_a_persons() -> None:
    keys = Keys()
    assert keys.press(["Z"], HAND) == ["z"]
    assert keys.press([" ", "Enter", "?", "+", "Numpad Subtract"], HAND) == ["Space", "Enter", "?", "+", "-"]
    assert keys.press(["+", "+", "+"], 0.1) == ["+", "+", "+"]
    assert keys.press(["Shift", "+"], HAND) == ["+"]
    assert keys.press(["z"], HAND, other=True) == [], "Ctrl+Z is the browser's"


def test_a_scanners_keys_never_are() -> None:
    keys = Keys()
    for code in (
        "8936000000017",
        "https://id.ocop.example/01/09520007900017",
        "KE-02",
        "zkeqnc",
        "+-?",
        "01095200079000171",
    ):
        for pace in (0.002, SCANNER, 0.05):
            assert keys.press([*code, "Enter"], pace) == [], (code, pace)


def test_a_scan_in_pieces_is_no_key_and_no_quantity() -> None:
    keys = Keys()
    keys.press("89360", SCANNER)
    assert keys.press([*"00000017", "Enter"], SCANNER) == []
    keys.press("8936000000", SCANNER)
    keys.now += 5
    assert keys.press([*"017", "Enter"], SCANNER) == [], "its rest looks like a number"
    keys.now += 20
    assert keys.press([*"17", "Enter"], SCANNER) == [], (
        "so late that its beginning is forgotten: still a scanner's pace"
    )


def test_a_number_typed_is_a_quantity() -> None:
    keys = Keys()
    for sign in ("×", "x", "X", "*"):
        assert keys.press([sign, "1", "2", "Enter"], HAND) == ["×12"]
    assert keys.press(["1", "2", "Enter"], HAND) == ["×12"]
    assert keys.press(["1", "3", "Backspace", "2", "Enter"], HAND) == ["×12"]
    assert keys.press(["*", "1", "2", "0", "0", "0", "0", "Enter"], HAND) == ["×120000"]
    assert keys.press(["1", "2", "3", "4", "5", "Enter"], HAND) == [], "without a sign this may be the rest of a code"


def test_the_number_is_shown_while_it_is_typed() -> None:
    keys = Keys()
    keys.press(["×", "1"], HAND)
    assert keys.shown == "×1"
    keys.press(["2"], HAND)
    assert keys.shown == "×12"
    keys.press(["Escape"], HAND)
    assert keys.shown == ""
