"""Reads the linear symbols of a whole picture, where bars have been found."""

from __future__ import annotations

import time
from collections.abc import Collection, Iterable
from dataclasses import dataclass

import numpy as np

from services.decoding.bars import HEIGHT, Gray, Quad, straighten
from services.decoding.linear.matcher import LINEAR, Match, read_patch
from services.decoding.symbol import Symbology

_MARGIN = 0.125
"""Picture on either side of the place that was found, as a share of its width: places are found too small as well."""
_END, _REACH = 0.13, 0.13
_NARROWEST, _WIDEST = 200, 900
"""Pixels of a straightened patch across the place."""


@dataclass(frozen=True)
class Sighting:
    """What was read where: the four corners, clockwise from the upper left with the bars upright."""

    match: Match
    quad: Quad


def read(
    gray: Gray, quads: Iterable[Quad], deadline: float, *, symbologies: Collection[Symbology] = LINEAR
) -> list[Sighting]:
    """Read the linear symbol of each place, bars upright between its first two corners, until `deadline`.

    The deadline is a `time.monotonic()`. A place's ends may lie an eighth of its width beside the symbol's.
    """
    found = []
    for quad in quads:
        if time.monotonic() >= deadline:
            break
        across = float(np.linalg.norm(quad[1] - quad[0])) * (1 + 2 * _MARGIN)
        width = round(min(max(across, _NARROWEST), _WIDEST))
        rows = straighten(gray, quad, width, _MARGIN)[HEIGHT // 6 : -HEIGHT // 6]
        # Places tend to take the quiet zones in, so the bars begin within them rather than outside.
        ends = (_END * width, (1 - _END) * width)
        match = read_patch(rows, ends=ends, reach=_REACH, symbologies=symbologies, deadline=deadline)
        if match is not None:
            found.append(Sighting(match, quad))
    return found
