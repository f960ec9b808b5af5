"""Reads what stands behind the GTIN in a GS1 Digital Link URI (GS1 Digital Link Standard: URI Syntax 1.4, 4.4)."""

from __future__ import annotations

import re
from urllib.parse import unquote

KEYS = {"22": 20, "10": 20, "21": 20, "235": 28}
"""The key qualifiers of a GTIN and how long each may be: variant, batch, serial number, third party's serial number."""
_CHARACTERS = re.compile(r"[!\"%-?A-Z_a-z]+")  # GS1's character set 82 (General Specifications, 7.11)


class NotQualifiers(ValueError):
    """The path names no pack of a product; `part` is what stands where it may not."""

    def __init__(self, part: str) -> None:
        super().__init__(part)
        self.part = part


def qualifiers_of(path: str) -> dict[str, str]:
    """The key qualifiers that a path names, as it was sent (percent-encoded), without the GTIN.

    A slash at the end means nothing. Raises NotQualifiers for other keys, a key that comes twice or out of its order,
    and values that no key may have.

    >>> qualifiers_of("10/L7%2FA/21/S1/")
    {'10': 'L7/A', '21': 'S1'}
    """
    parts = [unquote(part) for part in path.strip("/").split("/")] if path.strip("/") else []
    found: dict[str, str] = {}
    left = list(KEYS)
    for key, value in zip(parts[::2], [*parts[1::2], ""], strict=False):
        if key not in left:
            raise NotQualifiers(key)
        if len(value) > KEYS[key] or not _CHARACTERS.fullmatch(value):
            raise NotQualifiers(f"{key}/{value}")
        left = left[left.index(key) + 1 :]
        found[key] = value
    return found
