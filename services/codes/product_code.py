"""What a code's text says: a product, a link, or nothing this product can use.

biip reads GS1 syntax; on top of it stands a strict layer that refuses what biip lets through, because a code that
contradicts itself must not name somebody's product.
"""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from urllib.parse import parse_qsl, unquote, urlsplit

import biip
from biip.gs1_messages import GS1Message

from services.codes.gtin import expand_upc_e, has_valid_check_digit, to_gtin14

FNC1 = "\x1d"
_HOST = re.compile(r"(?!-)[^\s/@]{1,253}")


class Fault(StrEnum):
    """Why a text names no product."""

    WRONG_CHECK_DIGIT = "wrong_check_digit"
    WRONG_LENGTH = "wrong_length"
    CONTRADICTION = "contradiction"
    BAD_GS1 = "bad_gs1"
    BAD_LINK = "bad_link"
    NOT_A_PRODUCT_CODE = "not_a_product_code"


@dataclass(frozen=True)
class ProductCode:
    """A text that names a product: its GTIN (14 digits) and what else it says.

    `expiry` is the last good day (AI 17) or, where the pack says only that, the best-before day (AI 15). `link` is the
    address where the text is one.
    """

    text: str
    gtin: str
    lot: str | None = None
    serial: str | None = None
    expiry: date | None = None
    link: str | None = None


@dataclass(frozen=True)
class TraceLink:
    """A web address without a GTIN in it; the register's table of codes may know whose it is. `host` is lower case."""

    text: str
    host: str


@dataclass(frozen=True)
class Unrecognised:
    """A text that names no product, and why."""

    text: str
    fault: Fault


Code = ProductCode | TraceLink | Unrecognised


def parse(text: str, *, gs1: bool = False, upc_e: bool = False) -> Code:
    """Read the text of a symbol, or what a person typed.

    `gs1` is true where the symbol's identifier says that the text is a GS1 element string (FNC1 in the first place);
    `upc_e` where eight digits are a UPC-E and not a GTIN-8.

    >>> parse("9521234567899").gtin
    '09521234567899'
    >>> parse("9521234567890").fault
    <Fault.WRONG_CHECK_DIGIT: 'wrong_check_digit'>
    >>> parse("https://id.example/01/09521234567899/10/L1").lot
    'L1'
    """
    gs1 = gs1 or text.startswith(FNC1)  # before strip(), to which FNC1 is white space
    text = text.strip()
    if gs1 or text.startswith(("]C1", "]d2", "]Q3", "]e0")):
        return _element_string(text)
    if re.fullmatch(r"\(\d{2,4}\).*", text):
        return _element_string(_without_brackets(text))
    if re.match(r"(?i)https?://", text):
        return _link(text)
    if re.match(r"01\d{14}", text) and has_valid_check_digit(text[2:16]):
        # A GS1-128 from an engine that does not tell FNC1 in the first place (zbar), or typed.
        code = _element_string(text)
        if isinstance(code, ProductCode):
            return code
    digits = re.sub(r"[\s.-]", "", text)
    if digits.isascii() and digits.isdigit():
        return _number(text, digits, upc_e=upc_e)
    return Unrecognised(text, Fault.NOT_A_PRODUCT_CODE)


def _number(text: str, digits: str, *, upc_e: bool) -> Code:
    if upc_e and len(digits) == 8:
        digits = expand_upc_e(digits)
    if len(digits) in (8, 12, 13, 14):
        if not has_valid_check_digit(digits):
            return Unrecognised(text, Fault.WRONG_CHECK_DIGIT)
        return ProductCode(text, to_gtin14(digits))
    if len(digits) >= 16 and digits.startswith("01"):
        return _element_string(digits)
    return Unrecognised(text, Fault.WRONG_LENGTH)


def _without_brackets(text: str) -> str:
    """An element string as people write it, `(01)...(10)...`, in the form that scanners send."""
    text = re.sub(r"\s", "", text)  # no value holds a space (GS1 General Specifications 7.11), but print often does
    return FNC1.join(re.sub(r"\((\d{2,4})\)", r"\1", part) for part in re.split(r"(?=\(\d{2,4}\))", text) if part)


