"""Tells what the text of a code names, by the app's rules.

A test holds them against services/codes and services/register/pack_codes. The app also checks what stands beside a GTIN
(lot, days, further identifiers), and takes no code in which that is wrong. Here only the GTIN is read.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import urlsplit

from register.gtin import to_gtin14
from register.letters import normal

FNC1 = "\x1d"
_SCHEME = re.compile(r"(?i)(?:url(?:to)?:\s*)?(https?)://")
_WITHOUT_SCHEME = re.compile(r"(?i)(?:[a-z0-9-]{2,63}\.)+[a-z]{2,63}(?::[0-9]{1,5})?/[^\s/?#]+/[^\s/?#]")
_KEY = re.compile(r"/01/([0-9]+)(?=/|$)")
_IDENTIFIER = re.compile(r"[0-9]{2,4}")
_YEAR_OR_MONTH = re.compile(r"/(?:19|20)[0-9]{2}(?:[/-]?(?:0[1-9]|1[0-2]))?$")
_DAY = re.compile(r"20[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])")
_BRACKETS = re.compile(r"\(\d{2,4}\)")
_GS1 = re.compile(r"\](?:C1|d2|Q3|e0|J1)")
_OTHER_SYMBOL = re.compile(r"\][A-Za-z][0-9A-Za-z]")
_BETWEEN_DIGITS = re.compile(r"[\s.\-\x00-\x1f]")
_LENGTHS = {8, 12, 13, 14}
_DEFAULT_PORTS = {"http": 80, "https": 443}
_TRACKING = re.compile(
    r"(?i)(?:utm_|mtm_|pk_(?:campaign|kwd|source|medium)).*|fbclid|gclid|gclsrc|dclid|gbraid|wbraid|msclkid|zarsrc|zanpid"
    r"|ttclid|twclid|igsh|igshid|mibextid|srsltid|_ga|_gl|mc_cid|mc_eid|yclid"
)
_RUN = "[^/?&#]+"
_LETTER = re.compile(r"[^\W_]")
_GOES_UP = re.compile(r"(?i)/(?:\.|%2e){1,2}(?:[/?]|$)")


class Form(StrEnum):
    """What a text is."""

    NUMBER = "number"
    ELEMENTS = "elements"
    DIGITAL_LINK = "digital_link"
    ADDRESS = "address"
    TEXT = "text"


class Fault(StrEnum):
    """Why a text that means to name a product names none."""

    WRONG_LENGTH = "wrong_length"
    WRONG_CHECK_DIGIT = "wrong_check_digit"
    NO_GTIN = "no_gtin"
    NO_ADDRESS = "no_address"


@dataclass(frozen=True)
class Said:
    """What a text says: its form, its GTIN of 14 digits or what is wrong with it, and the text that is looked up."""

    form: Form
    text: str
    gtin: str | None = None
    fault: Fault | None = None


def read_code(text: str) -> Said:
    """Read the text of a code, or what a person typed."""
    text = normal(text).strip(" \t\r\n\x00")
    bare = text.strip(FNC1).strip()
    if address := _address(bare):
        return _of_address(address)
    if _BRACKETS.match(bare):
        return _of_elements(bare, re.sub(r"\s", "", bare).partition("(01)")[2][:14] if "(01)" in bare else "")
    if text.startswith(FNC1) or _GS1.match(bare):
        rest = _GS1.sub("", bare, count=1).lstrip(FNC1)
        return _of_elements(bare, (rest[2:16] if rest.startswith("01") else "") if rest else "-")
    if _OTHER_SYMBOL.match(bare):
        bare = bare[3:]
        if address := _address(bare):
            return _of_address(address)
    digits = _BETWEEN_DIGITS.sub("", bare.translate(_FULL_WIDTH))
    if len(digits) >= 16 and re.match(r"01[0-9]{14}", bare) and (bare.isdigit() or to_gtin14(bare[2:16])):
        return _of_elements(bare, bare[2:16])
    if digits.isascii() and digits.isdigit():
        return _of_number(Form.NUMBER, bare, digits)
    return Said(Form.TEXT, bare)


_FULL_WIDTH = str.maketrans({0xFF10 + digit: str(digit) for digit in range(10)} | {0xFF0D: "-", 0xFF0E: "."})


def _of_elements(text: str, number: str) -> Said:
    if not number:
        return Said(Form.ELEMENTS, text, fault=Fault.NO_GTIN)
    if len(number) != 14 or not number.isdigit():
        return Said(Form.ELEMENTS, text, fault=Fault.WRONG_LENGTH)
    return _of_number(Form.ELEMENTS, text, number)


def _of_number(form: Form, text: str, digits: str) -> Said:
    if len(digits) not in _LENGTHS:
        return Said(form, text, fault=Fault.WRONG_LENGTH)
    gtin = to_gtin14(digits)
    return Said(form, text, gtin, None if gtin else Fault.WRONG_CHECK_DIGIT)


def _address(text: str) -> str | None:
    if found := _SCHEME.match(text):
        return f"{found[1]}://{text[found.end() :]}"
    return f"https://{text}" if _WITHOUT_SCHEME.match(text) else None


def _of_address(address: str) -> Said:
    try:
        parts = urlsplit(address)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        return Said(Form.ADDRESS, address, fault=Fault.NO_ADDRESS)
    if not host or re.search(r"\s", re.split(r"[?#]", address, maxsplit=1)[0]):
        return Said(Form.ADDRESS, address, fault=Fault.NO_ADDRESS)
    path = parts.path.removesuffix("/")
    for key in _KEY.finditer(path):
        if _can_be_gtin(path[: key.start()], key[1], path[key.end() + 1 :].partition("/")[0]):
            return _of_number(Form.DIGITAL_LINK, address, key[1])
    if "." not in host and ":" not in host:
        return Said(Form.ADDRESS, address, fault=Fault.NO_ADDRESS)
    return Said(Form.ADDRESS, address)


def _can_be_gtin(before: str, number: str, behind: str) -> bool:
    """Whether a number behind /01/ is meant as a GTIN: addresses have days and other numbers in them."""
    if len(number) not in _LENGTHS or (len(number) == 8 and _DAY.fullmatch(number)):
        return False
    right = to_gtin14(number) is not None
    if _YEAR_OR_MONTH.search(before):
        return right and len(number) == 14 and not _DAY.match(number)
    return right or not behind or _IDENTIFIER.fullmatch(behind) is not None


@dataclass(frozen=True)
class Listed:
    """One text of the register's table of pack codes: how it is compared, the text, and its product's key."""

    kind: str
    value: str
    product: int


def find_listed(text: str, codes: Iterable[Listed]) -> list[Listed]:
    """The rows that a text belongs to: an exact one, else the pattern with most letters, else the longest beginning.

    Rows of several products mean that the text names none of them.
    """
    text = comparable(text)
    rows = [(one, comparable(one.value)) for one in codes]
    exact = [one for one, value in rows if value == text and (one.kind == "exact" or _is_plain(one.kind, value))]
    if exact or _GOES_UP.search(text):
        return exact
    patterns = [
        (one, value) for one, value in rows
        if one.kind == "pattern" and "*" in value and _says_which(value) and _matches(value, text)
    ]  # fmt: skip
    most = max((len(value) - value.count("*") for _, value in patterns), default=0)
    if patterns:
        return [one for one, value in patterns if len(value) - value.count("*") == most]
    prefixes = [
        (one, value) for one, value in rows
        if one.kind == "prefix" and _says_which(value) and text.startswith(value) and _ends_whole(text, len(value))
    ]  # fmt: skip
    longest = max((len(value) for _, value in prefixes), default=0)
    return [one for one, value in prefixes if len(value) == longest]


def comparable(text: str) -> str:
    """A text as it is compared; of an address scheme and host in lower case, without fragment and tracking."""
    text = normal(text)
    found = re.match(r"(?i)(https?)://", text)
    if not found or " " in text:
        return text
    try:
        parts = urlsplit(text)
        host, port = (parts.hostname or "").removesuffix("."), parts.port
        host = host if host.isascii() else host.encode("idna").decode()
    except ValueError:
        return text
    kept = [each for each in parts.query.split("&") if not _TRACKING.fullmatch(each.partition("=")[0])]
    query = "?" + "&".join(kept) if parts.query and kept else "?" if text.partition("#")[0].endswith("?") else ""
    user = parts.netloc.rpartition("@")[0]
    scheme = found[1].lower()
    at = f":{port}" if port and port != _DEFAULT_PORTS[scheme] else ""
    return f"{scheme}://{user + '@' if user else ''}{host}{at}{parts.path}{query}"


def _is_plain(kind: str, value: str) -> bool:
    return kind == "pattern" and "*" not in value


def _matches(pattern: str, text: str) -> bool:
    head, *middle, tail = pattern.split("*")
    if len(text) <= len(head) + len(tail) or not (text.startswith(head) and text.endswith(tail)):
        return False
    # Each part is matched where it first occurs, so nothing is tried twice.
    between = "".join(f"(?>{_RUN}?{re.escape(part)})" for part in middle) + _RUN
    return re.fullmatch(between, text[len(head) : len(text) - len(tail)]) is not None


def _ends_whole(text: str, length: int) -> bool:
    """Whether a beginning ends a whole name or number: `.../p/1` does not in `.../p/10`."""
    return len(text) == length or text[length] in "/?#&" or not _LETTER.match(text[length - 1])


def _says_which(value: str) -> bool:
    """Whether a beginning or pattern has anything specific: in an address, something after the host."""
    if not value.lower().startswith(("http:", "https:")):
        return bool(_LETTER.search(value))
    host = re.match(r"https?://(?:[^/?@]*@)?[^/?:@\[]+(?::[0-9]+)?(?=[/?]|$)", value)
    return host is not None and "*" not in host[0] and bool(_LETTER.search(value, host.end()))
