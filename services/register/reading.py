"""Reads products and changes as they arrive from a server: what fits the contract is kept as text."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from services.register.products import MOST_BYTES, is_product
from services.storage.rows import to_text

UNNAMED = "?"
"""Stands for the GTIN of a product that does not even tell it."""


def read_change(change: dict[str, Any]) -> tuple[str, bytes | None]:
    """The GTIN of a change, and the product's text: None for a deletion or a product that cannot be read."""
    if change.get("op") == "delete":
        return str(change.get("gtin")), None
    gtin, text = read_product(change.get("product"))
    return gtin, text if change.get("op") == "upsert" else None


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is not JSON")


_decode = json.JSONDecoder(parse_constant=_refuse).decode


def read_product(product: Any) -> tuple[str, bytes | None]:
    """The GTIN of a product, and its text on one line; None where it cannot be read."""
    gtin = UNNAMED
    try:
        if isinstance(product, bytes) and len(product) > MOST_BYTES:
            return gtin, None
        document = _decode(product.decode()) if isinstance(product, bytes) else product
        if isinstance(document, Mapping) and isinstance(named := document.get("gtin"), str) and is_number(named):
            gtin = named
        if not is_product(document):
            return gtin, None
        text = product if isinstance(product, bytes) and b"\n" not in product else to_text(document)
        return gtin, text if len(text) <= MOST_BYTES else None
    except (ValueError, TypeError, RecursionError):
        return gtin, None


def is_number(gtin: str) -> bool:
    """Whether it may be a GTIN: up to 14 digits."""
    return gtin.isascii() and gtin.isdigit() and len(gtin) <= 14


def key_of(gtin: str) -> str:
    """The key of a product in the copy: its GTIN without leading zeros."""
    return str(int(gtin))
