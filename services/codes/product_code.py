"""What a code's text says: a product, a link, or nothing this product can use.

The strict GS1 layer (`element_string`, `digital_link`) refuses what contradicts itself, because such a code must not
name somebody's product.
"""

from __future__ import annotations

import contextlib
import ipaddress
import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from urllib.parse import urlsplit

from services.codes.digital_link import read_digital_link
from services.codes.element_string import FNC1, Elements, read_element_string
from services.codes.faults import CodeError, Fault
from services.codes.gtin import expand_upc_e, has_valid_check_digit, to_gtin14
from services.codes.kinds import GtinKind
from services.codes.values import day_of

_HOST = re.compile(r"(?!-)[^\s/@]{1,253}")
_LINK = re.compile(r"(?i)https?://")
_SYMBOLOGY = re.compile(r"\](?:C1|d2|Q3|e0|J1)")
"""Symbology identifiers that announce an element string (GS1 General Specifications 5.1.2)."""
_KEY_IN_PATH = re.compile(r"/01/[0-9]{6,}(?=/|$)")
_VIETNAM = timezone(timedelta(hours=7))


@dataclass(frozen=True)
class ProductCode:
    """A text that names a product: its GTIN (14 digits) and what else it says.

    `elements` are all its application identifiers and values as they stand there; the other fields are what they mean.
    `expiry` is the last good day (AI 17) or, where the pack says only that, the best-before day (15); `net_weight` is
    in kilograms (310n). `link` is the address where the text is one.
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
    net_weight: Decimal | None = None
    elements: Elements = ()
    kind: GtinKind = GtinKind.TRADE_ITEM


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


def gs1_elements(text: str) -> Elements:
    """The application identifiers and values of a GS1 text, in order.

    `text` is an element string as a scanner sends it (FNC1 is `\\x1d`; a symbology identifier or FNC1 may stand first),
    one with brackets as people write it, or a Digital Link URI. Raises CodeError, whose `fault` is the reason.

    >>> gs1_elements("(01)09521234567899(10)L1")
    (('01', '09521234567899'), ('10', 'L1'))
    >>> gs1_elements("https://id.example/01/9521234567899?17=270131")
    (('01', '09521234567899'), ('17', '270131'))
    """
    if _LINK.match(text):
        return read_digital_link(text)
    text = _SYMBOLOGY.sub("", text, count=1)
    if re.match(r"\(\d{2,4}\)", text):
        text = _without_brackets(text)
    return read_element_string(text)


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
    bare = text.strip()
    try:
        if gs1 or _SYMBOLOGY.match(bare) or re.match(r"\(\d{2,4}\)", bare):
            return _product_code(bare, gs1_elements(text.strip(" \t\r\n")))
        if _LINK.match(bare):
            return _link(bare)
        digits = re.sub(r"[\s.-]", "", bare)
        if len(digits) >= 16 and re.match(r"01[0-9]{14}", bare):
            # A GS1-128 from an engine that does not tell FNC1 in the first place (zbar), or typed.
            with contextlib.suppress(CodeError) if not bare.isdigit() else contextlib.nullcontext():
                return _product_code(bare, read_element_string(bare))
        if digits.isascii() and digits.isdigit():
            return ProductCode(bare, _gtin(digits, upc_e=upc_e))
    except CodeError as error:
        return Unrecognised(bare, error.fault)
    return Unrecognised(bare, Fault.NOT_A_PRODUCT_CODE)


def _gtin(digits: str, *, upc_e: bool) -> str:
    if upc_e and len(digits) == 8:
        digits = expand_upc_e(digits)
    if len(digits) not in (8, 12, 13, 14):
        raise CodeError(Fault.WRONG_LENGTH, "no GTIN has so many digits")
    if not has_valid_check_digit(digits):
        raise CodeError(Fault.WRONG_CHECK_DIGIT, "its check digit is wrong")
    return to_gtin14(digits)


def _without_brackets(text: str) -> str:
    """An element string as people write it, `(01)...(10)...`, in the form that scanners send."""
    text = re.sub(r"\s", "", text)  # no value holds a space (GS1 General Specifications 7.11), but print often does
    return FNC1.join(re.sub(r"\((\d{2,4})\)", r"\1", part) for part in re.split(r"(?=\(\d{2,4}\))", text) if part)


def _link(text: str) -> Code:
    try:
        parts = urlsplit(text)
        host = (parts.hostname or "").lower()
        _ = parts.port
    except ValueError:
        raise CodeError(Fault.BAD_LINK, "it is no web address") from None
    if not _HOST.fullmatch(host) or re.search(r"[\s\x00-\x1f]", text):
        raise CodeError(Fault.BAD_LINK, "it is no web address")
    if _KEY_IN_PATH.search(parts.path):
        return _product_code(text, read_digital_link(_with_plain_host(text)), link=text)
    if not _is_public(host):
        raise CodeError(Fault.BAD_LINK, "a name of a local network")
    return TraceLink(text, host)


def _with_plain_host(text: str) -> str:
    """The address for the GS1 layer, to which one with a scheme in mixed case, with credentials or with letters beyond
    ASCII is none, nor one with a slash at its end, which web servers like to add.

    All that is legal in addresses (RFC 3986, 3987), and does not make another product of it.
    """
    text = re.sub(r"(?i)^(https?)://[^/?#]*", lambda match: f"{match[1].lower()}://host", text)
    return re.sub(r"/(?=[?#]|$)", "", text, count=1)


def _product_code(text: str, elements: Elements, *, link: str | None = None) -> ProductCode:
    values = dict(elements)
    if "01" not in values:
        raise CodeError(Fault.NOT_A_PRODUCT_CODE, "no GTIN is in it")
    days = {ai: _day(values.get(ai)) for ai in ("11", "13", "15", "16", "17")}
    return ProductCode(
        text=text,
        gtin=values["01"],
        lot=values.get("10"),
        serial=values.get("21"),
        expiry=days["17"] or days["15"],
        link=link,
        produced=days["11"],
        packed=days["13"],
        best_before=days["15"],
        sell_by=days["16"],
        net_weight=_net_weight(values),
        elements=elements,
    )


def _day(digits: str | None) -> date | None:
    return day_of(digits, datetime.now(_VIETNAM).date()) if digits else None


def _net_weight(values: dict[str, str]) -> Decimal | None:
    """Kilograms; the identifier's last digit says how many of the value's six digits are decimals (3.6.2)."""
    ai = next((ai for ai in values if ai.startswith("310")), None)
    return Decimal(values[ai]).scaleb(-int(ai[3])) if ai else None


def _is_public(host: str) -> bool:
    """Whether it is more than a name of the local network."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return "." in host
    return True
