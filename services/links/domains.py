"""Finds a host's registrable domain, and writes host names as people read them."""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from importlib.resources import files

from publicsuffixlist import PublicSuffixList

from services.links.addresses import decoded_label, is_ip
from services.links.confusables import plain
from services.links.lists import LOCAL_SUFFIXES

_VIETNAMESE = frozenset("abcdefghijklmnopqrstuvwxyz0123456789-đ") | {
    unicodedata.normalize("NFC", letter + mark + tone)
    for letter, marks in {
        "a": "\u0302\u0306",
        "e": "\u0302",
        "i": "",
        "o": "\u0302\u031b",
        "u": "\u031b",
        "y": "",
    }.items()
    for mark in ("", *marks)
    for tone in ("", "\u0300", "\u0301", "\u0303", "\u0309", "\u0323")
}


def readable(host: str) -> str:
    """A host (ASCII) in Unicode, except for labels that would mislead in Unicode.

    Those are labels that look like plain letters without being Vietnamese, labels with anything but letters, digits and
    hyphens (some characters look like a dot or a slash), and labels in right-to-left scripts, which reorder the text
    around them.

    >>> readable("xn--truyxut-co4c.vn")
    'truyxuất.vn'
    """
    if "xn--" not in host:
        return host
    return ".".join(text if _shows(text := decoded_label(label)) else label for label in host.split("."))


def registrable_domain(host: str) -> str | None:
    """The part of a host (ASCII) that is registered under a public suffix; None where the host is such a suffix itself.

    >>> registrable_domain("qn.check.net.vn"), registrable_domain("net.vn")
    ('check.net.vn', None)
    """
    labels = host.split(".")
    domain: str | None = suffixes().privatesuffix(".".join(map(decoded_label, labels)))
    return None if domain is None else ".".join(labels[-1 - domain.count(".") :])


@lru_cache(1)
def suffixes() -> PublicSuffixList:
    """The public suffix list from its package; read once, when it is first needed."""
    # Opened as a package resource, since phones read packages from a zip.
    bundled = files("publicsuffixlist").joinpath("public_suffix_list.dat").read_text(encoding="utf-8")
    return PublicSuffixList(bundled, accept_encoded_idn=False)


def is_local(host: str) -> bool:
    """Whether a host has a name that every network may give to its own machines."""
    return not is_ip(host) and ("." not in host or host.endswith(LOCAL_SUFFIXES))


def is_foreign(host: str) -> bool:
    """Whether a label has letters beyond ASCII, other than Vietnamese ones under .vn, where they are common."""
    labels = [decoded_label(label) for label in host.split(".")]
    return any(not label.isascii() and not (labels[-1] == "vn" and _VIETNAMESE.issuperset(label)) for label in labels)


def _shows(label: str) -> bool:
    return _VIETNAMESE.issuperset(label) or (not plain(label).isascii() and all(map(_is_letter, label)))


def _is_letter(letter: str) -> bool:
    if letter == "-":
        return True
    ordinary = unicodedata.category(letter) in ("Ll", "Lo", "Mn", "Mc", "Nd") and not "\u0300" <= letter <= "\u036f"
    return ordinary and unicodedata.bidirectional(letter) in ("L", "EN", "NSM")
