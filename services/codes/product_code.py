"""What the text of a code says: a product, a link, or nothing that the app can use.

The strict GS1 modules (`element_string`, `digital_link`) refuse a code that contradicts itself: it must not be taken
for somebody's product.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from services.codes.days import VIETNAM, day_of, time_of
from services.codes.digital_link import read_digital_link
from services.codes.element_string import FNC1, Elements, read_element_string
from services.codes.faults import CodeError, Fault
from services.codes.gtin import expand_upc_e, has_valid_check_digit, to_gtin14
from services.codes.kinds import GtinKind, isbn_10, issn_of, kind_of
from services.codes.web_address import read_web_address, web_address
from services.texts import UNSEEN

_LINK = re.compile(r"(?i)https?://")
GS1_SYMBOLOGIES = ("C1", "d2", "Q3", "e0", "J1")
"""Symbology identifiers that announce an element string (GS1 General Specifications 5.1.2)."""
_SYMBOLOGY = re.compile(rf"\](?:{'|'.join(GS1_SYMBOLOGIES)})")
_OTHER_SYMBOLOGY = re.compile(rf"\]{UNSEEN.pattern}*[A-Za-z]{UNSEEN.pattern}*[0-9A-Za-z]")
"""All other symbology identifiers (ISO/IEC 15424): the text after them is no element string."""
_SHOWN_AS_GS1 = re.compile(r"0[01][0-9]{14}")
"""How most element strings begin: with a GTIN or an SSCC. Other digits could be anything."""
_BRACKETS = re.compile(r"\(\d{2,4}\)")
_WRITTEN_FNC1 = re.compile(r"(?i)[<{\[](?:GS|FNC1)[>}\]]|\u241d")
"""FNC1 as programs print it where they cannot print FNC1 itself."""
_FORMATS = "[\u0600-\u0605\u06dd\u070f\u0890\u0891\u08e2\U000110bd\U000110cd\U00013430-\U0001343f]"
"""Unicode's format characters of other scripts, some of which are seen."""
_BLANK = re.compile(rf"[^\S{FNC1}]|[\x00-\x1c\x1e\x1f\x7f-\x9f]|{UNSEEN.pattern}|{_FORMATS}")
"""What may surround a code without being part of it: white space, control characters except FNC1, what is not seen."""
_BETWEEN_DIGITS = re.compile(rf"[\s.\-\x00-\x1f\x7f-\x9f]|{UNSEEN.pattern}|{_FORMATS}")
_FULL_WIDTH = str.maketrans({0xFF10 + digit: str(digit) for digit in range(10)} | {0xFF0D: "-", 0xFF0E: "."})
_UNSEEN_RUN = re.compile(f"{UNSEEN.pattern}+")
_MOST_PARTS = 16
"""The most parts that unseen characters may divide an element string into."""


@dataclass(frozen=True)
class ProductCode:
    """A text that names a product: its GTIN (14 digits) and what else it says.

    `elements` are all its application identifiers and values as written; the other fields are what they mean. `expiry`
    is the last good day: of AI 17, else of the time in 7003 (`expires_at`), else the best-before day (15). `produced`
    is the day of AI 11 or else of the time in 8008; `frozen` the first freezing (7006). `net_weight` is in kilograms
    (310n), `net_volume` in litres (315n), `count` a variable number of pieces (30). `link` is the address where the
    text is one.
    """

    text: str
    gtin: str
    lot: str | None = None
    serial: str | None = None
    expiry: date | None = None
    link: str | None = None
    produced: date | None = None
    packed: date | None = None
    best_before: date | None = None
    sell_by: date | None = None
    frozen: date | None = None
    expires_at: datetime | None = None
    net_weight: Decimal | None = None
    net_volume: Decimal | None = None
    count: int | None = None
    elements: Elements = ()
    kind: GtinKind = GtinKind.TRADE_ITEM

    @property
    def indicator(self) -> int:
        """The GTIN-14's first digit: 1 to 8 for a carton or another grouping, 9 for goods sold by measure, else 0.

        The number of the packs inside a carton does not follow from the carton's number: often it has the same 12
        digits after a 0 and another check digit, but a producer may use any (GS1 General Specifications 2.1.7).
        """
        return int(self.gtin[0])

    @property
    def isbn(self) -> str | None:
        """The ISBN-13 of a book, without hyphens."""
        return self.gtin[1:] if self.kind is GtinKind.ISBN and not self.indicator else None

    @property
    def isbn_10(self) -> str | None:
        """The ISBN-10 of a book, where it has one."""
        return isbn_10(self.isbn) if self.isbn else None

    @property
    def issn(self) -> str | None:
        """The ISSN of a newspaper or magazine, 1234-567X."""
        return issn_of(self.gtin[1:]) if self.kind is GtinKind.ISSN and not self.indicator else None


