"""Pieces that were compressed on their own make one gzip file of one member, which everybody reads."""

from __future__ import annotations

import gzip
import random
import zlib

import pytest
from urllib3.response import GzipDecoder

from publishing.gzip_pieces import gzip_of, piece_of


@pytest.mark.parametrize("sizes", [[], [0], [1], [70_000, 0, 3, 1, 129, 2**20 + 1], [7] * 300])
def test_it_unpacks_to_the_texts_in_order(sizes: list[int]) -> None:
    chance = random.Random(952)
    texts = [chance.randbytes(size // 2) + b"a" * (size - size // 2) for size in sizes]
    pieces = [piece_of(text) for text in texts]
    packed, begins = gzip_of(pieces)
    assert gzip.decompress(packed) == b"".join(texts)
    reader = zlib.decompressobj(31)  # what browsers and curl do: one member, its checksum and its length
    assert reader.decompress(packed) == b"".join(texts)
    assert (reader.eof, reader.unused_data) == (True, b"")
    by_requests = GzipDecoder()
    assert b"".join(by_requests.decompress(packed[n : n + 977]) for n in range(0, len(packed), 977)) == b"".join(texts)
    for piece, begin in zip(pieces, begins, strict=True):
        assert packed[begin:].startswith(piece.deflated)


def test_a_wrong_byte_of_a_piece_is_noticed_by_the_checksum() -> None:
    other = piece_of(b"another text")
    wrong, _ = gzip_of([piece_of(b"a text"), type(other)(other.deflated, other.crc ^ 1, other.size)])
    with pytest.raises(gzip.BadGzipFile):
        gzip.decompress(wrong)
