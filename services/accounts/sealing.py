"""Sealing: what only the holder of a key can read, and nobody can change unnoticed (AES-256-GCM, NIST SP 800-38D)."""

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
_NONCE_BYTES = 12  # the length that GCM is made for; drawn at random, a key may seal 2^32 times
_BROWSER = b"ocop-verify: the key that seals a browser's tokens"


class KeyPlace(Enum):
    """Where a key is kept: in the platform's key store, in a file for its owner alone, or in one browser."""

    STORE = "store"
    FILE = "file"
    BROWSER = "browser"


class SealBroken(Exception):
    """Sealed with another key, about something else, or damaged."""


@dataclass(frozen=True)
class SealingKey:
    """256 bits that seal, and where they are kept."""

    value: bytes = field(repr=False)
    place: KeyPlace

    def __post_init__(self) -> None:
        if len(self.value) != _KEY_BYTES:
            raise ValueError("a sealing key has 32 bytes")

    @classmethod
    def new(cls, place: KeyPlace) -> SealingKey:
        """Draw a key at random."""
        return cls(secrets.token_bytes(_KEY_BYTES), place)

    @classmethod
    def of_browser(cls, secret: str) -> SealingKey:
        """The key that follows from the random text a browser keeps (HKDF, RFC 5869).

        That text names the browser's folder too, by its plain SHA-256: knowing the name helps nobody to this key.
        """
        derived = HKDF(SHA256(), _KEY_BYTES, salt=None, info=_BROWSER).derive(secret.encode())
        return cls(derived, KeyPlace.BROWSER)

    @classmethod
    def from_text(cls, text: str, place: KeyPlace) -> SealingKey:
        """Read what `text` wrote. Raises ValueError."""
        return cls(base64.b64decode(text, validate=True), place)

    @property
    def text(self) -> str:
        """The key as a key store takes it."""
        return base64.b64encode(self.value).decode()

    def seal(self, clear: bytes, *, about: bytes) -> str:
        """Seal `clear`; it opens only together with the same `about`, which stays readable elsewhere."""
        nonce = secrets.token_bytes(_NONCE_BYTES)
        return base64.b64encode(nonce + AESGCM(self.value).encrypt(nonce, clear, about)).decode()

    def open(self, sealed: str, *, about: bytes) -> bytes:
        """What was sealed. Raises SealBroken."""
        try:
            blob = base64.b64decode(sealed, validate=True)
            return AESGCM(self.value).decrypt(blob[:_NONCE_BYTES], blob[_NONCE_BYTES:], about)
        except (InvalidTag, ValueError):
            raise SealBroken from None