@dataclass(frozen=True)
class TraceLink:
    """A web address without a GTIN; the register's table of codes may know its product. `host` is in lower case."""

    text: str
    host: str


@dataclass(frozen=True)
class Unrecognised:
    """A text that names no product, and why. `symbology` is set where the kind of symbol alone says so: its name."""

    text: str
    fault: Fault
    symbology: str | None = None


Code = ProductCode | TraceLink | Unrecognised


def gs1_elements(text: str) -> Elements:
    r"""The application identifiers and values of a GS1 text, in order.

    `text` is an element string as a scanner sends it (FNC1 is `\x1d`), one with brackets as people write it, or a
    Digital Link URI. An element string begins with FNC1 or a symbology identifier; a text with neither is taken for one
    only where it begins with a GTIN or an SSCC. Raises CodeError, whose `fault` is the reason.

    >>> gs1_elements("(01)09521234567899(10)L1")
    (('01', '09521234567899'), ('10', 'L1'))
    >>> gs1_elements("https://id.example/01/9521234567899?17=270131")
    (('01', '09521234567899'), ('17', '270131'))
    """
    if _LINK.match(text):
        return read_digital_link(text)
    if _BRACKETS.match(text):
        return read_element_string(_without_brackets(text))
    announced = _SYMBOLOGY.match(text)
    if announced:
        return read_element_string(text[announced.end() :])
    if not text.startswith(FNC1) and not _SHOWN_AS_GS1.match(text):
        raise CodeError(Fault.BAD_GS1, "FNC1 is not in the first place")
    return read_element_string(text)


def parse(text: str, *, gs1: bool = False, upc_e: bool = False) -> Code:
    """Read the text of a symbol, or what a person typed.

    `gs1` is true where the symbol says that the text is a GS1 element string (FNC1 in first position); `upc_e` where
    eight digits are a UPC-E and not a GTIN-8.

    >>> parse("9521234567899").gtin
    '09521234567899'
    >>> parse("9521234567890").fault
    <Fault.WRONG_CHECK_DIGIT: 'wrong_check_digit'>
    >>> parse("https://id.example/01/09521234567899/10/L1").lot
    'L1'
    """
    text = _trimmed(text)
    bare = _trimmed(UNSEEN.sub("", text).strip(FNC1))
    try:
        if address := web_address(text.strip(FNC1)):
            return _link(address)
        if _BRACKETS.match(bare):
            return _product_code(bare, gs1_elements(_WRITTEN_FNC1.sub("", bare)))
        text = _WRITTEN_FNC1.sub(FNC1, text) if _WRITTEN_FNC1.match(bare) else text
        if text.startswith(FNC1) or _SYMBOLOGY.match(bare):
            return _product_code(bare, _element_string(text, gs1_elements))
        if gs1:
            return _product_code(bare, _element_string(text, read_element_string))
        if symbology := _OTHER_SYMBOLOGY.match(text):
            text, bare = text[symbology.end() :], bare[3:]
        if address := web_address(text):
            return _link(address)
        digits = bare_digits(bare)
        if len(digits) >= 16 and re.match(r"01[0-9]{14}", bare):
            # A GS1-128 typed by hand, or read by an engine that does not report FNC1 in first position (zbar).
            with contextlib.suppress(CodeError) if not bare.isdigit() else contextlib.nullcontext():
                return _product_code(bare, _element_string(text, read_element_string))
        if digits.isascii() and digits.isdigit():
            gtin = _gtin(digits, upc_e=upc_e)
            return ProductCode(bare, gtin, kind=kind_of(gtin))
    except CodeError as error:
        return Unrecognised(bare, error.fault)
    return Unrecognised(bare, Fault.NOT_A_PRODUCT_CODE)


