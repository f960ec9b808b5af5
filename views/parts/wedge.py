"""Recognises handheld scanners that type: a burst of keys that ends with Enter, wherever the focus is."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

GAP = 0.12
"""The longest pause between two keys of one scan, in seconds: scanners send a key every 2 to 50 ms."""

_ENTER_LAG = 0.5
"""How long after a scan's Enter the field with the focus may still report it, in seconds."""

_APART = 2.0
"""Keys that follow on others after a shorter pause than this, in seconds, may be the rest of what began with those."""

_CODE = re.compile(r"(?:\d{8,}|https?://\S+|\][A-Za-z]\d\S+|\(\d{2,4}\)\S+)$", re.IGNORECASE)
"""The possible texts of a scan: a number of 8 digits or more, an address or a GS1 element string, but no words."""

_SHIFTED = dict(zip("`1234567890-=[]\\;',./", '~!@#$%^&*()_+{}|:"<>?', strict=True))


@dataclass
class Wedge:
    """Gathers keys; `press` returns the scanned text at the Enter that ends a burst, else None."""

    _keys: list[str] = field(default_factory=list)
    _last: float = float("-inf")
    _answered: float = float("-inf")
    _is_rest: bool = False
    """Whether keys were dropped shortly before those gathered: a slow person's, or a scan's that came haltingly."""

    def press(self, key: str, at: float, *, shift: bool = False, other_modifier: bool = False) -> str | None:
        """Take one key-down: its label, the time in seconds, and whether Shift or another modifier was held."""
        pause = at - self._last
        self._last = at
        if pause > _APART:
            self._is_rest = False
            self._keys.clear()
        if pause > GAP or other_modifier:
            self._drop()
        if key in ("Enter", "Numpad Enter"):
            text, is_whole = "".join(self._keys), not self._is_rest
            self._keys.clear()
            self._is_rest = False
            code = _CODE.search(text)
            if code is None:
                return None
            if is_whole:
                self._answered = at
            return code.group()
        character = _character(key, shift=shift)
        if character:
            self._keys.append(character)
        elif not key.startswith("Shift"):
            self._drop()
        return None

    def owns_enter(self, at: float) -> bool:
        """Whether the Enter that a field reports at this time, in seconds, ended a scan and so submits nothing.

        Where the scan may be the rest of something longer, it does not: only the field has all of that.
        """
        return at - self._answered < _ENTER_LAG

    def _drop(self) -> None:
        """Begin anew, because the keys so far are no part of a scan that comes."""
        self._is_rest = self._is_rest or bool(self._keys)
        self._keys.clear()


def _character(key: str, *, shift: bool) -> str:
    """What a key label types.

    Labels of letters are always in upper case; the shifted row is a US keyboard's, the factory setting of scanners.
    """
    key = key.removeprefix("Numpad ")
    if len(key) != 1:
        return " " if key == "Space" else ""
    if key.isalpha():
        return key if shift else key.lower()
    return _SHIFTED.get(key, key) if shift else key
