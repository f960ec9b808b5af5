"""The texts on packs beside the GTIN, by which a product can be found."""

from __future__ import annotations

import json
from collections import Counter

_NONE = (b'"codes": []', b'"codes":[]')  # cannot stand in a text, where a quotation mark has a backslash before it


class PackCodes:
    """Products' keys by the texts on their packs, exact ones and beginnings. Not locked."""

    def __init__(self) -> None:
        self._owners: dict[str, dict[str, tuple[str, ...]]] = {"exact": {}, "prefix": {}}
        self._lengths: Counter[int] = Counter()

    def add(self, key: str, row: bytes) -> None:
        """Enter the codes of the product with this key and text."""
        for kind, value in _codes(row):
            owners = self._owners[kind].get(value, ())
            if not owners and kind == "prefix":
                self._lengths[len(value)] += 1
            if key not in owners:
                self._owners[kind][value] = (*owners, key)

    def remove(self, key: str, row: bytes) -> None:
        """Take the codes of the product out, as they were entered."""
        for kind, value in _codes(row):
            owners = self._owners[kind].pop(value, ())
            left = tuple(owner for owner in owners if owner != key)
            if left:
                self._owners[kind][value] = left
            elif owners and kind == "prefix":
                self._lengths[len(value)] -= 1

    def find(self, text: str) -> str | None:
        """The key of the only product with exactly this text, or else with the longest beginning of it."""
        owners = self._owners["exact"].get(text)
        if owners is None:
            lengths = sorted((length for length, count in self._lengths.items() if count), reverse=True)
            prefixes = (self._owners["prefix"].get(text[:length]) for length in lengths if length <= len(text))
            owners = next(filter(None, prefixes), ())
        return owners[0] if len(owners) == 1 else None


def _codes(row: bytes) -> list[tuple[str, str]]:
    if any(none in row for none in _NONE):
        return []
    product = json.loads(row) or {"codes": []}
    codes = ((code["kind"], code["value"]) for code in product["codes"])
    return [(kind, value) for kind, value in codes if value and kind in ("exact", "prefix")]
