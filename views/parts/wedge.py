"""Recognises handheld scanners that type: a burst of keys with an end, wherever the focus is, judged whole or not.

What a whole burst says is read in `services/scanners`; docs/scanners.md tells what is taken and what is refused.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from services.scanners import Burst, Frame, Refusal, Scan, read
from services.scanners.reading import GS, LONGEST_FRAME, is_certain

GAP = 0.12
"""The longest pause between two keys of one scan, in seconds: scanners send a key every 2 to 50 ms."""

QUIET = 1.0
"""A burst that has no end after such a pause, in seconds, will get none."""

_ENTER_LAG = 0.5
"""How long after a scan's Enter the field with the focus may still report it, in seconds."""

_APART = 2.0
"""Keys that follow on others after a shorter pause than this, in seconds, may be the rest of what began with those."""

_HELD = 10.0
"""The same where those others came as quickly as a scanner's: one out of reach sends the rest when it is back."""

_PACE = 0.08
"""Nobody types several keys at a mean distance below this, in seconds."""

_FEW = 4
"""Fewer keys than this tell nothing of the pace."""

_LONG = 12
"""Characters of a code that is no chance find behind words."""

_ENDS = {"Enter": "Enter", "Numpad Enter": "Enter", "\r": "Enter", "\n": "Enter", "Tab": "Tab", "\t": "Tab"}
_CONTROL_ENDS = {"m": "Enter", "j": "Enter", "i": "Tab"}
"""Ctrl+M, Ctrl+J and Ctrl+I are CR, LF and Tab."""

_REWRITING = {
    "Backspace": Refusal.INPUT_METHOD,
    "Process": Refusal.INPUT_METHOD,
    "Dead": Refusal.LAYOUT,
}
"""Keys that tell of somebody who changes what the scanner sends: an input method, a layout with accents."""

_MODIFIERS = ("Shift", "Control", "Alt", "Meta", "Caps", "Num Lock", "NumLock", "Fn")
_NUMPAD = {"Subtract": "-", "Add": "+", "Divide": "/", "Multiply": "*", "Decimal": "."}
_SHIFTED = dict(zip("`1234567890-=[]\\;',./", '~!@#$%^&*()_+{}|:"<>?', strict=True))


