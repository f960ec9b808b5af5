"""GS1 element strings as scanners send them: identifiers and values in a row, separated by FNC1."""

from __future__ import annotations

from services.codes.application_identifiers import ApplicationIdentifier, contradicting, find
from services.codes.faults import CodeError, Fault
from services.codes.values import CHARACTERS, RULES

FNC1 = "\x1d"
"""What scanners send for FNC1 as a separator (GS, ASCII 29)."""

_MOST = 64
"""The most elements that GS1's syntax engine takes; no symbol can hold more useful ones."""

Elements = tuple[tuple[str, str], ...]
"""Application identifiers and their values, in the order they stand in."""


def read_element_string(text: str) -> Elements:
    """Read an element string without its symbology identifier; it may begin with FNC1. Raises CodeError.

    >>> read_element_string("0109521234567899" + "10L1" + FNC1 + "17270131")
    (('01', '09521234567899'), ('10', 'L1'), ('17', '270131'))
    """
    rest = text.removeprefix(FNC1)
    if not rest:
        raise CodeError(Fault.BAD_GS1, "it is empty")
    elements = []
    while rest:
        known = find(rest)
        if known is None:
            raise CodeError(Fault.BAD_GS1, "an unknown identifier", rest[:4])
        value, rest = _value(known, rest[len(known.ai) :])
        check_value(known, value)
        elements.append((known.ai, value))
        if len(elements) > _MOST:
            raise CodeError(Fault.BAD_GS1, "it has too many elements")
    check_together(elements)
    return tuple(elements)


def check_value(known: ApplicationIdentifier, value: str) -> None:
    """Raise CodeError where a value does not have the form that its identifier asks for."""
    if known.ai == "01" and value.isdigit() and len(value) != known.longest:
        raise CodeError(Fault.WRONG_LENGTH, "no GTIN has so many digits", known.ai)
    rest = value
    for component in known.components:
        if not rest and component.optional:
            return
        part, rest = rest[: component.most], rest[component.most :]
        if len(part) < component.least:
            raise CodeError(Fault.BAD_GS1, "its value is too short", known.ai)
        if not CHARACTERS[component.kind].fullmatch(part):
            raise CodeError(Fault.BAD_GS1, "a character that may not stand there", known.ai)
        for rule in component.rules:
            if not RULES[rule](part):
                fault = Fault.WRONG_CHECK_DIGIT if rule == "sum" else Fault.BAD_GS1
                raise CodeError(fault, f"its value breaks a rule ({rule})", known.ai)
    if rest:
        raise CodeError(Fault.BAD_GS1, "its value is too long", known.ai)


def check_together(elements: list[tuple[str, str]]) -> None:
    """Raise CodeError where elements contradict one another."""
    values: dict[str, str] = {}
    for ai, value in elements:
        if values.setdefault(ai, value) != value:
            raise CodeError(Fault.CONTRADICTION, "it stands there twice, differently", ai)
    if pair := contradicting(values):
        raise CodeError(Fault.CONTRADICTION, f"it excludes {pair[1]}", pair[0])


def _value(known: ApplicationIdentifier, rest: str) -> tuple[str, str]:
    value, _, behind = rest.partition(FNC1)
    if known.predefined and len(value) > known.longest:
        return rest[: known.longest], rest[known.longest :]
    return value, behind
