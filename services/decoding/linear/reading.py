"""Reads the linear symbols of a whole picture, where bars have been found."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from services.decoding.bars import HEIGHT, straighten
from services.decoding.linear.matcher import Match, looks
from services.decoding.pixels import Gray, Quad

_MARGIN = 0.125
"""Picture on either side of the place that was found, as a share of its width: places are found too small as well."""
_END, _REACH = 0.13, 0.13
_NARROWEST, _WIDEST = 200, 900
"""Pixels of a straightened patch across the place."""
_SAME = 0.04
"""Of a place's width: how far apart the corners of two places may lie that are one."""


@dataclass(frozen=True)
class FoundSymbol:
    """What was read, and in which place."""

    match: Match
    quad: Quad


def read(gray: Gray, quads: Iterable[Quad], deadline: float) -> list[FoundSymbol]:
    """Read the linear symbol of each place until `deadline`.

    The deadline is a `time.monotonic()`. A place's ends may lie an eighth of its width beside the symbol's. Of places
    that are one, the first is read; and every place has its quick look before any has a longer one.
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
    """The places without those that nearly are an earlier one."""
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
    # Places tend to take the quiet zones in, so the bars begin within them rather than outside.
    ends = (_END * width, (1 - _END) * width)
    yield from looks(rows, ends, _REACH, deadline)
