"""The rules that parts of a GS1 value obey beyond their character set and length.

Each rule has the name that `services.codes.application_identifiers` uses, and says whether a text obeys it. The rules
are those of the GS1 General Specifications (release 25); each names its clause.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from services.codes.code_lists import COUNTRY_LETTERS, COUNTRY_NUMBERS, CURRENCY_NUMBERS, PACKAGES
from services.codes.coupons import is_coupon, is_offer
from services.codes.days import is_day, is_day_or_month, is_long_day
from services.codes.gtin import has_valid_check_digit

Rule = Callable[[str], bool]

_SET_82 = r"""!"%&'()*+,\-./0-9:;<=>?A-Z_a-z"""
CHARACTERS = {
    "N": re.compile(r"[0-9]*"),
    "X": re.compile(f"[{_SET_82}]*"),
    "Y": re.compile(r"[#\-/0-9A-Z]*"),
    "Z": re.compile(r"[A-Za-z0-9_-]+={0,2}"),
}
"""The character sets (7.11): digits, set 82, set 39, and base64url (RFC 4648, section 5)."""

_SET_32 = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
_PRIMES = (2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83)


def _is_iban(text: str) -> bool:
    """ISO 13616: begins with a country; remainder 1 modulo 97. GS1's syntax dictionary wants at least 11 characters."""
    if not re.fullmatch(r"[A-Z]{2}[0-9]{2}[0-9A-Z]{7,}", text) or text[:2] not in COUNTRY_LETTERS:
        return False
    return int("".join(str(int(c, 36)) for c in text[4:] + text[:4])) % 97 == 1


def _has_check_pair(text: str) -> bool:
    """Whether the check character pair of a GMN is right (7.9.5)."""
    body, pair = text[:-2], text[-2:]
    characters = "!\"%&'()*+,-./0123456789:;<=>?ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz"
    total = sum(characters.index(c) * prime for c, prime in zip(reversed(body), _PRIMES, strict=False)) % 1021
    return pair == _SET_32[total >> 5] + _SET_32[total & 31]


def _is_sequence(text: str) -> bool:
    """A child's position among those born together: 2/3 (3.8.27)."""
    return bool(re.fullmatch(r"[1-9]/[1-9]", text)) and text[0] <= text[2]


RULES: dict[str, Rule] = {
    "sum": has_valid_check_digit,  # 7.9.1
    "prefix": lambda text: bool(re.match(r"[0-9]{4}", text)),  # a key begins with a GS1 Company Prefix (1.4)
    "prefix1": lambda text: bool(re.match(r"[0-9]{5}", text)),  # the prefix follows an indicator or extension digit
    "day": is_day,
    "day0": is_day_or_month,
    "long_day": is_long_day,
    "hour": lambda text: text <= "23",
    "minute": lambda text: text <= "59",
    "hour_minute": lambda text: text[:2] <= "23" and text[2:] <= "59",
    "country": COUNTRY_NUMBERS.__contains__,
    "country999": lambda text: text == "999" or text in COUNTRY_NUMBERS,  # 999: several countries (3.8.12)
    "country2": COUNTRY_LETTERS.__contains__,
    "currency": CURRENCY_NUMBERS.__contains__,
    "escaped": lambda text: not re.search(r"%(?![0-9A-Fa-f]{2})", text),  # RFC 3986, 2.1
    "latitude": lambda text: int(text) <= 1_800_000_000,  # 3.7.4.10
    "longitude": lambda text: int(text) <= 3_600_000_000,
    "flag": lambda text: text in "01",
    "minus": lambda text: text == "-",
    "importer": lambda text: bool(re.fullmatch(r"[0-9A-Za-z_-]", text)),  # 3.8.14
    "package": PACKAGES.__contains__,
    "media": lambda text: "01" <= text <= "10" or "80" <= text <= "99",  # 3.8.20
    "sex": lambda text: text in "0129",  # ISO/IEC 5218
    "sequence": _is_sequence,
    "zero": lambda text: not text.strip("0"),
    "nonzero": lambda text: bool(text.strip("0")),
    "winding": lambda text: text in "019",  # 3.9.1
    "piece": lambda text: "00" < text[:2] <= text[2:],  # 3.9.6
    "iban": _is_iban,
    "no_leading_zero": lambda text: text[0] != "0",  # 3.9.11
    "check_pair": _has_check_pair,
    "not_only_digits": lambda text: not text.isdigit(),
    "coupon": is_coupon,
    "offer": is_offer,
}
