"""Reads barcodes as spreadsheets leave them, and never makes a GTIN out of anything but its own digits.

A number cell counts where its format shows every digit ("0"), because then the person has seen the digits that are
taken. Under the format "General" a spreadsheet program shows a number of 12 digits and more as 8.93602E+12: the file
still holds the digits, but nobody has seen whether they are right, and a program on the way may have rounded them. Such
a number is proposed where its check digit is right, and refused otherwise. A text like 8.93602E+12 has lost its digits.
"""

from __future__ import annotations

import re

from imports.texts import clean, is_identity_number
from imports.values import Field, Outcome, Read, asked, left_out, proposed, refused, taken
from register.gtin import check_digit, to_gtin14
from register.letters import fold

SHAPES = {8, 12, 13, 14}
_SCIENTIFIC = re.compile(r"\d+(?:[.,]\d+)?e\+?\d{1,2}")
_OCOP = re.compile(r"\d{2}-\d{3}-\d{5}-\d{1,5}-\d{4}")
"""Province, district, commune, number, year, as OCOP software writes it."""
_PHONE = re.compile(r"(?:\+?84|0)\d{9}|0\d{10}|1[89]00\d{4}")
_PENDING = re.compile(
    r"dang (?:dang ky|xin|lam|cho|cap nhat).*|chua (?:co|dang ky|cap).*|cho cap.*|khong(?: co)?|-+|x|n/?a"
)
_LEAD = re.compile(r"^(?:gtin|ean|upc|barcode|ma vach|msmv|ma so ma vach)(?:[- ]?(?:8|12|13|14)(?=\s*:))?\s*[:.]?\s*")
_APOSTROPHES = "'’‘`´"
_ROUNDED = re.compile(r"[1-9]\d*0{6,}")


def read_barcode(text: str, number: int | float | None = None, *, shown: bool = True, by_person: bool = False) -> Read:
    """Read a barcode cell: its text, and where it is a number cell its stored number and whether all digits show."""
    words = _LEAD.sub("", fold(text.strip().lstrip(_APOSTROPHES)), count=1)
    if number is not None and not shown:
        return _unseen(number)
    if _PENDING.fullmatch(words):
        return left_out("gtin_pending")
    if _SCIENTIFIC.fullmatch(words.replace(" ", "")):
        return refused("gtin_scientific")
    if _OCOP.fullmatch(words.replace(" ", "")):
        return Read(
            Outcome.TAKEN, words.replace(" ", ""), problems=(("gtin_is_ocop_code", ""),), instead=Field.OCOP_CODE
        )
    if re.match(r"https?://|www\.", words):
        return Read(Outcome.REFUSED, clean(text), problems=(("gtin_is_link", ""),), instead=Field.LINK)
    pieces = [piece for piece in re.split(r"[;,/\n|]|\bva\b|\bhoac\b", words) if piece.strip()]
    if len(pieces) == 1:
        pieces = _apart(pieces[0])
    if len(pieces) > 1:
        return _several(pieces)
    return _one(pieces[0] if pieces else words, by_person=by_person)


def _apart(words: str) -> list[str]:
    """The groups of a text, where each alone is as long as a barcode; else the text, whose spaces only group digits."""
    groups = words.split()
    return groups if len(groups) > 1 and all(len(_digits(group)) in SHAPES - {8} for group in groups) else [words]


def _digits(words: str) -> str:
    return re.sub(r"^\(01\)|[\s.\-]|[" + _APOSTROPHES + "]", "", words)


def _unseen(number: int | float) -> Read:
    if isinstance(number, int) and to_gtin14(str(number)) and not _ROUNDED.fullmatch(str(number)):
        return proposed("gtin_not_shown", str(number).zfill(14), detail=str(number))
    return refused("gtin_scientific")


def _several(pieces: list[str]) -> Read:
    read = [to_gtin14(_digits(piece)) for piece in pieces]
    good = list(dict.fromkeys(gtin for gtin in read if gtin))
    if len(good) == 1 and all(read):
        return taken(good[0])
    return asked("gtin_several", *good) if good else refused("gtin_unreadable")


def _one(words: str, *, by_person: bool) -> Read:
    digits = _digits(words)
    if not digits.isascii() or not digits.isdigit():
        if _PHONE.fullmatch(digits):
            return Read(Outcome.REFUSED, digits, problems=(("gtin_is_phone", ""),), instead=Field.PHONE)
        return refused("gtin_unreadable")
    if len(digits) == 12 and is_identity_number(digits) and not by_person:
        return left_out("identity_number")
    gtin = to_gtin14(digits)
    if _PHONE.fullmatch(digits) and (gtin is None or not by_person):
        return Read(Outcome.REFUSED, digits, problems=(("gtin_is_phone", ""),), instead=Field.PHONE)
    if gtin is None:
        return _wrong(digits)
    if _ROUNDED.fullmatch(digits.lstrip("0")) and not by_person:
        return proposed("gtin_rounded", gtin, detail=digits)
    return taken(gtin, *((("gtin_case", ""),) if gtin[0] != "0" else ()))


def _wrong(digits: str) -> Read:
    """A number of another length, or whose check digit does not fit; a lost zero is proposed, no other digit is."""
    if len(digits) in {7, 11} and (whole := to_gtin14("0" + digits)):
        return proposed("gtin_lost_zero", whole, detail="0" + digits)
    if len(digits) in SHAPES:
        return refused("gtin_check_digit", check_digit(digits[:-1]))
    return refused("gtin_length", str(len(digits)))
