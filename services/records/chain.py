"""Signs records with the device's key, and lets each name the hash of the one before it (docs/records.md)."""

from __future__ import annotations

import base64
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Protocol

from services.records.kind import Kind
from services.records.record import Record, seal


class SigningKey(Protocol):
    """The key of an account on a device."""

    @property
    def kid(self) -> str:
        """Its name: the first 32 hex digits of the SHA-256 of its public half."""

    def sign(self, message: bytes) -> bytes:
        """The Ed25519 signature of a message (RFC 8032)."""


KeyOf = Callable[[str, str], SigningKey | None]
"""The key of an account (Record.owner) on a device (its id); None while it cannot be had."""


def _no_key(_owner: str, _device: str) -> None:
    return None


def _itself(owner: str) -> str:
    return owner


def record_message(sha256: str) -> bytes:
    """What is signed of the record with this hash (docs/api.md, Record-Signature)."""
    return b"ocop-record\n" + sha256.encode()


def signature_of(record: Record, key: SigningKey) -> str:
    """What is sent beside a record as `Record-Signature`."""
    signed = key.sign(record_message(record.sha256))
    return f"{key.kid};{base64.urlsafe_b64encode(signed).rstrip(b'=').decode()}"


@dataclass
class _Ends:
    """The records of one chain that no later one names, and the hashes that are named without being here."""

    open: dict[str, tuple[int, str]] = field(default_factory=dict)  # so manieth of the device, and when, by hash
    missing: set[str] = field(default_factory=set)

    def add(self, record: Record, number: int) -> None:
        if record.sha256 in self.missing:
            self.missing.remove(record.sha256)
        else:
            self.open[record.sha256] = (number, record.body["created_at"])
        if record.prev is not None and self.open.pop(record.prev, None) is None:
            self.missing.add(record.prev)

    def take_back(self, record: Record) -> None:
        at = self.open.pop(record.sha256)
        if record.prev in self.missing:
            self.missing.remove(record.prev)
        elif record.prev is not None:
            self.open[record.prev] = at


class Signer:
    """Seals the records of the chained kinds, of each account on a device one after another.

    The books of these kinds share the signer and its `lock`, so that of two windows that sign at once each record
    follows the other. What the books hold decides which record is the last: one that was sealed and not kept leaves
    neither a gap nor a fork.
    """

    def __init__(self, key_of: KeyOf = _no_key, same: Callable[[str], str] = _itself) -> None:
        """`same` gives the one name of an account that was known by others before (its id, where it was a name)."""
        self.lock = threading.RLock()
        self._key_of = key_of
        self._same = same
        self._chains: dict[tuple[str, str], _Ends] = {}  # by device and owner
        self._last = 0

    def seal(self, kind: Kind, body: dict[str, Any], owner_id: str | None = None) -> tuple[Record, str | None]:
        """Make a record whose `prev` names the one before it, and its signature; None where no key is to be had now.

        The caller holds `lock` (RecordBook.change) until RecordBook.add has taken both. Raises RecordInvalid, and
        StoreError where a new key cannot be kept.
        """
        with self.lock:
            owner = owner_id or body["account"]
            record = seal(kind, body | {"prev": self.tip(body["device"], owner)}, owner_id)
            return record, self.sign(record)

    def sign(self, record: Record) -> str | None:
        """The signature of a record by the key of its account on its device; None where it cannot be had now."""
        key = self._key_of(record.owner, record.device) if record.owner else None
        return signature_of(record, key) if key else None

    def tip(self, device: str, owner: str | None) -> str | None:
        """The hash of the record that this account signed last on this device; None before the first."""
        with self.lock:
            chains = [ends for (of, who), ends in self._chains.items() if of == device and self._is(who, owner)]
            missing = {named for ends in chains for named in ends.missing}
            tips = {sha256: at for ends in chains for sha256, at in ends.open.items() if sha256 not in missing}
            # Several where a file of the books was damaged and records between them are lost: the latest counts. A
            # clock may have been set back, so it is asked only of records that an earlier version did not number.
            return max(reversed(tips), key=lambda sha256: tips[sha256], default=None)

    @property
    def next_number(self) -> int:
        """So manieth of the device is the record that is signed next: its book keeps that beside it."""
        return self._last + 1

    def note(self, record: Record, number: int = 0) -> None:
        """Take account of a record that a book holds, with its number; 0 where it has none."""
        with self.lock:
            self._last = max(self._last, number)
            self._chains.setdefault((record.device, record.owner or ""), _Ends()).add(record, number)

    def take_back(self, record: Record) -> None:
        """Forget a record that no other names, and that nobody else has seen. Raises ValueError for any other."""
        with self.lock:
            if self.tip(record.device, record.owner) != record.sha256:
                raise ValueError("a later record names this one")
            self._chains[record.device, record.owner or ""].take_back(record)

    def _is(self, one: str, other: str | None) -> bool:
        return self._same(one) == self._same(other or "")
