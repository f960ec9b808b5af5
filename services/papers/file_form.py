"""The PDF as a carrier: the records attached to it, the photos' prints in it, and the seal behind its last byte.

Reads no PDF as a whole. It looks for the streams that this app writes, also where another program has saved the file
anew, within bounds of number and size, so that no file can hold up the check or fill the memory.
"""

from __future__ import annotations

import hashlib
import json
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import rfc8785

from services.papers.paper import Signing
from services.papers.trust import padless

MOST_BYTES = 128 * 1024 * 1024
_MOST_STREAMS, _MOST_PRINTS = 600, 2000
_LONGEST, _MOST_DECODED = 2 * 1024 * 1024, 16 * 1024 * 1024
_DICTIONARY = 4096  # bytes before or behind the type in which a stream's dictionary begins and ends
_FORMAT = "ocop-paper"
_PARTS, _NEWER_PARTS = ("signatures", "certificates", "prints"), ("receipts", "earlier", "later")
_SEAL = re.compile(rb"%OCOP-SEAL ([0-9a-f]{32};[\w-]{86})\s*\Z", re.ASCII)
_STREAM = re.compile(rb"stream\r?\n")
_LENGTH = re.compile(rb"/Length\s+(\d{1,9})(?!\s+\d+\s+R)")
_OPENS = b"%PDF-"


class BadFile(Exception):
    """A file in which nothing is looked for: `not_a_pdf`, or `too_big` (its size, or what is packed into it)."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class Manifest:
    """What is attached beside the records.

    `signatures` are `<kid>;<base64url>` by the record's hash, `certificates` by the key's id, `prints` the hash of each
    photo's print by the photo's hash. `link` is what the code on the paper says. `receipts` are the register's JWS by
    the record's hash. `earlier` are the versions of inspections that were corrected before the round was closed, and
    are not in the file: by the hash of each that of the record before it, empty for none. `later` has by the hash of an
    inspection that of the one that corrects it since. Files of earlier versions have none of these three.
    """

    link: str | None = None
    signatures: dict[str, str] = field(default_factory=dict)
    certificates: dict[str, str] = field(default_factory=dict)
    prints: dict[str, str] = field(default_factory=dict)
    receipts: dict[str, str] = field(default_factory=dict)
    earlier: dict[str, str] = field(default_factory=dict)
    later: dict[str, str] = field(default_factory=dict)

    def canonical(self) -> bytes:
        """The attached file."""
        document: dict[str, Any] = {"format": _FORMAT, "version": 1, **vars(self)}
        return rfc8785.dumps(document)


@dataclass(frozen=True)
class Carried:
    """What a PDF carries: canonical records, manifests, the hashes of its JPEGs, and the seal with what it is of."""

    records: tuple[bytes, ...]
    manifests: tuple[Manifest, ...]
    jpegs: frozenset[str]
    seal: str | None
    sealed: bytes
    added: bool
    """Whether something stands behind a seal, which is then none of the whole file."""


def seal_message(pdf: bytes) -> bytes:
    """What a device signs of a file."""
    return b"ocop-file\n" + hashlib.sha256(pdf).hexdigest().encode()


def sealed(pdf: bytes, key: Signing) -> bytes:
    """Put the seal behind a PDF: a comment, which programs that show PDFs skip."""
    return pdf + f"%OCOP-SEAL {key.kid};{padless(key.sign(seal_message(pdf)))}\n".encode()


def carries_record(content: bytes) -> bool:
    """Whether a file looks like a PDF with attached records, so that checking it is what the person wants."""
    try:
        return content.startswith(_OPENS) and next(_attached(content), None) is not None
    except BadFile:  # it has more attached files than any record
        return False


def read_pdf(pdf: bytes) -> Carried:
    """Take out what a PDF carries. Raises BadFile."""
    if len(pdf) > MOST_BYTES:
        raise BadFile("too_big")
    if _OPENS not in pdf[:1024]:
        raise BadFile("not_a_pdf")
    records, manifests = [], []
    for content in _attached(pdf):
        document = _object(content)
        if document is None:
            continue
        if document.get("kind") in ("round", "inspection", "audit"):
            records.append(content)
        elif document.get("format") == _FORMAT and (manifest := _manifest(document)):
            manifests.append(manifest)
    end = _SEAL.search(pdf, max(0, len(pdf) - 400))
    return Carried(
        tuple(dict.fromkeys(records)),
        tuple(manifests),
        frozenset(_jpegs(pdf)),
        end[1].decode() if end else None,
        pdf[: end.start()] if end else b"",
        end is None and b"%OCOP-SEAL " in pdf,
    )


def _attached(pdf: bytes) -> Iterator[bytes]:
    """The contents of attached files that may be JSON. Raises BadFile."""
    decoded = 0
    for count, found in enumerate(re.finditer(rb"/EmbeddedFile\b(?!s)", pdf)):
        if count >= _MOST_STREAMS:
            raise BadFile("too_big")
        stream = _STREAM.search(pdf, found.end(), found.end() + _DICTIONARY)
        if stream is None:
            continue
        dictionary = pdf[max(0, pdf.rfind(b"obj", max(0, found.start() - _DICTIONARY), found.start())) : stream.start()]
        content, whole = _content(pdf, dictionary, stream.end())
        decoded += len(content)
        if decoded > _MOST_DECODED:
            raise BadFile("too_big")
        if whole:
            yield content


def _content(pdf: bytes, dictionary: bytes, start: int) -> tuple[bytes, bool]:
    """A stream's content, and whether it may be ours: no other begins so, is as short, and is packed so."""
    if b"/FlateDecode" in dictionary:
        unpacking = zlib.decompressobj()
        try:
            content = unpacking.decompress(pdf[start : start + _LONGEST], 1)
            if content != b"{":
                return content, False
            content += unpacking.decompress(unpacking.unconsumed_tail, _LONGEST)
        except zlib.error:
            return b"", False
        return content, unpacking.eof
    length = _LENGTH.search(dictionary)
    if b"/Filter" in dictionary or length is None or int(length[1]) > _LONGEST:
        return b"", False
    return pdf[start : start + int(length[1])], pdf[start : start + 1] == b"{"


def _jpegs(pdf: bytes) -> Iterator[str]:
    left = len(pdf)
    for count, found in enumerate(re.finditer(rb"/DCTDecode\b", pdf)):
        if count >= _MOST_PRINTS or left < 0:
            return
        stream = _STREAM.search(pdf, found.end(), found.end() + _DICTIONARY)
        if stream is None:
            continue
        start = max(0, pdf.rfind(b"obj", max(0, found.start() - _DICTIONARY), found.start()))
        if length := _LENGTH.search(pdf, start, stream.start()):
            left -= int(length[1])
            yield hashlib.sha256(pdf[stream.end() : stream.end() + int(length[1])]).hexdigest()


def _object(content: bytes) -> dict[str, Any] | None:
    """A JSON object; None where it is none."""
    try:
        document = json.loads(content)
    except (ValueError, RecursionError):
        return None
    return document if isinstance(document, dict) else None


def _manifest(document: dict[str, Any]) -> Manifest | None:
    try:
        link = document["link"]
        parts = [dict(document[name]) for name in _PARTS] + [dict(document.get(name, {})) for name in _NEWER_PARTS]
    except (KeyError, TypeError, ValueError):
        return None
    texts = [text for part in parts for pair in part.items() for text in pair]
    if not all(isinstance(text, str) for text in [link or "", *texts]):
        return None
    return Manifest(link, *parts)
