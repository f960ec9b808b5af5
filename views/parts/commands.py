"""Tells the keys that a person presses from those of a handheld scanner: single keys that a screen gives a meaning.

A scanner's keys come 2 to 50 ms after one another. A key counts as a person's where none comes shortly before or after
it, so what a scanner sends is never taken for a key, whole or in pieces.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field

ALONE = 0.08
"""So many seconds there must be between a key and those beside it (seconds)."""

_BY_HAND = 0.05
"""Digits that come at a mean distance below this, in seconds, are a scanner's."""

_FORGOTTEN = 10.0
"""After so many seconds a number that was begun is forgotten; a scanner's rest may come as late."""

_QUANTITY = re.compile(r"[x×*]([0-9]{1,6})|([0-9]{1,4})", re.IGNORECASE)
_MODIFIERS = ("Shift", "Control", "Alt", "Meta", "Caps", "Num Lock", "NumLock", "Fn")
_NAMES = {" ": "Space", "Add": "+", "Subtract": "-", "Multiply": "*", "=": "+", "_": "-", "\r": "Enter", "\n": "Enter"}
_NUMBER = frozenset("0123456789xX×*")


@dataclass
class Commands:
    """Gathers keys and calls `done` with each that a person pressed, and `quantity` with a number that was typed.

    `typing` is told the number while it is being typed, "" once that is over.

    Letters are in lower case. A number counts once Enter follows: `×12`, `*12` or `x12` with up to six digits, and
    without a sign up to four, since more may be the rest of a code.
    """

    done: Callable[[str], object]
    quantity: Callable[[int], object]
    typing: Callable[[str], object] = lambda _number: None
    _told: str = ""
    _waiting: str | None = None
    _last: float = float("-inf")
    _typed: list[tuple[str, float]] = field(default_factory=list)

    def press(self, key: str, at: float, *, other_modifier: bool = False) -> None:
        """Take one key-down: the character that it types or the key's name, and the time in seconds, by one clock."""
        bare = key.removeprefix("Numpad ")
        key = _NAMES.get(bare, bare)
        if key.startswith(_MODIFIERS):
            return
        alone, self._last = at - self._last > ALONE, at
        if not alone:
            self._waiting = None
        self._settle()
        if self._typed and at - self._typed[-1][1] > _FORGOTTEN:
            self._typed.clear()
        if other_modifier:
            self._typed.clear()
        elif key in _NUMBER:
            if alone or self._typed:  # else it is the rest of what came before
                self._typed.append((key, at))
            self._waiting = None
        elif key == "Backspace" and self._typed:
            self._typed.pop()
        elif key == "Enter" and self._typed:
            self._end(at)
        else:
            self._typed.clear()
            self._waiting = (key.lower() if len(key) == 1 else key) if alone else None

    def flush(self) -> None:
        """Say that no key has come shortly after the last one: if one came alone, a person pressed it."""
        self._settle()
        if self.typed != self._told:
            self._told = self.typed
            self.typing(self._told)

    def _settle(self) -> None:
        if self._waiting is not None:
            waiting, self._waiting = self._waiting, None
            self.done(waiting)

    @property
    def typed(self) -> str:
        """The number that is being typed, to be shown."""
        return "".join(key for key, _at in self._typed)

    def _end(self, at: float) -> None:
        text, began, keys = self.typed, self._typed[0][1], len(self._typed)
        self._typed.clear()
        found = _QUANTITY.fullmatch(text)
        if found and (found[1] or at - began >= keys * _BY_HAND):
            self.quantity(int(found[1] or found[2]))
