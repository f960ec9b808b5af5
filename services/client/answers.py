"""What the registry server answers, typed: each class is a shape of docs/api.md, or one of its refusals."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from services.register.products import Product


class Refused(Exception):
    """The registry itself said no (4xx in the contract's form); asking again with the same request will not help.

    `as_of` is the server's time of the answer.
    """

    def __init__(self, code: str, detail: str, status: int, as_of: datetime | None = None) -> None:
        super().__init__(f"{status} {code}")
        self.code = code
        self.as_of = as_of
        self.detail = detail
        self.status = status


class SignInNeeded(Refused):
    """401: `not_signed_in` (the token is unknown, expired or revoked) or `wrong_credentials`."""


@dataclass(frozen=True)
class Account:
    """Who is signed in. `role` is `shop`, `inspector`, `registrar` or `administrator`."""

    username: str
    name: str
    role: str


@dataclass(frozen=True)
class SignIn:
    """An account's tokens for the server `server`; `access_expires` is by the device's own clock."""

    account: Account
    server: str
    access: str = field(repr=False)
    access_expires: datetime
    refresh: str = field(repr=False)


@dataclass(frozen=True)
class Changes:
    """One page of `GET /changes`. `register` is None where it has not changed; `as_of` is the server's time."""

    changes: list[dict[str, Any]]
    next_cursor: str
    more: bool
    register: dict[str, Any] | None
    as_of: datetime


@dataclass(frozen=True)
class Snapshot:
    """The whole register. `products` are each product's JSON; `as_of` is the server's time of the answer."""

    products: list[bytes]
    next_cursor: str
    register: dict[str, Any]
    as_of: datetime
    etag: str | None


@dataclass(frozen=True)
class ProductAnswer:
    """The register's own word on one GTIN: the product or None, as of the server's time of the answer."""

    product: Product | None
    as_of: datetime


@dataclass(frozen=True)
class Sent:
    """One page of what an account has sent from any device, as docs/api.md gives it."""

    inspections: list[dict[str, Any]]
    next_cursor: str
    more: bool


@dataclass(frozen=True)
class Receipt:
    """The server's word that it has stored the note with this id and hash, and which of its photos."""

    id: str
    sha256: str
    received_at: datetime
    photos_stored: frozenset[str] = frozenset()
