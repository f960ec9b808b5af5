"""The keys that sign certificate statements: Ed25519, the public key in the register, the private key in a file.

The file is `<kid>.pem` (PKCS 8) in the folder OCOP_ISSUER_KEYS, readable by its owner alone. All processes and servers
that sign share the folder; a server without the file issues no statements, and otherwise works.
"""

from __future__ import annotations

import base64
import os
from datetime import datetime
from functools import lru_cache
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)
from django.conf import settings
from django.db import transaction
from django.db.models import DateTimeField, Q
from django.utils import timezone
from jwt.api_jws import PyJWS

from issuing.models import IssuerKey
from querying.prepared import Prepared
from register.clock import lock_clock

DEFAULT_ISSUER = "UBND tỉnh Quảng Ninh"

_key_at = Prepared(
    lambda after, until: IssuerKey.objects.filter(
        Q(valid_to=None) | Q(valid_to__gt=after), valid_from__lte=until
    ).order_by("-valid_from", "-pk")[:1],
    DateTimeField(),
    DateTimeField(),
)

_jws = PyJWS(algorithms=["EdDSA"])


class NoSuchKey(LookupError):
    """The register has no key with this name, or the key is revoked already."""


def rotate(issuer: str = DEFAULT_ISSUER) -> IssuerKey:
    """Make a new key that signs from now on instead of the earlier ones. Raises OSError.

    The private key is on the disk before the register knows the public one.
    """
    private = Ed25519PrivateKey.generate()
    with transaction.atomic():
        lock_clock()
        now = timezone.now().replace(microsecond=0)
        kid = _next_kid(now)
        _keep(private, kid)
        for key in IssuerKey.objects.filter(valid_to=None):
            key.valid_to = now
            key.save()
        public = private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        text = base64.urlsafe_b64encode(public).rstrip(b"=").decode()
        return IssuerKey.objects.create(kid=kid, public_key=text, issuer=issuer, valid_from=now)


def ensure_one() -> None:
    """Make the first key of a register that has never had one."""
    with transaction.atomic():
        lock_clock()
        if not IssuerKey.objects.exists():
            rotate()


def revoke(kid: str, reason: str) -> IssuerKey:
    """Revoke a key for good: everything it has signed or will sign is worthless. Raises NoSuchKey."""
    with transaction.atomic():
        lock_clock()
        key = IssuerKey.objects.filter(kid=kid, revoked_at=None).first()
        if key is None:
            raise NoSuchKey(kid)
        key.revoked_at = timezone.now().replace(microsecond=0)
        key.revoked_reason = reason
        key.valid_to = key.valid_to or key.revoked_at
        key.save()
        return key


def in_use(at: datetime | None = None) -> tuple[IssuerKey, Ed25519PrivateKey] | None:
    """The key that signs now, or signed at a moment, with its private key.

    None where there is no such key, where it is revoked, or where its file is missing.
    """
    at = at or timezone.now()
    key = _key_at.first(at, at)
    if key is None or key.revoked_at is not None:
        return None
    private = _private(key)
    return None if private is None else (key, private)


def held() -> list[tuple[IssuerKey, Ed25519PrivateKey]]:
    """Every key that is not revoked and whose private key is here, the newest first, also those that were replaced."""
    keys = IssuerKey.objects.filter(revoked_at=None).order_by("-valid_from", "-pk")
    return [(key, private) for key in keys if (private := _private(key)) is not None]


def sign(payload: bytes, at: datetime) -> str | None:
    """Sign the payload as a compact JWS with the key in use at a moment; deterministic. None where there is no key."""
    signer = in_use(at)
    if signer is None:
        return None
    return token(payload, *signer)


def token(payload: bytes, key: IssuerKey, private: Ed25519PrivateKey) -> str:
    """Sign the payload as a compact JWS with this key and private key."""
    # An empty `typ` leaves the member out: the header has only what the contract says.
    return _jws.encode(payload, private, algorithm="EdDSA", headers={"kid": key.kid, "typ": ""})


def public_key(key: IssuerKey) -> Ed25519PublicKey:
    """The public key of a private key."""
    return Ed25519PublicKey.from_public_bytes(base64.urlsafe_b64decode(key.public_key + "="))


def _private(key: IssuerKey) -> Ed25519PrivateKey | None:
    """The private half of a key; None where its file is missing or another's."""
    try:
        private = _read(_path(key.kid).read_bytes())
    except (OSError, ValueError, TypeError, UnsupportedAlgorithm):  # TypeError: it asks for a password
        return None
    return private if private is not None and private.public_key() == public_key(key) else None


@lru_cache(maxsize=8)
def _read(pem: bytes) -> Ed25519PrivateKey | None:
    """The key that a file's bytes hold, unpacked once; None for one of another kind.

    Raises ValueError, TypeError and UnsupportedAlgorithm.
    """
    private = load_pem_private_key(pem, password=None)
    return private if isinstance(private, Ed25519PrivateKey) else None


def _next_kid(now: datetime) -> str:
    """The next key's name: the year and a number. Files of earlier tries, or from before a restore, are skipped."""
    number = 1
    while IssuerKey.objects.filter(kid=f"{now.year}-{number}").exists() or _path(f"{now.year}-{number}").exists():
        number += 1
    return f"{now.year}-{number}"


def _keep(private: Ed25519PrivateKey, kid: str) -> None:
    path = _path(kid)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    pem = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(pem)
        file.flush()
        os.fsync(file.fileno())


def _path(kid: str) -> Path:
    return Path(settings.ISSUER_KEYS) / f"{kid}.pem"
