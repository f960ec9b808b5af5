"""Reads web addresses as browsers do (WHATWG URL Standard, section 4), since browsers open them."""

from __future__ import annotations

import contextlib
import ipaddress
import re
import unicodedata
from dataclasses import dataclass
from urllib.parse import quote, unquote, unquote_to_bytes

import idna

from services.codes.faults import CodeError, Fault
from services.links.lists import TRACKING_PARAMETERS, TRACKING_PREFIXES
from services.texts import UNSEEN

_C0_AND_SPACE = "".join(map(chr, range(0x21)))
_SCHEME = re.compile(r"(?ia)(https?):[/\\]*")
_GENERIC_AUTHORITY = re.compile(r"[^/]*//[^/?#]*")  # RFC 3986, to which a backslash is nothing special
_DEFAULT_PORTS = {"http": 80, "https": 443}
_LONGEST_RAW_HOST = 2048  # three characters for each of 253 bytes, and room for characters that are dropped
_NOT_SEEN = re.compile(rf"[\s\x00-\x1f\x7f-\x9f]|{UNSEEN.pattern}")
_ASCII = "".join(map(chr, range(0x21, 0x7F)))
_FORBIDDEN_IN_HOST = re.compile(r"[\x00-\x20#%/:<>?@\[\\\]^|\x7f]")
_ENDS_IN_A_NUMBER = re.compile(r"(?:.*\.)?(?:[0-9]+|0[xX][0-9A-Fa-f]*)\.?", re.DOTALL)
_PLAIN_ADDRESS = re.compile(
    r"https?://(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}(?:/[!-\"$->@-\[\]-~]*(?P<query>\?[!-\"$-~]*)?)?"
)


@dataclass(frozen=True)
class Address:
    """A web address in its parts. `host` is in lower case and ASCII, an IPv6 address with its brackets.

    `user_info` is the text before the host, with its @; `port` is None for the scheme's default; `rest` is path and
    query as they are, without the fragment. `misleads` is true where the @ comes after a backslash: browsers end the
    host at the backslash, other readers of addresses may not.
    """

    scheme: str
    user_info: str
    host: str
    port: int | None
    rest: str
    misleads: bool = False

    @property
    def origin(self) -> str:
        """Everything before the path."""
        port = "" if self.port is None else f":{self.port}"
        return f"{self.scheme}://{self.user_info}{self.host}{port}"


def read_address(text: str) -> Address:
    """Read an http or https address, as tolerantly as browsers do. Raises CodeError.

    Stricter than browsers about addresses that lead nowhere or cannot be shown: it refuses names that DNS does not
    allow, and spaces and invisible characters (controls, changes of direction) in host and path. In the query they are
    escaped.
    """
    bare = text.strip(_C0_AND_SPACE).replace("\t", "").replace("\n", "").replace("\r", "")
    scheme = _SCHEME.match(bare)
    if scheme is None:
        raise CodeError(Fault.BAD_LINK, "it is no web address")
    bare, mark, query = bare.partition("#")[0].partition("?")
    if _NOT_SEEN.search(query):
        query = _escaped(query)
    if " " in bare or not (bare + query).isprintable() or UNSEEN.search(bare):
        raise CodeError(Fault.BAD_LINK, "a character in it cannot be seen")
    bare += mark + query
    authority, rest = _split(bare[scheme.end() :])
    user_info, at, host_and_port = authority.rpartition("@")
    host, port = _split_port(host_and_port)
    name = scheme[1].lower()
    other = _GENERIC_AUTHORITY.match(bare)
    return Address(
        scheme=name,
        user_info=user_info + at,
        host=_host(host),
        port=None if port == _DEFAULT_PORTS[name] else port,
        rest=rest,
        misleads=other is not None and "\\" in other[0] and "@" in other[0].partition("\\")[2],
    )


def clean_address(url: str) -> str:
    """The address with scheme and host in lower case, without fragment, default port and tracking parameters.

    A host beyond ASCII becomes the name that is looked up in DNS; nothing else changes. A text that is no web address
    is returned unchanged.

    >>> clean_address("HTTPS://T.vn/p/1?utm_source=zalo&id=7#top")
    'https://t.vn/p/1?id=7'
    """
    plain = _PLAIN_ADDRESS.fullmatch(url)
    if plain and "xn--" not in url and not (plain["query"] and _has_tracking(plain["query"])):
        return url
    try:
        return clean(read_address(url))
    except CodeError:
        return url


def clean(address: Address) -> str:
    """Clean an address that has been read, as `clean_address` does."""
    path, mark, query = address.rest.partition("?")
    if mark and _has_tracking("?" + query):
        query = "&".join(each for each in query.split("&") if not _is_tracking(each))
        mark = "?" if query else ""
    return address.origin + path.replace("\\", "/") + mark + query


def is_ip(host: str) -> bool:
    """Whether the host of an address that has been read is an IP address."""
    return host.startswith("[") or host.replace(".", "").isdigit()


def _escaped(query: str) -> str:
    """A query as browsers send it, in ASCII, with what cannot be seen in sight."""
    try:
        return quote(query, safe=_ASCII)
    except UnicodeEncodeError:
        raise CodeError(Fault.BAD_LINK, "a character in it is none") from None


