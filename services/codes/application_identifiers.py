"""The GS1 application identifiers, and what the value of each consists of.

The rules are those of the GS1 General Specifications (release 25, section 3) and of the GS1 Barcode Syntax Dictionary,
grouped by format: identifiers with values of one format stand together.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

_FORMATS = """
N18 sum prefix               | 00 8017 8018
N14 sum prefix1              | 01 02 03
X..20                        | 10 21 22 243 254 420 4318 7020 7021 7022 710-717 7240 8002 8012
N6 day0                      | 11 12 13 15 16 17
N2                           | 20
X..28                        | 235
X..30                        | 240 241 250 251 400 403 4308 4319 7002 90
N..6                         | 242
N13 sum prefix, ?X..17       | 253
N13 sum prefix, ?N..12       | 255
N..8                         | 30 37
N6                           | 310*-316* 320*-329* 330*-337* 340*-349* 350*-357* 360*-369* 395* 8005
N..15                        | 390** 392**
N3 currency, N..15           | 391** 393**
N4                           | 394* 8111
X..30 prefix                 | 401 7023 8004
N17 sum prefix               | 402
N13 sum prefix               | 410-417
N3 country, X..9             | 421
N3 country                   | 422 424 426
N3 country, ?N3 country, ?N3 country, ?N3 country, ?N3 country | 423 425
X..3                         | 427 7008
X..35 escaped                | 4300 4301 4310 4311 4320
X..70 escaped                | 4302-4306 4312-4316 7257
X2 country2                  | 4307 4317
N10 latitude, N10 longitude  | 4309
N1 flag                      | 4321-4323
N6 day0, N4 hour_minute      | 4324 4325
N6 day                       | 4326 7006
N6, ?X1 minus                | 4330-4333
N13                          | 7001
N15                          | 8040 8041
N32                          | 8042
N18, ?N..2                   | 8043
N6 day, N4 hour_minute       | 7003
N..4                         | 7004
X..12                        | 7005
N6 day, ?N6 day              | 7007
X..10                        | 7009 7255
X..2                         | 7010
N6 day, ?N4 hour_minute      | 7011
N3 country999, X..27         | 7030-7039
N1, X1, X1, X1 importer      | 7040
X..4 package                 | 7041
X2, X..28                    | 7230-7239
N2 media                     | 7241
X..25                        | 7242 8020
N8 long_day                  | 7250
N8 long_day, N4 hour_minute  | 7251
N1 sex                       | 7252
X..40 escaped                | 7253 7254 7259
X..90 escaped                | 7256
X3 sequence                  | 7258
N4 nonzero, N5 nonzero, N3 nonzero, N1 winding, N1 | 8001
N1 zero, N13 sum prefix, ?X..16 | 8003
N14 sum prefix1, N4 piece    | 8006 8026
X..34 iban                   | 8007
N6 day, N2 hour, ?N2 minute, ?N2 minute | 8008
X..50                        | 8009
Y..30 prefix                 | 8010
N..12 no_leading_zero        | 8011
X..25 check_pair prefix      | 8013
X..25 check_pair prefix not_only_digits | 8014
N..10                        | 8019
Z..90                        | 8030
X..70 coupon                 | 8110
X..70 offer                  | 8112
X..70                        | 8200
X..90                        | 91-99
"""
"""`N` digits, `X` character set 82, `Y` set 39, `Z` base64url; `N6` six, `N..6` one to six, `?` may be left out.
The words are rules of `services.codes.values`. In a number of an identifier, `*` is a digit 0 to 5 and `**` one 0 to 9:
the position of the decimal point (394: 0 to 3)."""

KEYS: dict[str, tuple[tuple[str, ...], ...]] = {
    "00": (),
    "01": (("22", "10", "21"), ("235",)),
    "253": (),
    "255": (),
    "401": (),
    "402": (),
    "414": (("254",), ("7040",)),
    "415": (("8020",),),
    "417": (("7040",),),
    "8003": (),
    "8004": (("7040",),),
    "8006": (("22", "10", "21"),),
    "8010": (("8011",),),
    "8013": (),
    "8017": (("8019",),),
    "8018": (("8019",),),
}
"""The keys of a Digital Link, and the qualifiers that may stand behind each, in their order (URI Syntax 1.6, 4.3)."""

NOT_ATTRIBUTES = frozenset({"03", "21", "22", "235", "254", "7040", "7041", "8011", "8014", "8019", "8020", "8200"})
"""Identifiers that may not stand in a Digital Link's query."""

