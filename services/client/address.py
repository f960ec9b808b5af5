"""The server's address, as people type it."""

from __future__ import annotations

import re

from services.links.addresses import read_address
from services.texts import normal

_HTTP = re.compile(r"(?i)https?:")


def server_address(typed: str) -> str:
    """Return the server's address in the form in which it is kept and asked. Raises ValueError where it is none.

    Without a scheme it is https. Host and scheme are in lower case, a host beyond ASCII is as DNS has it, and nothing
    stands behind the path.

    >>> server_address(" Https://So.OCOP.example/ "), server_address("sổ.example:8443/ocop/#top")
    ('https://so.ocop.example', 'https://xn--s-0xm.example:8443/ocop')
    """
    text = normal(typed).strip()
    if not _HTTP.match(text):
        if "://" in text:
            raise ValueError("another scheme")
        text = f"https://{text}"
    address = read_address(text)
    if address.user_info or address.misleads or "?" in address.rest:
        raise ValueError("no server has such an address")
    return address.origin + address.rest.replace("\\", "/").rstrip("/")
