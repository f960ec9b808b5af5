"""The registry server's answers as types: each class is a shape or a refusal of docs/api.md."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from services.guidance.guidance import GuidedPlace, GuidedProduct
from services.records.events import Event
from services.register.products import Product


class Refused(Exception):
    """The registry refused the request (4xx in the contract's form); the same request will be refused again.

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


class WrongOffset(Refused):
    """409: the server has `offset` bytes of a file, and not as many as the request said."""

    def __init__(self, detail: str, offset: int, as_of: datetime | None = None) -> None:
        super().__init__("wrong_offset", detail, 409, as_of)
        self.offset = offset


@dataclass(frozen=True)
class Account:
    """Who is signed in. `role` is `shop`, `inspector`, `reviewer`, `registrar` or `administrator`.

    `id` never changes, the names may. Servers of version 0.1.0 tell neither it nor `former_names`.
    """

    username: str
    name: str
    role: str
    id: str | None = None
    former_names: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """What the account's things are kept under on the device."""
        return self.id or self.username

    def to_json(self) -> dict[str, Any]:
        """The account as it is kept on the disk."""
        return vars(self) | {"former_names": list(self.former_names)}

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> Account:
        """Read an account that is kept, or that a server answers. Raises KeyError, TypeError or ValueError."""
        username, name, role = (document[name] for name in ("username", "name", "role"))
        told, former = document.get("id"), document.get("former_names", [])
        if not all(isinstance(text, str) for text in (username, name, role, *former)):
            raise TypeError("not an account")
        return cls(username, name, role, None if told is None else str(UUID(told)), tuple(former))


@dataclass(frozen=True)
class Invited:
    """Whom an invitation is for, and the name of the register that it opens."""

    username: str
    name: str
    role: str
    register_name: str


@dataclass(frozen=True)
class SignIn:
    """An account's tokens for the server `server`; `access_expires` is by the device's own clock.

    `certificate` is the server's word that the key sent along is the account's (docs/api.md); None where it gave none.
    """

    account: Account
    server: str
    access: str = field(repr=False)
    access_expires: datetime
    refresh: str = field(repr=False)
    certificate: str | None = None


@dataclass(frozen=True)
class OpenSession:
    """A device on which the account is signed in, and what its app told when it was heard of last (`heard_at`).

    `this`: it is the one that asks. `app` is its version, `waiting` how many of the account's records it had still to
    send; None where it told neither.
    """

    device: str
    this: bool
    app: str | None
    waiting: int | None
    opened_at: datetime
    heard_at: datetime


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
    """The whole register. `products` are each product's JSON; `as_of` is the server's time when the answer began.

    `resumed`: a part of it came earlier, so the register may have changed since.
    """

    products: list[bytes]
    next_cursor: str
    register: dict[str, Any]
    as_of: datetime
    etag: str | None
    resumed: bool = False


@dataclass(frozen=True)
class ProductAnswer:
    """What the register says of one GTIN now: the product or None, as of the server's time of the answer."""

    product: Product | None
    as_of: datetime


@dataclass(frozen=True)
class Sent:
    """One page of `GET /inspections`: the notes that an account has sent from any device, as docs/api.md gives them."""

    inspections: list[dict[str, Any]]
    next_cursor: str
    more: bool


@dataclass(frozen=True)
class SentRecords:
    """One page of `GET /records`: what an account has sent, as docs/api.md gives it, and the office's events.

    `held` is what the server holds by these records: by kind and id, the hash, and the hashes of the files it has.
    """

    records: list[dict[str, Any]]
    events: list[Event]
    next_cursor: str
    more: bool
    held: dict[tuple[str, str], tuple[str, frozenset[str]]]


@dataclass(frozen=True)
class GuidanceAnswer:
    """GUIDANCE: what inspectors are told of products and places; what cannot be read is left out."""

    products: tuple[GuidedProduct, ...]
    places: tuple[GuidedPlace, ...]
    as_of: datetime
    etag: str | None


@dataclass(frozen=True)
class ReportAnswer:
    """What became of a report: the office's state of it, as an Event has it, and the events, oldest first."""

    id: str
    received_at: datetime | None
    state: str
    events: tuple[Event, ...]


@dataclass(frozen=True)
class FileAnswer:
    """How many bytes of a file the server has now, and whether the file is complete."""

    offset: int
    stored: bool
