"""Recognises files that are not read here by their first bytes, so that the person hears which kind it is.

No HEIC decoder opens strangers' files.
"""

from __future__ import annotations

from PIL import features

KINDS = ("heic", "pdf", "other_picture", "video", "unreadable")
"""What `unread_kind` may say. `other_picture` is a picture of a kind that is not read here."""

_HEIC = (b"heic", b"heix", b"hevc", b"hevx", b"heim", b"heis")  # ISO/IEC 23008-12, annex B
_CONTAINERS = (b"mif1", b"msf1")  # the same, 10.2: may hold HEVC or AV1
_AVIF = (b"avif", b"avis")  # AV1 Image File Format, section 6
_JPEG_XL = (b"\xff\x0a", b"\0\0\0\x0cJXL \r\n\x87\n")  # ISO/IEC 18181-2
_JPEG_2000 = (b"\xff\x4f\xff\x51", b"\0\0\0\x0cjP  \r\n\x87\n")  # ISO/IEC 15444-1
_OTHERS = (*_JPEG_XL, *_JPEG_2000, b"8BPS", b"%!PS", b"FUJIFILMCCD-RAW")
_VIDEOS = (b"\x1aE\xdf\xa3", b"OggS", b"FLV\x01", b"\0\0\x01\xba", b"\0\0\x01\xb3")  # Matroska and WebM, and older


def is_pdf(data: bytes) -> bool:
    """Whether a file says of itself that it is a PDF; readers look for that in the first 1024 bytes."""
    return b"%PDF-" in data[:1024]


def unread_kind(data: bytes) -> str:
    """Which of KINDS a file is that could not be read as a picture."""
    if data[4:8] == b"ftyp":
        return _of_boxes(data)
    if is_pdf(data):
        return "pdf"
    if data.startswith(_OTHERS) or _is_drawing(data):
        return "other_picture"
    if data.startswith(_VIDEOS) or (data[:4] == b"RIFF" and data[8:12] == b"AVI "):
        return "video"
    return "unreadable"


def _of_boxes(data: bytes) -> str:
    """The kind of a file of ISO base media (ISO/IEC 14496-12), which begins with its brands."""
    major, others = data[8:12], data[16 : min(int.from_bytes(data[:4], "big"), 256)]
    named = {major, *(others[start : start + 4] for start in range(0, len(others), 4))}
    if named & set(_HEIC) or (major in _CONTAINERS and not named & set(_AVIF)):
        return "heic"
    if named & set(_AVIF):
        return "unreadable" if features.check("avif") else "other_picture"
    if major == b"crx ":  # the raw picture of a camera
        return "other_picture"
    return "video"


def _is_drawing(data: bytes) -> bool:
    return b"<svg" in data[:1024] and data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<")
