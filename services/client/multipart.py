"""Packs a record and the files sent with it into one body (multipart/form-data, RFC 7578)."""

from __future__ import annotations

from collections.abc import Sequence

from services.records.files import Photo
from services.records.record import Record


def multipart(record: Record, files: Sequence[tuple[Photo, bytes]]) -> tuple[str, bytes]:
    """The body and its media type: first a part `record`, then each file under its SHA-256.

    The boundary between the parts is made from the record's hash, so that no file can contain it on purpose.
    """
    boundary = f"ocop-{record.sha256[:40]}"
    parts = [("record", "record.json", "application/json", record.canonical())]
    parts += [(photo.sha256, photo.sha256, photo.type, content) for photo, content in files]
    body = bytearray()
    for name, filename, media_type, content in parts:
        body += (
            f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"; filename="{filename}"\r\n'
            f"Content-Type: {media_type}\r\n\r\n"
        ).encode()
        body += content + b"\r\n"
    return f"multipart/form-data; boundary={boundary}", bytes(body) + f"--{boundary}--\r\n".encode()
