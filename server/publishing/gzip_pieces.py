"""Makes a gzip file of pieces that were compressed on their own, each once, and kept.

One member, since browsers and curl read the first alone (RFC 1952, 2.2 allows several). The pieces are deflate blocks
that end on a byte and look back at nothing before them. The file's checksum is reckoned from theirs, as zlib's
crc32_combine does: Python's zlib offers that from 3.15 on.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate

LEVEL = 4
"""Of zlib: higher levels take longer than they save on the networks of our users."""
_RAW = -15  # zlib's window bits for deflate without a header
_HEADER = struct.pack("<BBBBLBB", 0x1F, 0x8B, 8, 0, 0, 0, 255)  # no name, no time, an unknown system
_END = b"\x03\x00"  # an empty last block
_POLYNOMIAL = 0xEDB88320  # of CRC-32, lowest power in the highest bit, as are all its polynomials here
_ONE, _X = 1 << 31, 1 << 30


@dataclass(frozen=True)
class Piece:
    """A text as deflate blocks, its CRC-32, and how many bytes it has."""

    deflated: bytes
    crc: int
    size: int


def piece_of(text: bytes) -> Piece:
    """Compress a text on its own."""
    packer = zlib.compressobj(LEVEL, wbits=_RAW)
    # A full flush ends on a byte and is not the file's end.
    return Piece(packer.compress(text) + packer.flush(zlib.Z_FULL_FLUSH), zlib.crc32(text), len(text))


def gzip_of(pieces: Sequence[Piece]) -> tuple[bytes, list[int]]:
    """The gzip file that unpacks to the pieces' texts in order, and where in it each piece begins."""
    crc = 0
    for piece in pieces:
        crc = _times(_power(piece.size), crc) ^ piece.crc
    size = sum(piece.size for piece in pieces)
    end = struct.pack("<LL", crc, size & 0xFFFFFFFF)
    begins = list(accumulate((len(piece.deflated) for piece in pieces), initial=len(_HEADER)))
    return b"".join([_HEADER, *(piece.deflated for piece in pieces), _END, end]), begins[:-1]


def _times(a: int, b: int) -> int:
    """The product of two polynomials, modulo that of CRC-32."""
    product = 0
    while a:
        if a & _ONE:
            product ^= b
        a = a << 1 & 0xFFFFFFFF
        b = b >> 1 ^ (_POLYNOMIAL if b & 1 else 0)
    return product


@lru_cache(maxsize=4096)
def _power(size: int) -> int:
    """What a checksum is multiplied by where so many bytes follow: x to the power of their bits."""
    power, square, bits = _ONE, _X, size * 8
    while bits:
        if bits & 1:
            power = _times(square, power)
        square, bits = _times(square, square), bits >> 1
    return power
