"""A record, which never changes once it is signed, and the server's receipt for it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import Any

import rfc8785

from services.records.files import Photo
from services.records.kind import Kind


class RecordInvalid(Exception):
    """The server would refuse this record for good.

    `reason` is `too_large`, `not_canonical` (NaN, or no Unicode) or `no_account` (the kind is taken from accounts
    only).
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class Record:
    """A signed record. `body` is as docs/api.md has it; `sha256` is the hex hash of its canonical form (RFC 8785).

    `owner_id` is the id of the account that signed it, kept beside it and not sent; None without an account, and where
    the id was not known.
    """

    id: str
    body: dict[str, Any]
    sha256: str
    kind: Kind
    owner_id: str | None = None

    def canonical(self) -> bytes:
        """The bytes that are sent: the canonical form, the same every time."""
        return rfc8785.dumps(self.body)

    @property
    def schema(self) -> int:
        """The number of the form that it is written in, which may be older than the kind's own."""
        schema: int = self.body["schema"]
        return schema

    @property
    def account(self) -> str | None:
        """The username it was signed under; None: without an account."""
        account: str | None = self.body["account"]
        return account

    @property
    def owner(self) -> str | None:
        """Whose it is on this device: the account's id, or its name where the id was not known; None: nobody's."""
        return self.owner_id or self.account

    @property
    def device(self) -> str:
        """The id of the device that signed it."""
        device: str = self.body["device"]
        return device

    @property
    def supersedes(self) -> str | None:
        """The id of the record that this one corrects."""
        supersedes: str | None = self.body["supersedes"]
        return supersedes

    @property
    def prev(self) -> str | None:
        """The hash of the record that the device signed before, where the kind is chained."""
        prev: str | None = self.body.get("prev")
        return prev

    @cached_property
    def files(self) -> tuple[Photo, ...]:
        """The files that it names, to be sent after it or with it."""
        return tuple(Photo(**file) for file in self.body.get(self.kind.files, ()))


@dataclass(frozen=True)
class Receipt:
    """The server's confirmation that it has stored the record with this id and hash, and which of its files.

    `prev` is the record's; `jws` proves the receipt to others (docs/api.md), None where the register has no key.
    """

    id: str
    sha256: str
    received_at: datetime
    files_stored: frozenset[str] = frozenset()
    prev: str | None = None
    jws: str | None = None


def seal(kind: Kind, body: dict[str, Any], owner_id: str | None = None) -> Record:
    """Make a record of a body with an `id`, and fix its hash. Raises RecordInvalid for what would be refused."""
    if body["account"] is None and not kind.anonymous:
        raise RecordInvalid("no_account")
    try:
        canonical = rfc8785.dumps(body)
    except rfc8785.CanonicalizationError as error:
        raise RecordInvalid("not_canonical") from error
    if len(canonical) > kind.most_bytes:
        raise RecordInvalid("too_large")
    return Record(body["id"], body, hashlib.sha256(canonical).hexdigest(), kind, owner_id)


def rfc3339(moment: datetime) -> str:
    """A moment as docs/api.md writes it: UTC, whole seconds."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
