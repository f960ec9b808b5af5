"""Divides the register's products into chunks, so that a change makes few of them anew.

Which products make a chunk follows from their GTINs alone. So whatever was made before, the same register gives the
same chunks, in every process.
"""

from __future__ import annotations

import json
import zlib
from bisect import bisect_right
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from publishing.documents import product_documents
from publishing.gzip_pieces import Piece, piece_of
from register.models import ProductChange

MEAN = 128
"""Products of a chunk, on average. Fewer make the answer larger, more make a change dearer."""
MOST_ANEW = 24
"""Where a change touches more chunks, all are made anew: reading everything is cheaper than asking for so many."""
BETWEEN = b",\n"
text_of = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


@dataclass(frozen=True)
class Chunk:
    """Neighbours in the order of GTINs: the first one's GTIN, how many they are, and their lines."""

    first: str
    count: int
    piece: Piece


def begins_chunk(gtin: str) -> bool:
    """Whether a product is the first of a chunk; the one with the lowest GTIN always is."""
    return zlib.crc32(gtin.encode()) % MEAN == 0


def chunks_of(products: Iterable[dict[str, Any]]) -> Iterator[Chunk]:
    """The chunks of these products, which come in the order of their GTINs, a line for each."""
    first, lines = "", list[bytes]()
    for product in products:
        if lines and begins_chunk(product["gtin"]):
            yield _chunk(first, lines)
            lines = []
        first = first if lines else product["gtin"]
        lines.append(text_of(product).encode())
    if lines:
        yield _chunk(first, lines)


def _chunk(first: str, lines: Sequence[bytes]) -> Chunk:
    return Chunk(first, len(lines), piece_of(BETWEEN.join(lines)))


def renewed(chunks: Sequence[Chunk], changed: Collection[str]) -> list[Chunk] | None:
    """The chunks as they are now, where these products have come, gone or changed. None where all should be made."""
    firsts = [chunk.first for chunk in chunks]
    touched = set[int]()
    for gtin in changed:
        place = max(0, bisect_right(firsts, gtin) - 1)
        touched.add(place)
        if place and firsts[place] == gtin:  # where it is gone, what it began is the end of the chunk before
            touched.add(place - 1)
    if not chunks or len(touched) > MOST_ANEW:
        return None
    now: list[Chunk] = []
    place = 0
    while place < len(chunks):
        if place not in touched:
            now.append(chunks[place])
            place += 1
            continue
        lowest = firsts[place] if place else ""
        while place in touched:
            place += 1
        present = ProductChange.objects.filter(deleted=False, gtin__gte=lowest)
        if place < len(chunks):
            present = present.filter(gtin__lt=firsts[place])
        gtins = list(present.values_list("gtin", flat=True))
        now += chunks_of(product_documents(gtins)) if gtins else ()
    return now
