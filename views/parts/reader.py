"""Who uses the app: it leads them to other places and advises them otherwise."""

from __future__ import annotations

from enum import StrEnum


class Reader(StrEnum):
    """Somebody without an account, a shop, or whoever inspects."""

    CONSUMER = "consumer"
    SHOP = "shop"
    INSPECTOR = "inspector"


def reader_of(role: str | None) -> Reader:
    """The reader that an account's role makes; None is nobody's account. The office's roles inspect too."""
    return Reader.CONSUMER if role is None else Reader.SHOP if role == "shop" else Reader.INSPECTOR
