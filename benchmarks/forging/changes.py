"""Changes a PDF of a round as a forger does, and signs with keys that nobody certified."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import json
import re
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import rfc8785
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from services.papers.file_form import Manifest, read_pdf


def with_file(pdf: bytes, number: int, change: Callable[[bytes], bytes]) -> bytes:
    """The PDF with an attached file changed: 0 is the round, then come the inspections, -1 are the signatures."""
    found = list(re.finditer(rb"/Type /EmbeddedFile", pdf))[number]
    start = pdf.index(b"stream\n", found.end()) + 7
    end = pdf.index(b"\nendstream", start)
    return pdf[:start] + zlib.compress(change(zlib.decompress(pdf[start:end]))) + pdf[end:]


def with_manifest(pdf: bytes, **changed: Any) -> bytes:
    """The PDF with other members in signatures.json."""
    return with_file(pdf, -1, lambda content: rfc8785.dumps(json.loads(content) | changed))


def manifest_of(pdf: bytes) -> Manifest:
    return read_pdf(pdf).manifests[0]


def without_seal(pdf: bytes) -> bytes:
    return pdf[: pdf.rindex(b"%OCOP-SEAL ")]


def with_other_words(pdf: bytes) -> bytes:
    """The PDF whose first page draws its longest text twice the other way round: other words than were drawn."""
    for found in re.finditer(rb"stream\r?\n", pdf):
        end = pdf.index(b"\nendstream", found.end())
        with contextlib.suppress(zlib.error):
            page = zlib.decompress(pdf[found.end() : end])
            if b" Tj" in page or b"TJ" in page:
                words = max(re.findall(rb"\(((?:[^()\\]|\\.)*)\) ?Tj", page) or [b""], key=len)
                other = page.replace(b"(" + words + b")", b"()", 1) if words else page.replace(b"BT", b"BT 9 Ts", 1)
                return pdf[: found.end()] + zlib.compress(other) + pdf[end:]
    raise ValueError("no page")


def kid_of(pdf: bytes) -> str:
    return next(iter(manifest_of(pdf).certificates))


def unpad(token: str) -> bytes:
    payload = token.split(".")[1]
    return base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4))


@dataclass(frozen=True)
class Stranger:
    """A key that nobody certified."""

    private: Ed25519PrivateKey = field(default_factory=Ed25519PrivateKey.generate)

    @property
    def public(self) -> bytes:
        return self.private.public_key().public_bytes_raw()

    @property
    def kid(self) -> str:
        return hashlib.sha256(self.public).hexdigest()[:32]

    def sign(self, message: bytes) -> bytes:
        return self.private.sign(message)


# The cases