def bare_digits(text: str) -> str:
    """A number without what is written between its digits; other texts lose the same characters.

    >>> bare_digits("952 1234-5678９９")
    '9521234567899'
    """
    return _BETWEEN_DIGITS.sub("", text.translate(_FULL_WIDTH))


def _gtin(digits: str, *, upc_e: bool) -> str:
    if upc_e and len(digits) == 8:
        digits = expand_upc_e(digits)
    if len(digits) not in (8, 12, 13, 14):
        raise CodeError(Fault.WRONG_LENGTH, "no GTIN has so many digits")
    if not has_valid_check_digit(digits):
        raise CodeError(Fault.WRONG_CHECK_DIGIT, "its check digit is wrong")
    return to_gtin14(digits)


def _without_brackets(text: str) -> str:
    """Turn an element string as people write it, `(01)...(10)...`, into the form that scanners send."""
    text = re.sub(r"\s", "", text)  # no value holds a space (GS1 General Specifications 7.11), but print often does
    return re.sub(r"\((\d{2,4})\)", FNC1 + r"\1", text)


def _link(text: str) -> Code:
    address, host, elements = read_web_address(text)
    return TraceLink(address, host) if elements is None else _product_code(address, elements, link=address)


def _trimmed(text: str) -> str:
    """The text without what surrounds a code. FNC1 stays: at the beginning it tells an element string."""
    begin, end = 0, len(text)
    while begin < end and _BLANK.match(text[begin]):
        begin += 1
    while begin < end and _BLANK.match(text[end - 1]):
        end -= 1
    return text[begin:end]


def _element_string(text: str, read: Callable[[str], Elements]) -> Elements:
    """Read an element string that characters may stand in which nobody sees. Raises CodeError.

    They are no part of any value (GS1 General Specifications 7.11). Where one stands in the place of an FNC1 that got
    lost, leaving it out would make two values one: another lot than the pack's. Such a text is refused.
    """
    parts = _UNSEEN_RUN.split(_WRITTEN_FNC1.sub(FNC1, text))
    elements = read("".join(parts))
    if len(parts) > _MOST_PARTS:
        raise CodeError(Fault.BAD_GS1, "it has too many characters that are not seen")
    for place in range(1, len(parts)):
        try:
            otherwise = read("".join(parts[:place]) + FNC1 + "".join(parts[place:]))
        except CodeError:
            continue
        if otherwise != elements:
            raise CodeError(Fault.BAD_GS1, "a character that is not seen may stand for FNC1")
    return elements


def _product_code(text: str, elements: Elements, *, link: str | None = None) -> ProductCode:
    values = dict(elements)
    if "01" not in values:
        raise CodeError(Fault.NOT_A_PRODUCT_CODE, "no GTIN is in it")
    today = datetime.now(VIETNAM).date()
    days = {ai: day_of(values[ai], today) for ai in ("11", "13", "15", "16", "17", "7006") if ai in values}
    times = {ai: time_of(values[ai], today) for ai in ("7003", "8008") if ai in values}
    last_days = (days.get("17"), times["7003"].date() if "7003" in times else None, days.get("15"))
    return ProductCode(
        text=text,
        gtin=values["01"],
        lot=values.get("10"),
        serial=values.get("21"),
        expiry=next((day for day in last_days if day), None),
        link=link,
        produced=days.get("11") or (times["8008"].date() if "8008" in times else None),
        packed=days.get("13"),
        best_before=days.get("15"),
        sell_by=days.get("16"),
        frozen=days.get("7006"),
        expires_at=times.get("7003"),
        net_weight=_measure(values, "310"),
        net_volume=_measure(values, "315"),
        count=int(values["30"]) if "30" in values else None,
        elements=elements,
        kind=kind_of(values["01"]),
    )


def _measure(values: dict[str, str], kind: str) -> Decimal | None:
    """Read a measure: the identifier's last digit says how many of the value's six digits are decimals (3.6.2)."""
    ai = next((ai for ai in values if ai.startswith(kind)), None)
    return Decimal(values[ai]).scaleb(-int(ai[3])) if ai else None
