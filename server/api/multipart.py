"""Reads bodies of several parts (multipart/form-data, RFC 7578), whole or not at all."""

from __future__ import annotations

import re

from django.utils.http import parse_header_parameters

_NAME = re.compile(
    rb'^content-disposition:[ \t]*form-data;(?:[^"\r\n]|"[^"\r\n]*")*?\bname="([^"\r\n]*)"',
    re.IGNORECASE | re.MULTILINE,
)
_MAX_HEADER_BYTES = 1024
_BOUNDARY = re.compile(r"[0-9A-Za-z'()+_,./:=?-]{1,70}")


def parts_of(body: bytes, content_type: str) -> list[tuple[str, bytes]]:
    """The parts by name, in order. Raises ValueError where the body is anything but such parts."""
    boundary = parse_header_parameters(content_type)[1].get("boundary", "")
    if not _BOUNDARY.fullmatch(boundary):
        raise ValueError("the Content-Type names no boundary")
    before, *parts = (b"\r\n" + body).split(b"\r\n--" + boundary.encode())
    if before or len(parts) < 2 or parts[-1] not in {b"--", b"--\r\n"}:
        raise ValueError("the body is not some parts between boundaries")
    return [_part(part) for part in parts[:-1]]


def _part(part: bytes) -> tuple[str, bytes]:
    headers, empty_line, content = part.partition(b"\r\n\r\n")
    name = _NAME.search(headers) if len(headers) <= _MAX_HEADER_BYTES else None
    if not headers.startswith(b"\r\n") or not empty_line or name is None:
        raise ValueError("a part has no name")
    return name[1].decode("ascii", "replace"), content
