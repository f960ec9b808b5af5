"""Reads the link by which the office lets somebody set the password of their account (docs/api.md, Invitations)."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from services.client.address import server_address
from services.codes import ProductCode, parse
from services.texts import normal

_LINK = re.compile(r"(?i:https?)://[^\s?#]+")
_GTIN = re.compile(r"/01/[0-9]")  # a Digital Link, however it goes on
_TAIL = re.compile(r"/invite/([A-Za-z0-9_-]{43})/?")


@dataclass(frozen=True)
class Invitation:
    """The address of the server that gave it, and the secret that only that server may be told."""

    server: str
    token: str = field(repr=False)


def read_invitation(text: str) -> Invitation | None:
    """The invitation that a code or a pasted text is; None where it is anything else, a product's code above all.

    >>> read_invitation(f"https://So.example/ocop/invite/{'a' * 43}").server
    'https://so.example/ocop'
    >>> read_invitation(f"https://so.example/01/09520007900017/invite/{'a' * 43}")
    """
    link = normal(text).strip()
    tail = _TAIL.search(link)
    if tail is None or tail.end() != len(link) or not _LINK.fullmatch(link):
        return None
    if _GTIN.search(link) or isinstance(parse(link), ProductCode):
        return None
    try:
        return Invitation(server_address(link[: tail.start()]), tail[1])
    except ValueError:
        return None
