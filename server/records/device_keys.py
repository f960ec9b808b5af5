"""Certifies and revokes the keys with which accounts sign their records on their devices (docs/records.md)."""

from __future__ import annotations

import base64
import hashlib
from datetime import datetime
from uuid import UUID

import rfc8785
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.db import transaction
from django.db.models import Exists
from django.utils import timezone

from accounts import sessions
from accounts.models import DeviceKey, User
from issuing import keys
from register.clock import lock_clock
from register.description import record_register


class KeyRefused(Exception):
    """The key was revoked, or is another account's or another device's."""


def certify(user: User, device: UUID, public_key: str) -> str | None:
    """Take a key (base64url) as this account's on this device, and return its certificate.

    None where the register has no key to sign it with. Raises KeyRefused, and ValueError where it is no key.
    """
    kid = kid_of(public_key)
    now = timezone.now().replace(microsecond=0)
    key, _ = DeviceKey.objects.get_or_create(
        kid=kid, defaults={"user": user, "device": device, "public_key": public_key, "certified_at": now}
    )
    if key.revoked_at is not None or (key.user_id, key.device) != (user.pk, device):
        raise KeyRefused
    payload: dict[str, str | int] = {
        "use": "device",
        "kid": kid,
        "key": public_key,
        "device": str(device),
        "account": str(user.uuid),
        "name": user.name,
        "iat": int(now.timestamp()),
    }
    return keys.sign(rfc8785.dumps(dict(payload)), now)


@transaction.atomic
def revoke(kid: str, reason: str) -> None:
    """Revoke a key for good, tell devices so, and end the session on its device.

    Raises DeviceKey.DoesNotExist where it was revoked before.
    """
    lock_clock()
    key = DeviceKey.objects.select_related("user").get(kid=kid, revoked_at=None)
    key.revoked_at = timezone.now().replace(microsecond=0)
    key.revoked_reason = reason
    key.save(update_fields=["revoked_at", "revoked_reason"])
    # Otherwise whoever has the device would have the next key certified at once.
    sessions.revoke_on(key.user, key.device)
    record_register()


def some_revoked() -> Exists:
    """Whether any key was revoked, as part of another query."""
    return Exists(DeviceKey.objects.exclude(revoked_at=None))


def revoked() -> list[tuple[str, datetime]]:
    """The names of the keys that were revoked, and when."""
    keys_of = DeviceKey.objects.exclude(revoked_at=None).order_by("revoked_at", "kid")
    return [(kid, at) for kid, at in keys_of.values_list("kid", "revoked_at") if at]


def is_signed(key: DeviceKey, message: bytes, signature: str) -> bool:
    """Whether this key made this signature (base64url) of a message."""
    try:
        Ed25519PublicKey.from_public_bytes(read_key(key.public_key)).verify(_decoded(signature, 64), message)
    except (ValueError, InvalidSignature):
        return False
    return True


def kid_of(public_key: str) -> str:
    """The name of a key: the first 32 hex digits of the SHA-256 of its bytes. Raises ValueError where it is no key."""
    return hashlib.sha256(read_key(public_key)).hexdigest()[:32]


def read_key(text: str) -> bytes:
    """The 32 bytes of a public key in base64url without padding. Raises ValueError."""
    return _decoded(text, 32)


def _decoded(text: str, size: int) -> bytes:
    """The bytes of base64url without padding, in its one spelling. Raises ValueError."""
    decoded = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    if len(decoded) != size or base64.urlsafe_b64encode(decoded).rstrip(b"=").decode() != text:
        raise ValueError("not so many bytes in base64url")
    return decoded
