"""Seals bytes: only the holder of the key can read them, and any change is noticed (AES-256-GCM, NIST SP 800-38D)."""

from __future__ import annotations

import base64
import secrets
from dataclasses import dataclass, field
from enum import Enum

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

_KEY_BYTES = 32
_NONCE_BYTES = 12  # the length that GCM is made for; with random nonces a key may seal 2^32 times
_BROWSER = b"ocop-verify: the key that seals a browser's tokens"


class KeyKeeper(Enum):
    """What keeps a key: the platform's key store, a file that only its owner can read, or one browser."""

    STORE = "store"
    FILE = "file"
    BROWSER = "browser"


class SealBroken(Exception):
    """The sealed bytes are damaged, or were sealed with another key or another `about`."""


@dataclass(frozen=True)
class SealingKey:
    """A key of 256 bits, and what keeps it."""

    value: bytes = field(repr=False)
    keeper: KeyKeeper

    def __post_init__(self) -> None:
        if len(self.value) != _KEY_BYTES:
            raise ValueError("a sealing key has 32 bytes")

    @classmethod
    def new(cls, keeper: KeyKeeper) -> SealingKey:
        """Draw a key at random."""
        return cls(secrets.token_bytes(_KEY_BYTES), keeper)

    @classmethod
    def of_browser(cls, secret: str) -> SealingKey:
        """The key that follows from the random text a browser keeps (HKDF, RFC 5869).

        The browser's folder is named by the plain SHA-256 of the same text; that name does not reveal the key.
        """
        derived = HKDF(SHA256(), _KEY_BYTES, salt=None, info=_BROWSER).derive(secret.encode())
        return cls(derived, KeyKeeper.BROWSER)

    @classmethod
    def from_text(cls, text: str, keeper: KeyKeeper) -> SealingKey:
        """Read a key from its `text`. Raises ValueError."""
        return cls(base64.b64decode(text, validate=True), keeper)

    @property
    def text(self) -> str:
        """The key as the text that a key store holds."""
        return base64.b64encode(self.value).decode()

    def seal(self, clear: bytes, *, about: bytes) -> str:
        """Seal `clear`. Opening it takes the same `about`, which is not secret and is kept beside it."""
        nonce = secrets.token_bytes(_NONCE_BYTES)
        return base64.b64encode(nonce + AESGCM(self.value).encrypt(nonce, clear, about)).decode()

    def open(self, sealed: str, *, about: bytes) -> bytes:
        """Return the bytes that were sealed. Raises SealBroken."""
        try:
            blob = base64.b64decode(sealed, validate=True)
            return AESGCM(self.value).decrypt(blob[:_NONCE_BYTES], blob[_NONCE_BYTES:], about)
        except (InvalidTag, ValueError):
            raise SealBroken from None
