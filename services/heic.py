"""Recognises HEIC pictures, which iPhones make and nothing here reads: no HEIC decoder opens strangers' files."""

from __future__ import annotations

_BRANDS = (b"heic", b"heix", b"hevc", b"hevx", b"heim", b"heis", b"mif1", b"msf1")  # ISO/IEC 23008-12, annex B


def is_heic(data: bytes) -> bool:
    """Whether a file says of itself that it is a HEIC picture."""
    return data[4:8] == b"ftyp" and data[8:12] in _BRANDS