@dataclass
class Wedge:
    """Gathers keys until a burst ends; `frame` is what the scanner is set to put around each code.

    After each key, `outcome` is what the burst that it ended has become, if anything: a Scan, or the reason why it is
    not judged. Nothing is said of what a person may have typed. `burst` is the last one that came without interruption.
    """

    frame: Frame = field(default_factory=Frame)
    outcome: Scan | Refusal | None = None
    burst: Burst | None = None
    _characters: list[str] = field(default_factory=list)
    _gs: str = ""
    _number: str | None = None
    """The digits typed while Alt is held, as Windows takes characters by their number."""
    _broken: Refusal | None = None
    _keys: int = 0
    _began: float = float("-inf")
    _last: float = float("-inf")
    _quick: bool = False
    """Whether any of the keys since the last end came at a scanner's pace."""
    _pauses: int = 0
    _after_words: bool = False
    """Whether a person's words came shortly before: then only a long code that proves itself is a scan."""
    _answered: float = float("-inf")

    def press(self, key: str, at: float, *, shift: bool = False, other_modifier: bool = False) -> str | None:
        """Take one key-down: its label, the time in seconds, and whether Shift or another modifier was held.

        Give the text of the scan that this key ended, if it is a code's or an address.
        """
        return self.take(character(key, shift=shift), at, other_modifier=other_modifier)

    def take(self, key: str, at: float, *, other_modifier: bool = False) -> str | None:
        """Take one key-down as browsers name it: the character that it types, or the key's name. Else like `press`."""
        self.outcome = None
        self._note_pause(at)
        bare = key.removeprefix("Numpad ")
        if self._number is not None and other_modifier and bare.isdigit():
            self._number += bare
            return None
        self._take_number()
        if key.startswith(_MODIFIERS):
            self._number = "" if key in ("Alt", "Alt Left") else None
            return None
        if other_modifier:
            end = _CONTROL_ENDS.get(key.lower())
            if bare in ("]", GS):
                self._add(GS, "Ctrl+]")
            elif end is None:
                self._break(Refusal.FOREIGN_KEY)
        else:
            end = _ENDS.get(key)
            if end is None and len(bare) == 1:
                self._add(bare)
            elif end is None:
                self._break(_REWRITING.get(key, Refusal.FOREIGN_KEY))
        suffix = self.frame.suffix
        if end is None and suffix and "".join(self._characters).endswith(suffix):
            del self._characters[-len(suffix) :]
            end = "suffix"
        return self._end(end, at) if end else None

    def cease(self) -> None:
        """Say that no key has come for QUIET seconds; `outcome` tells where a scan has no end."""
        self.outcome = None
        is_one_held_key = len(set(self._characters)) == 1
        if self._broken is None and self._is_quick() and len(self._characters) >= 8 and not is_one_held_key:
            self.outcome = self._broken = Refusal.NO_END
            self.burst = Burst("".join(self._characters), "", self._gs)
            self._characters.clear()

    def clear(self) -> None:
        """Forget the keys so far: they were somebody else's."""
        self._characters.clear()
        self._gs, self._number, self._broken, self._quick, self._keys = "", None, None, False, 0
        self._pauses, self._after_words = 0, False

    def owns_enter(self, at: float) -> bool:
        """Whether the Enter that a field reports at this time, in seconds, ended a scan and so submits nothing.

        Where the burst was not taken for a scan, it does not: the field has all of what was typed. On the web, the page
        withholds such an Enter from fields itself (assets/bridge.js), and its times are not of this clock.
        """
        return 0 <= at - self._answered < _ENTER_LAG

    def _note_pause(self, at: float) -> None:
        pause = at - self._last
        if pause > GAP and self._keys:
            self._quick = self._is_quick()
            typed = bool(self._characters) or self._broken is not None
            if pause > (_HELD if self._quick else _APART) or not typed:
                self.clear()
            else:
                self._pauses += 1
                if self._broken in (None, Refusal.INTERRUPTED) and self._is_by_hand():
                    self.clear()
                    self._after_words = True
                else:
                    self._broken = self._broken or Refusal.INTERRUPTED
            self._keys = 0
        if not self._keys:
            self._began = at
        self._last = at
        self._keys += 1

    def _is_by_hand(self) -> bool:
        """Whether what came before a pause is no beginning of a code: a person's words, or haltingly typed."""
        return " " in self._characters or self._after_words or (self._pauses > 1 and not self._quick)

    def _is_quick(self) -> bool:
        took = self._last - self._began
        return self._quick or (self._keys >= _FEW and took <= _PACE * (self._keys - 1))

    def _take_number(self) -> None:
        """Take the character whose number was typed while Alt was held; Alt alone types nothing."""
        number, self._number = self._number, None
        if not number:
            return
        if int(number) == ord(GS):
            self._add(GS, "Alt+029")
        elif 32 <= int(number) < 127:
            self._add(chr(int(number)))
        else:
            self._break(Refusal.FOREIGN_KEY)

    def _add(self, character: str, gs: str = "") -> None:
        self._characters.append(character)
        self._gs = self._gs or gs or ("GS" if character == GS else "")
        if self._broken:  # only its end is looked for
            del self._characters[:-LONGEST_FRAME]

    def _break(self, why: Refusal) -> None:
        """Remember that what has come is no whole text; what follows at once is its rest."""
        self._broken = self._broken if self._broken not in (None, Refusal.INTERRUPTED) else why

    def _end(self, end: str, at: float) -> str | None:
        burst = Burst("".join(self._characters), end, self._gs)
        if self._broken is Refusal.NO_END and burst.typed:
            self._broken = Refusal.INTERRUPTED
        broken, quick, after_words = self._broken, self._is_quick(), self._after_words
        self.clear()
        if broken:
            self.outcome = broken if quick else None
            return None
        if not burst.typed:
            return None
        found, self.burst = read(burst, self.frame), burst
        if after_words and not (isinstance(found, Scan) and len(found.text) >= _LONG and is_certain(found.text)):
            self.outcome = Refusal.INTERRUPTED if quick else None
            return None
        if isinstance(found, Scan) and found.is_code:
            self.outcome, self._answered = found, at
            return found.text
        self.outcome = found if quick else None
        return None


def character(key: str, *, shift: bool) -> str:
    """What a key label types, or the label itself.

    Labels of letters are always in upper case; the shifted row is a US keyboard's, the factory setting of scanners.
    """
    if key.startswith("Numpad ") and key != "Numpad Enter":
        key = key.removeprefix("Numpad ")
        key = _NUMPAD.get(key, key)
    if len(key) != 1:
        return " " if key == "Space" else key
    if key.isalpha():
        return key.upper()[:1] if shift else key.lower()
    return _SHIFTED.get(key, key) if shift else key