_EXCLUDED = """
01: 02 03 255 37 8006         | 02: 03 8026       | 03: 37          | 21: 235       | 255: 02 415 8006 8020 8026
390: 391 394 8111             | 392: 393 395      | 393: 395        | 394: 8111     | 395: 8005
420: 421                      | 421: 4307         | 426: 422 423 424 425
4330: 4331                    | 4332: 4333        | 7250: 7251
7256: 7253 7254 7255          | 7259: 7253 7254 7255 7256
8006: 37 8026                 | 8017: 8018
"""
"""Identifiers that contradict one another on one pack (GS1 General Specifications 4.13.1); three digits of a four-digit
identifier with a decimal point stand for all of them."""

_PREDEFINED = frozenset(f"{first:02}" for first in (*range(5), *range(11, 21), *range(31, 37), 41))
"""First two digits of the identifiers whose value has a predefined length and ends without FNC1 (7.8.5.2)."""

_MEASURES = frozenset({"31", "32", "33", "34", "35", "36", "39"})
"""First two digits of the identifiers whose last digit is the position of a decimal point."""


@dataclass(frozen=True)
class Component:
    """A part of a value: `least` to `most` characters of set N, X, Y or Z, under `rules` of services.codes.values."""

    kind: str
    least: int
    most: int
    optional: bool
    rules: tuple[str, ...]


@dataclass(frozen=True)
class ApplicationIdentifier:
    """One identifier. `predefined`: its value has a fixed length and needs no FNC1 after it."""

    ai: str
    components: tuple[Component, ...]
    predefined: bool

    @property
    def longest(self) -> int:
        """The most characters that its value can have."""
        return sum(component.most for component in self.components)


def find(text: str) -> ApplicationIdentifier | None:
    """The identifier with which `text` begins, or None. No identifier is the beginning of another."""
    table = _table()
    return next((table[text[:length]] for length in (2, 3, 4) if text[:length] in table), None)


def contradicting(ais: Iterable[str]) -> tuple[str, str] | None:
    """Two of these identifiers that may not stand on one pack together, or None."""
    found = {_family(ai): ai for ai in ais}
    for ai in ais:
        other = found[_family(ai)]
        if other != ai:  # the same measure with two decimal points
            return ai, other
        for excluded in _exclusions().get(_family(ai), ()):
            if excluded in found:
                return ai, found[excluded]
    return None


def _family(ai: str) -> str:
    """The identifier without the digit that tells its decimal point: what it measures."""
    return ai[:3] if len(ai) == 4 and ai[:2] in _MEASURES else ai


@cache
def _exclusions() -> dict[str, tuple[str, ...]]:
    rules = [rule.split(":") for rule in _EXCLUDED.replace("\n", "|").split("|") if rule.strip()]
    return {ai.strip(): tuple(others.split()) for ai, others in rules}


@cache
def _table() -> dict[str, ApplicationIdentifier]:
    table = {}
    for line in _FORMATS.strip().splitlines():
        form, _, numbers = line.partition("|")
        components = tuple(_component(part.strip()) for part in form.split(","))
        for number in _numbers(numbers.split()):
            table[number] = ApplicationIdentifier(number, components, number[:2] in _PREDEFINED)
    return table


def _numbers(ranges: list[str]) -> list[str]:
    found = []
    for text in ranges:
        first, _, last = text.replace("*", "").partition("-")
        decimals = "" if "*" not in text else "0123456789" if "**" in text else "0123" if first == "394" else "012345"
        for number in range(int(first), int(last or first) + 1):
            stem = str(number).zfill(len(first))
            found += [stem + decimal for decimal in decimals] or [stem]
    return found


def _component(text: str) -> Component:
    match = re.fullmatch(r"(\??)([NXYZ])(\.\.)?(\d+)((?: \w+)*)", text)
    if match is None:
        raise ValueError(text)
    optional, kind, up_to, most, rules = match.groups()
    return Component(kind, 1 if up_to else int(most), int(most), bool(optional), tuple(rules.split()))
