"""Finds codes that are surely there though no engine could read them, and guesses their kind and why.

Bars are told by scan lines that are alike, QR Codes by three finder patterns that fit together, and any matrix code
by a rectangle full of light and dark. Print and texture seldom have any of it.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import combinations

import cv2
import numpy as np
import numpy.typing as npt

from services.decoding import qr, why
from services.decoding.locate import regions
from services.decoding.patches import patches
from services.decoding.picture import Picture
from services.decoding.pixels import holds
from services.decoding.scan_lines import Line
from services.decoding.symbol import CodeKind, Corners, Point, Reason, Unread, bounds, corners_of

_LEAST_EDGES, _ALIKE, _VERY_ALIKE = 24, 0.88, 0.95
"""How bars are recognised: by the edges of a scan line, and how alike all bands are, or two where one is damaged."""
_LEAST_BLURRED, _ALL_ALIKE = 14, 0.97
"""The same for bars that blur has made one: few edges, but bands that are very much alike."""
_LEAST_MODULE, _EVEN = 0.4, 0.25
"""Smaller modules leave nothing to see. In a code more than this share of the bars or spaces differ by more from the
middle width."""
_FOR_BLURRED = 160
"""Longest side of the picture in which blurred bars are looked for: there they are sharp enough to look striped."""
_DIM, _LIT, _MOST_GAIN = 90.0, 180.0, 8.0
"""A picture whose light parts are darker than the first is brightened to the second, by so much at most."""


def unread(picture: Picture, read: Iterable[Corners]) -> tuple[Unread, ...]:
    """The codes that are surely in the picture, without those that were `read`, and why each could not be."""
    return tuple(explained(picture, left(picture, read)))


def explained(picture: Picture, codes: Iterable[Unread]) -> list[Unread]:
    """The codes with why each could not be read; each is asked about once."""
    reasons = picture.once(_reasons)
    for code in (codes := list(codes)):
        if code not in reasons:
            reasons[code] = why.guess(picture.gray, code)
    return [replace(code, why=reasons[code]) for code in codes]


def left(picture: Picture, read: Iterable[Corners]) -> list[Unread]:
    """As `unread`, without asking why: for steps that go on while a code is left."""
    return apart(picture.once(_seen), read)


def _reasons(_picture: Picture) -> dict[Unread, Reason | None]:
    return {}


def apart(codes: Iterable[Unread], read: Iterable[Corners]) -> list[Unread]:
    """The codes that are none of those that were read, nor one another."""
    known, found = list(read), []
    for code in codes:
        if not any(_same(code.corners, other) for other in known):
            known.append(code.corners)
            found.append(code)
    return found


def _same(one: Corners, other: Corners) -> bool:
    """Whether the middle of one lies in the other: outlines of a code that was read may be only a few rows of it."""
    return _holds(one, _middle(other)) or _holds(other, _middle(one))


def _holds(corners: Corners, point: Point) -> bool:
    left, top, right, bottom = bounds(corners)  # looked at first, since it is quick
    return left <= point[0] <= right and top <= point[1] <= bottom and holds(corners, *point)


def _middle(corners: Corners) -> Point:
    xs, ys = zip(*corners, strict=True)
    return sum(xs) / 4, sum(ys) / 4


def _seen(picture: Picture) -> tuple[Unread, ...]:
    """All codes that are seen, read or not, each once."""
    lit = _lit(picture)
    return tuple(apart((code for search in reversed(_SEARCHES) for code in search(lit)), ()))


def part_of_search(picture: Picture, number: int) -> Iterable[Unread]:
    """What one of the PARTS of the search for codes sees, read or not. Each takes a few milliseconds."""
    return _SEARCHES[number % PARTS](_lit(picture))


def _lit(picture: Picture) -> Picture:
    """The picture, brightened where it is too dark for anything to be seen in it."""
    light = float(np.percentile(picture.gray[::8, ::8], 95))
    if light >= _DIM:
        return picture
    gain = min(_LIT / max(light, 1.0), _MOST_GAIN)
    smooth = cv2.blur(picture.gray, (3, 3))  # or the noise would be brightened too
    return Picture(np.asarray(cv2.convertScaleAbs(smooth, alpha=gain), np.uint8))


def _qr_codes(picture: Picture) -> Iterator[Unread]:
    """QR Codes of which all three finder patterns are seen."""
    for corners, module in qr.candidates(picture.gray):
        yield Unread(corners, module, CodeKind.QR_CODE)


def _patches(picture: Picture) -> Iterator[Unread]:
    """Rectangles that must be matrix codes, whichever."""
    for patch in patches(picture.gray):
        yield Unread(corners_of(patch.quad), patch.module, patch.kind)


def _bars(picture: Picture) -> list[Unread]:
    """Regions that are surely bars, since their scan lines are alike: the sharp ones, then the blurred, longest first.

    The module is estimated: all but the shortest retail symbols have at least 95 modules, and 1.6 for each element.
    """
    sharp: list[Unread] = []
    blurred: list[Unread] = []
    for region in (*picture.coarse, *regions(picture.gray, _FOR_BLURRED)):
        cut = picture.scan_lines(region)
        edges = sorted((_without_outliers(np.flatnonzero(np.diff(line > 0.5))) for line in cut.lines), key=len)[1]
        if len(edges) < _LEAST_BLURRED:
            continue
        likeness = [_likeness(one, other) for one, other in combinations(cut.lines, 2)]
        all_alike, two_alike = sorted(likeness)[1], max(likeness)
        if len(edges) >= _LEAST_EDGES and (all_alike > _ALIKE or two_alike > _VERY_ALIKE):
            found = sharp
        elif all_alike > _ALL_ALIKE:
            found = blurred
        else:
            continue
        corners = cut.corners(float(edges[0]), float(edges[-1]))
        module = _length(corners) / max(95, 1.6 * len(edges))
        if module > _LEAST_MODULE and _varied(edges):
            found.append(Unread(corners, module))
    return sharp + sorted(blurred, key=lambda bars: -_length(bars.corners))


def _varied(edges: npt.NDArray[np.intp]) -> bool:
    """Whether bars or spaces differ in width, as those of a fence do not."""
    widths = np.diff(edges)
    return any((abs(some / np.median(some) - 1) > _EVEN).mean() > _EVEN for some in (widths[::2], widths[1::2]))


def _length(corners: Corners) -> float:
    return math.dist(corners[0], corners[1])


def _likeness(one: Line, other: Line) -> float:
    with np.errstate(invalid="ignore", divide="ignore"):  # a line without contrast has no likeness
        return float(np.nan_to_num(np.corrcoef(one, other)[0, 1]))


def _without_outliers(edges: npt.NDArray[np.intp]) -> npt.NDArray[np.intp]:
    """The largest group of edges with no quiet zone between them, since a label's own border is no bar.

    No code ends with its widest bar, so where blur leaves few edges a wide gap at an end is a quiet zone.
    """
    if len(edges) < _LEAST_BLURRED:
        return edges
    gaps = np.diff(edges)
    middle = np.median(gaps)
    edges = max(np.split(edges, np.flatnonzero(gaps > 8 * middle) + 1), key=len)
    near = np.flatnonzero(np.diff(edges) <= 3 * middle)
    return edges[near[0] : near[-1] + 2] if near.size else edges[:0]


_SEARCHES = (_bars, _patches, _qr_codes)
"""Where several see one code, the last of them tells its kind."""
PARTS = len(_SEARCHES)
"""In how many parts codes may be searched for."""
