"""The web addresses in codes, as labels and people write them, with the Digital Link that may be in them.

Web addresses may hold more than GS1's syntax allows (RFC 3986, 3987): what stands beside the key and its attributes
does not change which product an address names.
"""

from __future__ import annotations

import ipaddress
import re
from urllib.parse import unquote, urlsplit

from services.codes.application_identifiers import find
from services.codes.digital_link import read_digital_link
from services.codes.element_string import Elements
from services.codes.faults import CodeError, Fault
from services.codes.gtin import has_valid_check_digit
from services.texts import UNSEEN

_SCHEME = re.compile(r"(?i)(?:url(?:to)?:\s*)?(https?://)")
"""`URL:` and `URLTO:` are what some label software puts before an address."""
_SLASHES = re.compile(f"/{UNSEEN.pattern}*/")
_WITHOUT_SCHEME = re.compile(r"(?i)(?:[a-z0-9-]{2,63}\.)+[a-z]{2,63}(?::[0-9]{1,5})?/[^\s/?#]+/[^\s/?#]")
"""An address without its scheme. Two segments of a path tell it from other texts with a dot and a slash in them."""
_HOST = re.compile(r"(?!-)[^\s/@]{1,253}")
_KEY = re.compile(r"/01/([0-9]+)(?=/|$)")
_YEAR_OR_MONTH = re.compile(r"/(?:19|20)[0-9]{2}(?:[/-]?(?:0[1-9]|1[0-2]))?$")
_DAY = re.compile(r"20[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_TURNS = re.compile("[\u202a-\u202e\u2066-\u2069]")
_LAST_ESCAPES = re.compile(r"(?:%[0-9A-Fa-f]{2}){1,12}(?=/|$)")


def web_address(text: str) -> str | None:
    """The web address that a text is, with its scheme, its host and what follows untouched; None where it is none.

    >>> web_address("URL:https://id.example/1"), web_address("id.example/sp/1"), web_address("1.2/3")
    ('https://id.example/1', 'https://id.example/sp/1', None)
    """
    slashes = _SLASHES.search(text)
    before = UNSEEN.sub("", text[: slashes.end()]) if slashes else ""
    scheme = _SCHEME.fullmatch(before)
    if slashes and scheme:
        return scheme[1] + text[slashes.end() :]
    return f"https://{text}" if _WITHOUT_SCHEME.match(UNSEEN.sub("", text)) else None


def read_web_address(text: str) -> tuple[str, str, Elements | None]:
    """Read an address: as it may be looked up and shown, its host, and the elements of its Digital Link.

    Unseen characters are left out, since no address means them. In the host they stay, as does what turns the direction
    of the text: both make an address seem another one (`services.links`). The elements are None where it is no Digital
    Link. Raises CodeError.
    """
    host_end = re.compile(r"[/?#\\]|$").search(text, 8)
    begin = host_end.start() if host_end else 0
    bare = text[:begin] + UNSEEN.sub("", text[begin:])
    text = text if _TURNS.search(text, begin) else bare
    try:
        parts = urlsplit(bare)
        host = (parts.hostname or "").lower()
        _ = parts.port
    except ValueError:
        raise CodeError(Fault.BAD_LINK, "it is no web address") from None
    before_query = re.split(r"[?#]", bare, maxsplit=1)[0]
    if not _HOST.fullmatch(host) or re.search(r"\s", before_query) or _CONTROL.search(bare):
        raise CodeError(Fault.BAD_LINK, "it is no web address")
    link = _digital_link(parts.path, parts.query)
    if link is not None:
        return text, host, read_digital_link(link)
    if not _is_public(host):
        raise CodeError(Fault.BAD_LINK, "a name of a local network")
    return text, host, None


def _digital_link(path: str, query: str) -> str | None:
    """Reduce an address to the Digital Link that is in it; None where no number in its path can be a GTIN.

    Left out are the resolver's own address, a final slash, which web servers often add, escaped blanks at the end, and
    parameters without a GS1 identifier as their name (URI Syntax 4.10).
    """
    path = _LAST_ESCAPES.sub(lambda found: "" if _is_blank(unquote(found[0])) else found[0], path).removesuffix("/")
    key = next((key for key in _KEY.finditer(path) if _can_be_gtin(*_around(key))), None)
    if key is None:
        return None
    named = [each for each in query.split("&") if (name := each.partition("=")[0]) and _is_identifier(name)]
    return f"https://host{path[key.start() :]}" + ("?" + "&".join(named) if named else "")


def _around(key: re.Match[str]) -> tuple[str, str, str]:
    """The path before a key, its number, and the segment behind it."""
    return key.string[: key.start()], key[1], key.string[key.end() + 1 :].partition("/")[0]


def _can_be_gtin(before: str, number: str, behind: str) -> bool:
    """Whether a number behind /01/ is meant as a GTIN, by its length and by what stands around it.

    Web pages have dates in their addresses (`/2026/01/123456`, `/2025/12/01/20251201`), and 01 is then a month or a
    day. Eight digits that are a day of these years would be a number of a shop's own, which nobody puts in a link. With
    a wrong check digit and a page's name behind it (`/01/12345678/tra.html`), a number is another one.
    """
    if len(number) not in (8, 12, 13, 14) or (len(number) == 8 and _DAY.fullmatch(number)):
        return False
    right = has_valid_check_digit(number)
    if _YEAR_OR_MONTH.search(before):
        return right and len(number) == 14 and not _DAY.match(number)
    return right or not behind or _is_identifier(behind)


def _is_identifier(name: str) -> bool:
    known = find(name)
    return known is not None and known.ai == name


def _is_blank(text: str) -> bool:
    return "\x00" not in text and not UNSEEN.sub("", text).strip()


def _is_public(host: str) -> bool:
    """Whether a host is more than a name within the local network."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return "." in host
    return True