def hides_in_host(url: str) -> bool:
    """Whether something stands in an address's host, or before it, that cannot be seen, escaped or not.

    >>> hides_in_host("https://check\u200b.net.vn/1"), hides_in_host("https://check.net.vn/\u200b1")
    (True, False)
    """
    scheme = _SCHEME.match(url)
    return scheme is not None and bool(UNSEEN.search(unquote(_split(url[scheme.end() :])[0])))


def _split(text: str) -> tuple[str, str]:
    """Split an address into what stands before the path, and path and query without the fragment."""
    text = text.partition("#")[0]
    end = re.search(r"[/\\?]|\Z", text)
    split = end.start() if end else len(text)
    return text[:split], text[split:]


def _split_port(text: str) -> tuple[str, int | None]:
    host, colon, digits = text.rpartition(":")
    if not colon or "]" in digits:
        return text, None
    if not digits:
        return host, None
    number = digits.lstrip("0") or "0"
    if not (digits.isascii() and digits.isdigit()) or len(number) > 5 or int(number) > 65535:
        raise CodeError(Fault.BAD_LINK, "its port is none")
    return host, int(number)


def _host(text: str) -> str:
    if len(text) > _LONGEST_RAW_HOST:
        raise CodeError(Fault.BAD_LINK, "its host is too long")
    if text.startswith("["):
        return _ipv6(text)
    try:
        name = unquote_to_bytes(text).decode()
        host = ascii_name(name)
    except ValueError:
        raise CodeError(Fault.BAD_LINK, "its host is no name") from None
    if UNSEEN.search(name):
        raise CodeError(Fault.BAD_LINK, "a character in its host cannot be seen")
    return _ipv4(host) if _ENDS_IN_A_NUMBER.fullmatch(host) else host


def ascii_name(name: str) -> str:
    """A host's name as it is looked up in DNS (UTS 46, not transitional), without a final dot. Raises ValueError.

    >>> ascii_name("Truyxuất.VN")
    'xn--truyxut-co4c.vn'
    """
    # lower() is for ASCII only: UTS 46 maps Cherokee letters the other way, from small to capital.
    name = name.lower() if name.isascii() else idna.uts46_remap(name, std3_rules=False)
    name = name.removesuffix(".")
    if len(name) > 253:  # it would be no shorter in ASCII
        raise ValueError("no name has so many letters")
    labels = [decoded_label(label) for label in name.split(".")]
    name = ".".join(map(_ascii_label, labels))
    if any(unicodedata.bidirectional(letter) in ("R", "AL", "AN") for label in labels for letter in label):
        for label in labels:
            idna.check_bidi(label, check_ltr=True)
    if len(name) > 253 or _FORBIDDEN_IN_HOST.search(name):
        raise ValueError("no name of a host")
    return name


def decoded_label(label: str) -> str:
    """Decode a label of a host into Unicode. Raises ValueError where it is not validly encoded."""
    if not label.startswith("xn--") or len(label) > 63:
        return label
    text = label[4:].encode().decode("punycode")
    if _ascii_label(text) != label or not text.isprintable() or idna.uts46_remap(text, std3_rules=False) != text:
        raise ValueError("no label stands for this")
    return text


def _ascii_label(label: str) -> str:
    if not 0 < len(label) <= 63:
        raise ValueError("no label has so many letters")
    if label.isascii():
        return label
    if label.startswith("xn--") or unicodedata.category(label[0]).startswith("M"):
        raise ValueError("no label begins like this")
    encoded = "xn--" + label.encode("punycode").decode()
    if len(encoded) > 63:
        raise ValueError("no label has so many letters")
    return encoded


def _ipv6(text: str) -> str:
    with contextlib.suppress(ValueError):
        if text.endswith("]") and "%" not in text:
            return f"[{ipaddress.IPv6Address(text[1:-1])}]"
    raise CodeError(Fault.BAD_LINK, "its host is no IP address")


def _ipv4(host: str) -> str:
    """Read one to four numbers, decimal, octal (0...) or hexadecimal (0x...); the last fills the remaining bytes."""
    with contextlib.suppress(ValueError):
        *first, last = [_number(part) for part in host.split(".")]
        if len(first) <= 3 and all(byte <= 255 for byte in first) and last < 256 ** (4 - len(first)):
            return str(ipaddress.IPv4Address(sum(byte << 8 * (3 - index) for index, byte in enumerate(first)) + last))
    raise CodeError(Fault.BAD_LINK, "its host is no IP address")


def _number(part: str) -> int:
    if not re.fullmatch(r"[0-9a-fx]{1,255}", part):
        raise ValueError(part)
    if part.startswith("0x"):
        return int(part[2:] or "0", 16)
    return int(part, 8 if part.startswith("0") and part != "0" else 10)


def _has_tracking(query: str) -> bool:
    return any(map(_is_tracking, query[1:].split("&")))


def _is_tracking(parameter: str) -> bool:
    name = parameter.partition("=")[0].lower()
    return name in TRACKING_PARAMETERS or name.startswith(TRACKING_PREFIXES)
