"""GS1 Digital Link URIs (GS1 Digital Link Standard: URI Syntax 1.6), uncompressed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import unquote_to_bytes

from services.codes.application_identifiers import KEYS, NOT_ATTRIBUTES, find
from services.codes.element_string import Elements, check_together, check_value
from services.codes.faults import CodeError, Fault

_URI = re.compile(r"(?:https?|HTTPS?)://(?P<host>[A-Za-z0-9.:\[\]-]+)(?P<path>/[^?#]*)(?:\?(?P<query>[^#]*))?(?:#.*)?")
_CHARACTERS = re.compile(r"[A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=%]*")
"""What may stand in a URI (RFC 3986, section 2)."""


def read_digital_link(text: str) -> Elements:
    """Read the elements of a Digital Link, those of the path before those of the query. Raises CodeError.

    The rightmost key counts; everything before it is the resolver's address. A GTIN-8, -12 or -13 is padded to 14
    digits.
    """
    match = _URI.fullmatch(text)
    if match is None or not _CHARACTERS.fullmatch(text):
        raise CodeError(Fault.BAD_LINK, "it is no web address")
    segments = match["path"].split("/")[1:]
    index = _key_index(segments)
    if index is None:
        raise CodeError(Fault.BAD_LINK, "no GS1 key is in its path")
    path = list(zip(segments[index::2], segments[index + 1 :: 2], strict=True))
    in_path = [ai for ai, _ in path]
    elements: list[tuple[str, str]] = []
    for ai, escaped in [*path, *_attributes(match["query"] or "")]:
        if ai in (before for before, _ in elements):  # not allowed even with the same value (URI Syntax 4.5)
            raise CodeError(Fault.CONTRADICTION, "it stands there twice", ai)
        if len(elements) >= len(path) and not _is_attribute(ai, in_path):
            raise CodeError(Fault.BAD_LINK, "it may not stand in the query", ai)
        elements.append((ai, _checked(ai, escaped)))
    _check_qualifiers(in_path)
    check_together(elements)
    return tuple(elements)


def _key_index(segments: list[str]) -> int | None:
    """The index of the rightmost key that is followed by nothing but pairs of an identifier and a value."""
    for index in range(len(segments) - 2, -1, -2):
        known = find(segments[index])
        if known is None or known.ai != segments[index]:
            return None
        if known.ai in KEYS:
            return index
    return None


def _check_qualifiers(path: list[str]) -> None:
    key, *qualifiers = path
    if qualifiers and not any([q for q in order if q in qualifiers] == qualifiers for order in KEYS[key]):
        raise CodeError(Fault.BAD_LINK, "its qualifiers do not belong to it, or not in this order", key)


def _is_attribute(ai: str, path: list[str]) -> bool:
    """Whether an identifier may stand in the query: not if it belongs in the path (URI Syntax 4.10)."""
    key, *qualifiers = path
    return ai not in NOT_ATTRIBUTES and not any({*qualifiers, ai} <= set(order) for order in KEYS[key])


def _attributes(query: str) -> Iterator[tuple[str, str]]:
    """The query parameters with a number as their name; others mean nothing to GS1 (URI Syntax 4.10)."""
    for parameter in query.split("&"):
        name, equals, value = parameter.partition("=")
        if equals and name.isascii() and name.isdigit():
            yield name, value.replace("+", "%20")  # a plus is a space in a query; GS1 values hold no space


def _checked(ai: str, escaped: str) -> str:
    """Undo the percent-encoding of an identifier's value, and check the value. Raises CodeError."""
    known = find(ai)
    if known is None or known.ai != ai:
        raise CodeError(Fault.BAD_LINK, "an unknown identifier", ai)
    try:
        value = unquote_to_bytes(escaped).decode("ascii")
    except UnicodeDecodeError:
        raise CodeError(Fault.BAD_GS1, "a character that may not stand there", ai) from None
    value = value.zfill(14) if ai == "01" and len(value) in (8, 12, 13) else value
    check_value(known, value)
    return value
