"""What the register says of itself: whose it is, which domains and keys are its own, and the province's localities."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from services.register.products import Locality
from services.register.statements import IssuerKey

T = TypeVar("T")


@dataclass(frozen=True)
class Register:
    """REGISTER of docs/api.md. `domains` are names of hosts; what is under one of them is known too."""

    name: str
    sample: bool
    domains: tuple[str, ...]
    issuer_keys: tuple[IssuerKey, ...]
    localities: tuple[Locality, ...]

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> Register:
        """Read REGISTER. What of it is missing, or cannot be read, is left out: the rest is worth having."""
        return cls(
            name=str(document.get("name", "")),
            sample=bool(document.get("sample")),
            domains=_each(document.get("domains"), _text),
            issuer_keys=_each(document.get("issuer_keys"), IssuerKey.from_json),
            localities=_each(document.get("localities"), Locality.from_json),
        )


def _each(documents: Any, read: Callable[[Any], T]) -> tuple[T, ...]:
    found = []
    for document in documents if isinstance(documents, list) else ():
        with contextlib.suppress(KeyError, TypeError, ValueError, AttributeError):
            found.append(read(document))
    return tuple(found)


def _text(document: Any) -> str:
    if not isinstance(document, str):
        raise TypeError("not a text")
    return document
