"""What the register says of itself: its name, its domains and keys, and the province's localities."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, TypeVar

from services.register.products import Locality
from services.register.statements import IssuerKey
from services.storage.rows import to_text

T = TypeVar("T")

_MOST = {
    "domains": 10_000,
    "issuer_keys": 1000,
    "revoked_keys": 100_000,
    "localities": 5000,
    "schemas": 100,
    "checklists": 50,
}
_HASH = re.compile("[0-9a-f]{64}")
_MOST_BYTES = 4 * 1024 * 1024


@dataclass(frozen=True)
class NamedChecklist:
    """A version of the checklists by the hash of its bytes, and the days on which it holds (inclusive; None: open)."""

    sha256: str
    valid_from: date
    valid_to: date | None = None

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> NamedChecklist:
        """Read what REGISTER names. Raises KeyError, TypeError or ValueError."""
        sha256, ends = document["sha256"], document["valid_to"]
        if not _HASH.fullmatch(sha256):
            raise ValueError("names no version")
        return cls(sha256, date.fromisoformat(document["valid_from"]), date.fromisoformat(ends) if ends else None)

    def holds_on(self, day: date) -> bool:
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)


@dataclass(frozen=True)
class Register:
    """REGISTER of docs/api.md. `domains` are host names; hosts below one of them are known too.

    `products` is the number of products in the register. `schemas` are the forms of records that the server takes, by
    kind. Both, and `id`, are None from servers of version 0.1.0. `unread_keys` are the ids of keys that this version
    cannot read. `revoked_keys` are keys of devices, each with when it was revoked.
    """

    id: str | None
    name: str
    sample: bool
    domains: tuple[str, ...]
    issuer_keys: tuple[IssuerKey, ...]
    localities: tuple[Locality, ...]
    products: int | None
    schemas: Mapping[str, tuple[int, ...]] | None
    unread_keys: frozenset[str] = frozenset()
    checklists: tuple[NamedChecklist, ...] = ()
    revoked_keys: Mapping[str, datetime] = field(default_factory=dict)

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> Register:
        """Read REGISTER. Parts that are missing or cannot be read are left out, and the rest is used."""
        keys = _each(document.get("issuer_keys"), IssuerKey.from_json)
        named = _each(document.get("issuer_keys"), lambda key: _text(key["kid"]))
        told, products, schemas = document.get("id"), document.get("products"), document.get("schemas")
        return cls(
            id=told if isinstance(told, str) else None,
            name=str(document.get("name", "")),
            sample=bool(document.get("sample")),
            domains=_each(document.get("domains"), _text),
            issuer_keys=keys,
            localities=_each(document.get("localities"), Locality.from_json),
            products=products if isinstance(products, int) and _is_number(products) and products >= 0 else None,
            schemas={kind: _each(forms, _number) for kind, forms in schemas.items()}
            if isinstance(schemas, dict)
            else None,
            unread_keys=frozenset(named) - {key.kid for key in keys},
            checklists=_each(document.get("checklists"), NamedChecklist.from_json),
            revoked_keys=dict(_each(document.get("revoked_keys"), _revoked)),
        )


def check_register(document: Any) -> dict[str, Any]:
    """Return what a server says of its register if that is an object within bounds. Raises TypeError or ValueError."""
    if not isinstance(document, dict):
        raise TypeError("not an object")
    for name, most in _MOST.items():
        if len(document.get(name) or ()) > most:
            raise ValueError("more than a register can say of itself")
    if len(to_text(document)) > _MOST_BYTES:
        raise ValueError("more than a register can say of itself")
    return document


def _each(documents: Any, read: Callable[[Any], T]) -> tuple[T, ...]:
    found = []
    for document in documents if isinstance(documents, list) else ():
        with contextlib.suppress(KeyError, TypeError, ValueError, AttributeError):
            found.append(read(document))
    return tuple(found)


def _revoked(document: Any) -> tuple[str, datetime]:
    return _text(document["kid"]), datetime.fromisoformat(document["at"])


def _text(document: Any) -> str:
    if not isinstance(document, str):
        raise TypeError("not a text")
    return document


def _number(document: Any) -> int:
    if not _is_number(document):
        raise TypeError("not a number")
    number: int = document
    return number


def _is_number(document: Any) -> bool:
    return isinstance(document, int) and not isinstance(document, bool)
