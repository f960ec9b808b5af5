"""Tells from three known codes how a handheld scanner is set, and so what to change (docs/scanners.md)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from services.scanners.layouts import US, mapped_back
from services.scanners.reading import GS, LONGEST_FRAME, SEPARATORS, Burst

_IDENTIFIER = re.compile(r"\][A-Za-z][0-9A-Za-z]$")


class TrialCode(StrEnum):
    """The codes to scan, with what they say; `scripts/make_scanner_codes` draws them."""

    EAN_13 = "9521234567899"
    DATA_MATRIX = f"010952123456789910Ly7-Z{GS}21aB9q"
    DIGITAL_LINK = "https://id.ocop.example/01/09521234567899/10/abYz?17=271231"


class Capitals(StrEnum):
    """What has become of capital and small letters."""

    AS_PRINTED = "as_printed"
    SWAPPED = "swapped"  # Caps Lock is on
    ALL_CAPITAL = "all_capital"
    ALL_SMALL = "all_small"


@dataclass(frozen=True)
class Finding:
    """How a known code arrived.

    `end` is "Enter", "Tab", "suffix" or "" for none. `layout` is the keyboard layout of the computer, "US" where it
    changes nothing. `gs` is how GS came ("" for not at all), None for a code without one. `prefix` and `suffix` are the
    characters around the code; a symbology identifier (ISO/IEC 15424) is no prefix.
    """

    code: TrialCode
    end: str
    layout: str
    capitals: Capitals
    gs: str | None
    prefix: str
    suffix: str

    @property
    def is_good(self) -> bool:
        """Whether the scanner can stay as it is, if its prefix and suffix are the expected ones."""
        return bool(self.end) and self.layout == US and self.capitals is Capitals.AS_PRINTED and self.gs != ""


def find_trial_code(burst: Burst) -> Finding | None:
    """Find the known code in a burst, however it was changed; None if there is none.

    >>> find_trial_code(Burst("9521234567899", "Tab")).end
    'Tab'
    """
    for code in sorted(TrialCode, key=len, reverse=True):  # the shortest is a part of the others
        for layout, text in ((US, burst.typed), *mapped_back(burst.typed).items()):
            for capitals, changed in _cases(text):
                for gs, wanted in _with_gs(code):
                    is_alike = capitals in (Capitals.ALL_CAPITAL, Capitals.ALL_SMALL)
                    before, found, after = changed.partition(wanted.lower() if is_alike else wanted)
                    prefix = _IDENTIFIER.sub("", text[: len(before)])
                    if found and max(len(prefix), len(after)) <= LONGEST_FRAME:
                        suffix = text[len(text) - len(after) :]
                        sent = burst.gs if gs == GS else gs
                        return Finding(code, burst.end, layout, capitals, sent, prefix, suffix)
    return None


def _cases(text: str) -> Iterator[tuple[Capitals, str]]:
    """The text as it is, and as it would be if its letters had not been changed."""
    yield Capitals.AS_PRINTED, text
    yield Capitals.SWAPPED, text.swapcase()
    if text.upper() == text:
        yield Capitals.ALL_CAPITAL, text.lower()
    if text.lower() == text:
        yield Capitals.ALL_SMALL, text


def _with_gs(code: TrialCode) -> Iterator[tuple[str | None, str]]:
    """The ways in which a code's GS may come, and what the code is then."""
    if GS not in code:
        yield None, str(code)
        return
    for sign in (GS, *SEPARATORS, ""):
        yield sign, code.replace(GS, sign)
