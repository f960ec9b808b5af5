"""What a device's signature is worth: the key's certificate, by the register's own keys, and what was revoked."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from enum import StrEnum

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from services.register.about import Register
from services.register.statements import IssuerKey, StatementFault, proven_payload

_SIGNATURE = re.compile(r"([0-9a-f]{32});([\w-]{86})", re.ASCII)
_TEXTS = ("use", "kid", "key", "device", "account", "name")


class KeyFault(StrEnum):
    """Why a signature says nothing of who signed, the gravest last. The first two may be cured by a newer copy."""

    UNKNOWN_ISSUER = "unknown_issuer"
    NO_CERTIFICATE = "no_certificate"
    KEY_REVOKED = "key_revoked"
    BAD_CERTIFICATE = "bad_certificate"


@dataclass(frozen=True)
class Trust:
    """What this device's copy of the register says of keys. `revoked` are devices' keys, each with when."""

    issuers: tuple[IssuerKey, ...] = ()
    unread: frozenset[str] = frozenset()
    revoked: Mapping[str, datetime] = field(default_factory=dict)

    @classmethod
    def of(cls, register: Register) -> Trust:
        """What a register says of keys."""
        return cls(register.issuer_keys, register.unread_keys, register.revoked_keys)


@dataclass(frozen=True)
class DeviceKey:
    """A device's key with what its certificate says: the id of the device, the account's id and name, and when.

    Where it is not `proven`, this copy of the register does not know who says so: anybody may have written it.
    """

    kid: str
    public: bytes
    device: str
    account: str
    name: str
    certified_at: datetime
    revoked_at: datetime | None = None
    proven: bool = True


def certified_key(token: str | None, kid: str, trust: Trust) -> tuple[DeviceKey | None, KeyFault | None]:
    """The key that a certificate is about, where it can be read, and what is wrong with it. Never raises.

    Without UNKNOWN_ISSUER and BAD_CERTIFICATE the register has said whose the key is. A key that it revoked is told as
    such also where its certificate was left out or is not known here.
    """
    if token is None:
        return None, KeyFault.KEY_REVOKED if kid in trust.revoked else KeyFault.NO_CERTIFICATE
    payload, issuer, fault = proven_payload(token, trust.issuers, trust.unread)
    try:
        key = _read(payload or b"", trust)
    except (ValueError, KeyError, TypeError, RecursionError, OverflowError, OSError):
        return None, KeyFault.BAD_CERTIFICATE
    if key.kid != kid or fault in (StatementFault.ALTERED, StatementFault.MALFORMED):
        return None, KeyFault.BAD_CERTIFICATE
    if fault is not None:
        return replace(key, proven=False), KeyFault.KEY_REVOKED if key.revoked_at else KeyFault.UNKNOWN_ISSUER
    if issuer is None or not issuer.in_use(key.certified_at):
        return None, KeyFault.BAD_CERTIFICATE
    if issuer.revoked_at is not None or key.revoked_at is not None:
        return key, KeyFault.KEY_REVOKED
    return key, None


def parted(signature: str) -> tuple[str, bytes]:
    """The key's id and the 64 bytes of `<kid>;<base64url>`. Raises ValueError."""
    match = _SIGNATURE.fullmatch(signature)
    if match is None:
        raise ValueError("no signature")
    return match[1], unpadded(match[2])


def has_signed(key: DeviceKey, message: bytes, signature: bytes) -> bool:
    """Whether the key made this Ed25519 signature of the message."""
    try:
        Ed25519PublicKey.from_public_bytes(key.public).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


def unpadded(text: str) -> bytes:
    """Decode base64url without padding. Raises ValueError, also for another spelling of the same bytes."""
    decoded = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    if padless(decoded) != text:
        raise ValueError("another spelling of the same bytes")
    return decoded


def padless(content: bytes) -> str:
    """Encode as base64url without padding."""
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def _read(payload: bytes, trust: Trust) -> DeviceKey:
    claims = json.loads(payload)
    texts = {name: claims[name] for name in _TEXTS}
    if texts["use"] != "device" or not all(isinstance(text, str) for text in texts.values()):
        raise ValueError("no certificate of a device's key")
    public = unpadded(texts["key"])
    if len(public) != 32 or hashlib.sha256(public).hexdigest()[:32] != texts["kid"]:
        raise ValueError("the key has another id")
    return DeviceKey(
        texts["kid"],
        public,
        texts["device"],
        texts["account"],
        texts["name"],
        datetime.fromtimestamp(int(claims["iat"]), UTC),
        trust.revoked.get(texts["kid"]),
    )
