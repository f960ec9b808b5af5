"""Reads the linear symbols of a whole picture, where bars have been found."""

from __future__ import annotations

import time
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from services.decoding.bars import HEIGHT, Gray, Quad, straighten
from services.decoding.linear.matcher import LINEAR, Match, looks
from services.decoding.symbol import Symbology

_MARGIN = 0.125
"""Picture on either side of the place that was found, as a share of its width: places are found too small as well."""
_END, _REACH = 0.13, 0.13
_NARROWEST, _WIDEST = 200, 900
"""Pixels of a straightened patch across the place."""
_SAME = 0.04
"""Of a place's width: how far apart the corners of two places may lie that are one."""


@dataclass(frozen=True)
class Sighting:
    """What was read where: the four corners, clockwise from the upper left with the bars upright."""

    match: Match
    quad: Quad


def read(
    gray: Gray, quads: Iterable[Quad], deadline: float, *, symbologies: Collection[Symbology] = LINEAR
) -> list[Sighting]:
    """Read the linear symbol of each place, bars upright between its first two corners, until `deadline`.

    The deadline is a `time.monotonic()`. A place's ends may lie an eighth of its width beside the symbol's. Of places
    that are one, the first is read; and every place has its quick look before any has a longer one.
    """
    found: list[Sighting] = []
    reading = [(quad, _looks(gray, quad, deadline)) for quad in unlike(quads)]
    while reading:
        unread = []
        for quad, looking in reading:
            if time.monotonic() >= deadline:
                return found
            for match in looking:
                if match is None:
                    unread.append((quad, looking))
                elif match.symbology in symbologies:
                    found.append(Sighting(match, quad))
                break
        reading = unread
    return found


def unlike(quads: Iterable[Quad], tried: Iterable[Quad] = ()) -> list[Quad]:
    """The places that are neither one of those already `tried` nor, nearly, an earlier one of themselves."""
    known, new = list(tried), []
    for quad in quads:
        apart = _SAME * float(np.linalg.norm(quad[1] - quad[0]))
        if all(np.abs(quad - other).max() >= apart for other in known):
            known.append(quad)
            new.append(quad)
    return new


def _looks(gray: Gray, quad: Quad, deadline: float) -> Iterator[Match | None]:
    across = float(np.linalg.norm(quad[1] - quad[0])) * (1 + 2 * _MARGIN)
    width = round(min(max(across, _NARROWEST), _WIDEST))
    rows = straighten(gray, quad, width, _MARGIN)[HEIGHT // 6 : -HEIGHT // 6]
    # Places tend to take the quiet zones in, so the bars begin within them rather than outside.
    ends = (_END * width, (1 - _END) * width)
    yield from looks(rows, ends=ends, reach=_REACH, thorough=True, deadline=deadline)
