"""The Ed25519 keys with which accounts sign their records on one device (RFC 8032)."""

from __future__ import annotations

import base64
import hashlib
import threading
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from services.accounts.sealing import SealBroken, SealingKey
from services.storage.store import Recovery, Store


@dataclass(frozen=True)
class DeviceKey:
    """The key of one account on one device. `public` has 32 bytes; `private` the 32 of RFC 8032.

    `certificates` are the registers' words that the key is this account's (docs/api.md), by their addresses.
    """

    public: bytes
    private: bytes = field(repr=False)
    certificates: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def new(cls) -> DeviceKey:
        """Draw a key at random."""
        private = Ed25519PrivateKey.generate()
        public = private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        return cls(public, private.private_bytes(Encoding.Raw, PrivateFormat.Raw, NoEncryption()))

    @property
    def kid(self) -> str:
        """The key's name: the first 32 hex digits of the SHA-256 of its public half."""
        return kid_of(self.public)

    @property
    def public_text(self) -> str:
        """The public half as docs/api.md writes it: base64url without padding."""
        return base64.urlsafe_b64encode(self.public).rstrip(b"=").decode()

    def sign(self, message: bytes) -> bytes:
        """The signature of a message, 64 bytes."""
        return Ed25519PrivateKey.from_private_bytes(self.private).sign(message)

    def certificate(self, addresses: Collection[str]) -> str | None:
        """The certificate by the register at these addresses; None where it has given none yet."""
        return next((self.certificates[address] for address in addresses if address in self.certificates), None)


def kid_of(public: bytes) -> str:
    """The name of the key with this public half."""
    return hashlib.sha256(public).hexdigest()[:32]


class DeviceKeys:
    """The device's keys in device_keys.json, their private halves sealed with the key that seals the tokens.

    So they are kept wherever that one is: in the platform's key store, the browser, or a file. An account is given as
    Record.owner is, a device by its id: a copied folder has another, and so another key. Safe to use from several
    threads.
    """

    def __init__(self, folder: Path) -> None:
        """Open or begin the keys in `folder`, locked. The caller holds the FolderLock. Raises StoreError."""
        self._store = Store(folder / "device_keys.json")
        self._lock = threading.RLock()
        self._seal: SealingKey | None = None

    @property
    def recovered(self) -> Recovery | None:
        """What had to be recovered on opening."""
        return self._store.recovered

    def unlock(self, seal: SealingKey) -> None:
        """Open keys with this one from now on. Those that another sealed are replaced when they are needed."""
        with self._lock:
            self._seal = seal

    def of(self, owner: str, device: str) -> DeviceKey | None:
        """The key of this account on this device; None where it has none that can be opened now."""
        with self._lock:
            row = self._row(owner, device)
            if row is None or self._seal is None:
                return None
            try:
                private = self._seal.open(row["sealed"], about=_about(row["public"]))
            except SealBroken:
                return None
            return DeviceKey(base64.urlsafe_b64decode(row["public"] + "="), private, row["certificates"])

    def made(self, owner: str, device: str) -> DeviceKey | None:
        """The key of this account on this device, made where it has none; None while locked. Raises StoreWriteError."""
        with self._lock:
            if self._seal is None:
                return None
            return self.of(owner, device) or self.renew(owner, device)

    def renew(self, owner: str, device: str) -> DeviceKey:
        """Make a new key in place of the one before, which was revoked. Raises StoreWriteError."""
        with self._lock:
            key = DeviceKey.new()
            self._keep(owner, device, key)
            return key

    def certificate_of(self, kid: str, addresses: Collection[str]) -> str | None:
        """The certificate that the register at these addresses gave a key of this device, or one before it; else None.

        What a key has signed stays signed by it, so that a paper needs its certificate after it was replaced too.
        """
        with self._lock:
            given = [certificates for named, _owner, certificates in self._certificates() if named == kid]
        return next((each[address] for each in given for address in addresses if address in each), None)

    def bring_back(self, other: DeviceKeys, owns: Callable[[str | None], bool]) -> None:
        """Keep the certificates of these accounts' keys in another folder, whose records are here now.

        The keys themselves stay there. Raises StoreWriteError.
        """
        with other._lock:
            theirs = [each for each in other._certificates() if owns(each[1]) and each[2]]
        with self._lock:
            mine = {named for named, _owner, _certificates in self._certificates()}
            new = {
                int(named, 16): {"kid": named, "owner": owner, "certificates": certificates}
                for named, owner, certificates in theirs
                if named not in mine
            }
            if new:
                self._store.commit({"brought": new})

    def certified(self, owner: str, device: str, key: DeviceKey, address: str, certificate: str | None) -> None:
        """Keep what the register at an address said of a key: its certificate, or that it certifies it no more.

        Nothing happens where the account has another key by now. Raises StoreWriteError.
        """
        with self._lock:
            mine = self.of(owner, device) or key
            others = {where: word for where, word in mine.certificates.items() if where != address}
            kept = {**others, address: certificate} if certificate else others
            if mine.kid == key.kid and kept != mine.certificates:
                self._keep(owner, device, replace(key, certificates=kept))

    def close(self) -> None:
        """Refuse every later change."""
        with self._lock:
            self._store.close()

    def _certificates(self) -> Iterator[tuple[str, str, Mapping[str, str]]]:
        """The certificates of all keys, now and before, by address: each with the key's name and its account."""
        for row in self._store.table("keys"):
            yield _kid_in(row), row["owner"], row["certificates"]
            for named, certificates in row.get("former", {}).items():
                yield named, row["owner"], certificates
        for row in self._store.table("brought"):
            yield row["kid"], row["owner"], row["certificates"]

    def _row(self, owner: str, device: str) -> Mapping[str, Any] | None:
        rows = self._store.table("keys")
        return next((row for row in rows if (row["owner"], row["device"]) == (owner, device)), None)

    def _keep(self, owner: str, device: str, key: DeviceKey) -> None:
        if self._seal is None:
            return  # it cannot be kept before there is anything to seal it with
        table = self._store.table("keys")
        numbers = {(row["owner"], row["device"]): row.doc_id for row in table}
        row = {
            "owner": owner,
            "device": device,
            "public": key.public_text,
            "sealed": self._seal.seal(key.private, about=_about(key.public_text)),
            "certificates": dict(key.certificates),
            "former": _former(self._row(owner, device), key),
        }
        number = numbers.get((owner, device)) or max(numbers.values(), default=0) + 1
        self._store.commit({"keys": {number: row}})


def _former(before: Mapping[str, Any] | None, key: DeviceKey) -> dict[str, dict[str, str]]:
    """The certificates of earlier keys, by their names; of this one those that were taken back, when it was revoked."""
    if before is None:
        return {}
    former: dict[str, dict[str, str]] = {**before.get("former", {})}
    gone = {
        address: certificate
        for address, certificate in before["certificates"].items()
        if before["public"] != key.public_text or address not in key.certificates
    }
    if gone:
        former[_kid_in(before)] = former.get(_kid_in(before), {}) | gone
    return former


def _kid_in(row: Mapping[str, Any]) -> str:
    return kid_of(base64.urlsafe_b64decode(row["public"] + "="))


def _about(public: str) -> bytes:
    """What the seal is bound to, so that no private half can be passed off as another's."""
    return b"ocop-device-key\n" + public.encode()
