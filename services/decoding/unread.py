"""Finds bars that are surely there though no engine could read them, and how large they appear."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

from services.decoding.cascade import Picture
from services.decoding.scan_lines import Line
from services.decoding.symbol import Corners, Unread, overlap

_LEAST_EDGES, _LEAST_LIKENESS = 24, 0.8
"""How unread bars are recognised: by the edges of a scan line, and by how alike neighbouring lines are. Print and
texture seldom have both."""


def unread_bars(picture: Picture, read: Iterable[Corners], most: int = 2) -> tuple[Unread, ...]:
    """Regions that are surely bars, since their scan lines are alike, apart from what was `read`.

    The module is estimated: all but the shortest retail symbols have at least 95 modules, and 1.6 for each element.
    """
    found: list[Unread] = []
    taken = list(read)
    for region in picture.coarse:
        cut = picture.scan_lines(region)
        first, middle, last = cut.lines
        edges = _without_outliers(np.flatnonzero(np.diff(first > 0.5)))
        if len(edges) >= _LEAST_EDGES and min(_likeness(first, middle), _likeness(middle, last)) > _LEAST_LIKENESS:
            corners = cut.corners(float(edges[0]), float(edges[-1]))
            if not any(overlap(corners, known) for known in taken):
                length = float(np.hypot(corners[1][0] - corners[0][0], corners[1][1] - corners[0][1]))
                found.append(Unread(corners, length / max(95, 1.6 * len(edges))))
                taken.append(corners)
    return tuple(found[:most])


def _likeness(one: Line, other: Line) -> float:
    with np.errstate(invalid="ignore", divide="ignore"):  # a line without contrast has no likeness
        return float(np.nan_to_num(np.corrcoef(one, other)[0, 1]))


def _without_outliers(edges: npt.NDArray[np.intp]) -> npt.NDArray[np.intp]:
    """The largest group of edges with no quiet zone between them, since a label's own border is no bar."""
    if len(edges) < _LEAST_EDGES:
        return edges
    gaps = np.diff(edges)
    return max(np.split(edges, np.flatnonzero(gaps > 8 * np.median(gaps)) + 1), key=len)