def _element_string(text: str) -> Code:
    body = re.sub(r"^\](?:C1|d2|Q3|e0)", "", text).lstrip(FNC1)
    try:
        message = GS1Message.parse(body)
    except biip.ParseError:
        return Unrecognised(text, Fault.BAD_GS1)
    elements: dict[str, str] = {}
    for element in message.element_strings:
        if elements.setdefault(element.ai.ai, element.value) != element.value:
            return Unrecognised(text, Fault.CONTRADICTION)
    return _from_elements(text, elements, link=None)


def _link(text: str) -> Code:
    try:
        parts = urlsplit(text)
        host = (parts.hostname or "").lower()
        _ = parts.port
    except ValueError:
        return Unrecognised(text, Fault.BAD_LINK)
    if not _HOST.fullmatch(host) or re.search(r"[\s\x00-\x1f]", text):
        return Unrecognised(text, Fault.BAD_LINK)
    segments = parts.path.split("/")
    # The rightmost "01" with digits behind it is the key (GS1 Digital Link Standard: URI Syntax 1.4, 4.4).
    keys = [i for i, s in enumerate(segments[:-1]) if s == "01" and re.fullmatch(r"\d{6,}", segments[i + 1])]
    if not keys:
        return TraceLink(text, host) if _is_public(host) else Unrecognised(text, Fault.BAD_LINK)
    pairs = segments[keys[-1] :]
    if len(pairs) % 2 or not all(pairs):
        pairs = pairs[:-1] if pairs[-1] == "" else pairs
    if len(pairs) % 2:
        return Unrecognised(text, Fault.BAD_LINK)
    elements: dict[str, str] = {}
    path = [(ai, unquote(value)) for ai, value in zip(pairs[::2], pairs[1::2], strict=True)]
    query = [(ai, value) for ai, value in parse_qsl(parts.query) if re.fullmatch(r"\d{2,4}", ai)]
    for ai, value in path + query:
        value = value.zfill(14) if ai == "01" and len(value) in (8, 12, 13) else value
        if ai in elements:  # even with the same value (GS1 Digital Link Standard: URI Syntax)
            return Unrecognised(text, Fault.CONTRADICTION)
        if re.search(r"[\x00-\x1f\x7f]", value):
            return Unrecognised(text, Fault.BAD_GS1)
        elements[ai] = value
    # A GTIN's qualifiers stand behind it in this order and nowhere else (GS1 Digital Link Standard: URI Syntax).
    qualifiers = [ai for ai, _ in path[1:]]
    in_order = [ai for ai in ("22", "10", "21") if ai in qualifiers]
    if qualifiers not in (in_order, ["235"]) or any(ai in ("22", "10", "21", "235") for ai, _ in query):
        return Unrecognised(text, Fault.BAD_LINK)
    return _from_elements(text, elements, link=text)


def _from_elements(text: str, elements: dict[str, str], *, link: str | None) -> Code:
    gtin = elements.get("01")
    if gtin is None:
        return Unrecognised(text, Fault.NOT_A_PRODUCT_CODE)
    if "02" in elements:  # 02 is the GTIN of contained trade items and excludes 01 (GS1 General Specifications 4.13.2)
        return Unrecognised(text, Fault.CONTRADICTION)
    if len(gtin) != 14 or not gtin.isdigit():
        return Unrecognised(text, Fault.WRONG_LENGTH)
    if not has_valid_check_digit(gtin):
        return Unrecognised(text, Fault.WRONG_CHECK_DIGIT)
    expiry = elements.get("17") or elements.get("15")
    try:
        day = _day(expiry) if expiry else None
    except (biip.ParseError, ValueError):
        return Unrecognised(text, Fault.BAD_GS1)
    return ProductCode(text, gtin, elements.get("10"), elements.get("21"), day, link)


def _day(digits: str) -> date | None:
    """The day of a YYMMDD value; day 00 is the month's last (GS1 General Specifications 3.4.2, 7.12)."""
    if not re.fullmatch(r"[0-9]{6}", digits):
        raise ValueError("not YYMMDD")
    return GS1Message.parse("17" + digits).element_strings[0].date


def _is_public(host: str) -> bool:
    """Whether it is more than a name of the local network."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return "." in host
    return True
