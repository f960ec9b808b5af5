"""Tells what a whole burst of keys is: a product's code, an address, other words, or nothing that can be relied on.

A burst is judged whole or not at all. The digits at its end are never taken for a product's number, because they may be
the checksum of a payment code, a shop's own label or the rest of something longer (docs/scanners.md).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from services.codes import CodeError, gs1_elements, has_valid_check_digit
from services.codes.element_string import FNC1
from services.codes.product_code import GS1_SYMBOLOGIES
from services.scanners.layouts import mapped_back

GS = FNC1
"""The character by the name that scanners' manuals give it."""

SEPARATORS = ("<GS>", "{GS}", "[GS]", "␝", "|", "^")
"""What scanners can be set to send in place of GS, which a keyboard does not have."""

_SEPARATOR = {sign: re.compile(re.escape(sign), re.IGNORECASE) for sign in SEPARATORS}
_PAYMENT = re.compile(r"(?:\][A-Za-z]\d)?000201.*6304[0-9A-F]{4}", re.IGNORECASE)
"""A payment code (EMVCo merchant-presented QR code, which VietQR is): it begins with its version and ends with a
checksum of 4 hexadecimal digits."""
_NUMBER = re.compile(r"[0-9]{8,}")
_ADDRESS = re.compile(r"https?://\S+", re.IGNORECASE)
_BARE_ADDRESS = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}(?::[0-9]+)?/\S+", re.IGNORECASE)
_BRACKETS = re.compile(r"\([0-9]{2,4}\)[\S\x1d]+")
_IDENTIFIER = re.compile(rf"\]({'|'.join(GS1_SYMBOLOGIES)})", re.IGNORECASE)
"""What announces an element string, in whatever case."""
_OTHER_IDENTIFIER = re.compile(r"\][A-Za-z][0-9A-Za-z]")
_BEGINS_WITH_KEY = re.compile(r"\x1d?0[01][0-9]{14}")
"""How most element strings begin: with a GTIN or an SSCC."""
_MARKED_LETTER = re.compile(r"[À-ɏḀ-ỿ]")
_CODE_LIKE = re.compile(r"[0-9]{6}|:|/")


class Refusal(StrEnum):
    """Why a burst is not judged."""

    INTERRUPTED = "interrupted"  # a pause within it, or its beginning is missing
    INPUT_METHOD = "input_method"  # a Vietnamese or other input method has rewritten it
    FOREIGN_KEY = "foreign_key"  # a key or a combination of keys that no scan has
    LAYOUT = "layout"  # the computer's keyboard layout has rewritten it, not certainly to be mapped back
    NO_END = "no_end"  # no key said that it is whole
    FRAME = "frame"  # the prefix that the scanner is set to send is missing


LONGEST_FRAME = 8
"""The most characters of a prefix or a suffix."""


@dataclass(frozen=True)
class Frame:
    """What the scanner is set to put around each code, beside the key that ends it."""

    prefix: str = ""
    suffix: str = ""


@dataclass(frozen=True)
class Burst:
    """The characters of a burst as they were typed; `end` is the key that ended it, `gs` how GS was sent (or "")."""

    typed: str
    end: str
    gs: str = ""


@dataclass(frozen=True)
class Scan:
    """A whole text that was scanned.

    `is_code`: it has the form of a product's code or of an address, so it counts wherever the focus is. Others are
    words, for example of a payment code or of Wi-Fi access.
    """

    text: str
    is_code: bool


def read(burst: Burst, frame: Frame = Frame()) -> Scan | Refusal:
    r"""Read a burst that came without interruption.

    A number that ends with Tab counts as a code only with a right check digit: people leave a field with Tab.

    >>> read(Burst("SP-40170725", "Enter")).is_code
    False
    >>> read(Burst("010952123456789910L7|17270131", "Enter")).text
    '010952123456789910L7\x1d17270131'
    """
    text = burst.typed
    if frame.prefix:
        if not text.startswith(frame.prefix):
            return Refusal.FRAME
        text = text.removeprefix(frame.prefix)
    text = text.strip(" ")
    if _PAYMENT.fullmatch(text):
        return Scan(text, is_code=False)
    code = _code(text)
    if code is not None:
        return Scan(code, is_code=burst.end != "Tab" or is_certain(code))
    return _rewritten(text) or Scan(text, is_code=False)


def is_certain(code: str) -> bool:
    """Whether check digit, syntax or scheme confirm that this is what was scanned."""
    if code.isdigit() and code.isascii():
        return (len(code) in (8, 12, 13, 14) and has_valid_check_digit(code)) or _is_sound(code)
    return bool(_ADDRESS.fullmatch(code)) or _is_sound(code)


def _rewritten(text: str) -> Scan | Refusal | None:
    """What a text without a known form was before a layout or an input method changed it, or why that is unknown."""
    codes = [code for mapped in mapped_back(text).values() if (code := _code(mapped)) is not None]
    certain = {code for code in codes if is_certain(code)}
    if len(certain) == 1:
        return Scan(certain.pop(), is_code=True)
    if codes and not _BARE_ADDRESS.fullmatch(codes[0]):
        return Refusal.LAYOUT
    if _MARKED_LETTER.search(text) and _CODE_LIKE.search(text):
        return Refusal.INPUT_METHOD
    return None


def _code(text: str) -> str | None:
    """The text with GS where something stands for it, if it has the form of a code or an address as a whole.

    Scanners press the keys of ASCII characters: a letter beyond is not what was sent.
    """
    for separator in _SEPARATOR.values():
        replaced = separator.sub(GS, text)
        if replaced != text and (sound := _sound(replaced)):
            return sound
    if not text.isascii():
        return None
    if sound := _sound(text):
        return sound
    if (
        _NUMBER.fullmatch(text)
        or _ADDRESS.fullmatch(text)
        or _BARE_ADDRESS.fullmatch(text)
        or _BRACKETS.fullmatch(text)
        or (GS in text and _BEGINS_WITH_KEY.match(text))
    ):
        return text
    if _IDENTIFIER.match(text):
        return text if len(text) > 3 else None
    if _OTHER_IDENTIFIER.match(text):
        return text if _code(text[3:]) is not None else None
    return None


def _sound(text: str) -> str | None:
    """The text, with its symbology identifier in the usual case, if it is a GS1 element string with a GTIN."""
    identifier = _IDENTIFIER.match(text)
    if identifier:
        usual = next(known for known in GS1_SYMBOLOGIES if known.lower() == identifier[1].lower())
        text = f"]{usual}{text[3:]}"
    return text if _is_sound(text) else None


def _is_sound(text: str) -> bool:
    if _ADDRESS.match(text):
        return False
    try:
        return any(ai == "01" for ai, _value in gs1_elements(text))
    except CodeError:
        return False
