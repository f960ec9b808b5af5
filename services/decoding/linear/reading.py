"""Reads the linear symbols of a whole picture in the quadrilaterals where bars were found."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from services.decoding.bars import HEIGHT, straighten
from services.decoding.linear.matcher import Match, looks
from services.decoding.pixels import Gray, Quad

_MARGIN = 0.125
"""The margin added on either side, as a share of the width: some quadrilaterals are found too small."""
_END, _REACH = 0.13, 0.13
_NARROWEST, _WIDEST = 200, 900
"""The least and the most pixels of a straightened patch across the bars."""
_SAME = 0.04
"""How far apart the corners of nearly equal quadrilaterals may be, as a share of the width."""


@dataclass(frozen=True)
class FoundSymbol:
    """A symbol that was read, and its quadrilateral in the picture."""

    match: Match
    quad: Quad


def read(gray: Gray, quads: Iterable[Quad], deadline: float) -> list[FoundSymbol]:
    """Read the linear symbol in each quadrilateral, until `deadline`.

    The deadline is a `time.monotonic()`. The ends of a quadrilateral may be an eighth of its width away from the
    symbol's. Of nearly equal ones the first is read. Each has its quick look before any has a longer one.
    """
    found: list[FoundSymbol] = []
    reading = [(quad, _looks(gray, quad, deadline)) for quad in unlike(quads)]
    while reading:
        unread = []
        for quad, looking in reading:
            if time.monotonic() >= deadline:
                return found
            for match in looking:
                if match is None:
                    unread.append((quad, looking))
                else:
                    found.append(FoundSymbol(match, quad))
                break
        reading = unread
    return found


def unlike(quads: Iterable[Quad]) -> list[Quad]:
    """Leave out each quadrilateral that nearly equals an earlier one."""
    kept: list[Quad] = []
    for quad in quads:
        apart = _SAME * float(np.linalg.norm(quad[1] - quad[0]))
        if all(np.abs(quad - other).max() >= apart for other in kept):
            kept.append(quad)
    return kept


def _looks(gray: Gray, quad: Quad, deadline: float) -> Iterator[Match | None]:
    across = float(np.linalg.norm(quad[1] - quad[0])) * (1 + 2 * _MARGIN)
    width = round(min(max(across, _NARROWEST), _WIDEST))
    rows = straighten(gray, quad, width, _MARGIN)[HEIGHT // 6 : -HEIGHT // 6]
    # The quadrilaterals tend to include the quiet zones, so the bars begin inside rather than outside.
    ends = (_END * width, (1 - _END) * width)
    yield from looks(rows, ends, _REACH, deadline)
