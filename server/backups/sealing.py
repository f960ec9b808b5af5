"""Seals what a backup must not hold in clear: private keys, the secret key, what the environment said.

A passphrase becomes a key by scrypt (RFC 7914), and that key seals with AES-256-GCM. The passphrase is kept neither in
the backup nor beside it: without it the sealed keys are worth nothing, to anybody.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from backups.folder import BackupRefused

LEAST_PASSPHRASE = 12
"""Characters. Ten random words, or 24 random bytes as hexadecimal digits, are better."""
_HEAD = b"ocop-sealed 1\n"
_SALT, _NONCE = 16, 12
_COST = 2**16
"""scrypt's N: a try takes some 0.2 s and 64 MiB."""


@dataclass(frozen=True)
class Secrets:
    """What is sealed: the issuer's private keys by the names of their files, the secret key, and the settings."""

    issuer_keys: Mapping[str, str]
    secret_key: str
    settings: Mapping[str, str]


def check_passphrase(passphrase: str) -> None:
    """Raise BackupRefused for a passphrase that is missing or too short to protect anything."""
    if not passphrase:
        raise BackupRefused("There is no passphrase for the keys. Set OCOP_BACKUP_PASSPHRASE.")
    if len(passphrase) < LEAST_PASSPHRASE:
        raise BackupRefused(
            f"The passphrase has {len(passphrase)} characters, and {LEAST_PASSPHRASE} are the least. "
            "Make one by: openssl rand -hex 24"
        )


def seal(secrets: Secrets, passphrase: str) -> bytes:
    """Seal. Raises BackupRefused for a passphrase that protects nothing."""
    check_passphrase(passphrase)
    salt, nonce = os.urandom(_SALT), os.urandom(_NONCE)
    content = json.dumps(asdict(secrets), ensure_ascii=False).encode()
    return _HEAD + salt + nonce + AESGCM(_key(passphrase, salt)).encrypt(nonce, content, _HEAD)


def unseal(sealed: bytes, passphrase: str) -> Secrets:
    """Open what `seal` made. Raises BackupRefused for a wrong passphrase and for damaged bytes, which look alike."""
    if not passphrase:
        raise BackupRefused("The keys are sealed, and there is no passphrase. Set OCOP_BACKUP_PASSPHRASE.")
    if not sealed.startswith(_HEAD):
        raise BackupRefused("The sealed keys have a form that this version does not know.")
    rest = sealed[len(_HEAD) :]
    salt, nonce, content = rest[:_SALT], rest[_SALT : _SALT + _NONCE], rest[_SALT + _NONCE :]
    try:
        opened = AESGCM(_key(passphrase, salt)).decrypt(nonce, content, _HEAD)
    except (InvalidTag, ValueError):
        raise BackupRefused("The passphrase is not the one that this backup's keys were sealed with.") from None
    return Secrets(**json.loads(opened))


def _key(passphrase: str, salt: bytes) -> bytes:
    return Scrypt(salt=salt, length=32, n=_COST, r=8, p=1).derive(passphrase.encode(errors="surrogateescape"))
