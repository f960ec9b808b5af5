"""Joins messages that are spread over several symbols: structured append (ISO/IEC 18004:2015, 8)."""

from __future__ import annotations

from collections.abc import Iterable
from functools import reduce
from operator import xor

from services.decoding.charset import to_text
from services.decoding.eci import Undecodable
from services.decoding.qr.qr_code import QrCode
from services.decoding.symbol import Corners, bounds


def joined(codes: Iterable[QrCode]) -> list[QrCode]:
    """Whole messages: single codes unchanged, and messages joined from parts that are all among `codes`.

    Parts belong together where total and parity are the same, and a message is right where the parity of all its bytes
    is what every part says (8.3). A part is left out where others are missing or contradict each other: a piece of a
    message is no product code. A character may be split between symbols, so the text is made from all bytes together.
    The corners of a joined message are the upright rectangle around its parts.
    """
    whole, parts = [], dict[tuple[int, int, int], dict[int, QrCode]]()
    contradicted = set()
    for code in codes:
        if code.part is None:
            whole.append(code)
            continue
        position, total, parity = code.part
        known = parts.setdefault((total, parity, code.gs1), {}).setdefault(position, code)
        if known.raw != code.raw:
            contradicted.add((total, parity, code.gs1))
    for key, found in parts.items():
        total, parity, _ = key
        if len(found) == total and key not in contradicted:
            message = _message([found[position] for position in sorted(found)], parity)
            if message is not None:
                whole.append(message)
    return whole


def _message(parts: list[QrCode], parity: int) -> QrCode | None:
    raw = b"".join(part.raw for part in parts)
    if reduce(xor, raw, 0) != parity:
        return None
    segments = tuple(segment for part in parts for segment in part.segments)
    try:
        said = to_text(segments)
    except Undecodable:
        return None
    left, top, right, bottom = bounds(corner for part in parts for corner in part.corners)
    around: Corners = ((left, top), (right, top), (right, bottom), (left, bottom))
    errors = sum(part.errors_corrected for part in parts)
    return QrCode(said, raw, around, parts[0].gs1, errors, None, segments)
