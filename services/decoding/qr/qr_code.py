"""A QR Code that was read."""

from __future__ import annotations

from dataclasses import dataclass

from services.decoding.charset import Segment
from services.decoding.symbol import Corners


@dataclass(frozen=True)
class QrCode:
    """A symbol that Reed-Solomon confirmed.

    `raw` are the bytes of the message as a scanner transmits them without the symbology identifier, `text` what they
    mean: FNC1 in first position only sets `gs1`. `corners` are pixels, clockwise from the symbol's upper left (the
    corner without a finder pattern is the lower right). `part` is the position (from 1) in a structured append, the
    number of its symbols and their parity. `segments` are what `text` was made from.
    """

    text: str
    raw: bytes
    corners: Corners
    gs1: bool
    errors_corrected: int
    part: tuple[int, int, int] | None = None
    segments: tuple[Segment, ...] = ()
