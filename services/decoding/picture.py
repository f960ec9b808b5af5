"""A picture while it is being read: where bars are in it, and what of it has been read already."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar, cast

import cv2
import numpy as np

from services.decoding.locate import Region, regions
from services.decoding.pixels import Gray, Quad, brightness_around, fill, grown, holds
from services.decoding.scan_lines import ScanLines, scan_lines
from services.decoding.symbol import Corners, Read

T = TypeVar("T")

_COARSE, _FINE, _FINEST = 640, 1280, 2560
"""Longest sides of the pictures in which bars are looked for: even bars narrower than a pixel still look striped."""
_FINE_SHARE = 0.6
"""How much a large picture is reduced for the fine look, within these bounds: many small codes may be on it."""
_FIRST = 6
"""How many of the largest places are looked at first in every frame."""
_COVERED = 0.5
"""The share of a place that must be covered for it to count as read."""
_GRID = np.array(
    [[(1 - x) * (1 - y), x * (1 - y), x * y, (1 - x) * y] for y in (0.2, 0.5, 0.8) for x in np.linspace(0.05, 0.95, 9)]
)
"""How points of a grid in a quadrilateral are mixed from its corners."""
_BESIDE, _ABOVE, _THIN = 0.06, 0.2, 0.25
"""How far beyond a symbol is painted over, as a share of its sides: above and below bars more, since their ends are not
seen exactly. And how high a read barcode is at the least for its height to be believed, as a share of its length."""


class Picture:
    """A gray picture, and what several steps need of it, computed once.

    `whole` is the picture as it came. In `gray` the symbols that have been read are painted over, so that later steps
    look at nothing but what is left: engines stop at a few symbols, and time would go to what is known. Of the places
    after the first few, other ones come first at each `turn`, since a frame's time does not suffice for all.
    """

    def __init__(self, gray: Gray, *, turn: int = 0) -> None:
        self._turn = turn
        self.whole = gray
        self.gray = gray
        self._mask: Gray | None = None
        self._known: set[Corners] = set()
        self._regions: dict[int, list[Region]] = {}
        self._scan_lines: dict[Region, tuple[float, ScanLines]] = {}
        self._found: dict[Callable[[Picture], object], object] = {}

    @property
    def coarse(self) -> list[Region]:
        """Striped regions that are not covered, found quickly."""
        return self._left(_COARSE)

    @property
    def fine(self) -> list[Region]:
        """Striped regions that are not covered, including those too small or too faint for the quick look."""
        return self._left(int(np.clip(_FINE_SHARE * max(self.gray.shape), _FINE, _FINEST)))

    def _left(self, side: int) -> list[Region]:
        if side not in self._regions:
            self._regions[side] = regions(self.gray, side)
        left = [region for region in self._regions[side] if self.covered(region.quad) < _COVERED]
        first, others = left[:_FIRST], left[_FIRST:]
        turn = self._turn * _FIRST % len(others) if others else 0
        return [*first, *others[turn:], *others[:turn]]

    def once(self, find: Callable[[Picture], T]) -> T:
        """What is found in this picture, looked for when it is first asked for."""
        if find not in self._found:
            self._found[find] = find(self)
        return cast("T", self._found[find])

    def scan_lines(self, region: Region) -> ScanLines:
        """The scan lines of a region, cut anew where more of it has been covered."""
        covered = self.covered(region.quad)
        known = self._scan_lines.get(region)
        if known is None or known[0] != covered:
            known = self._scan_lines[region] = covered, scan_lines(self.gray, region)
        return known[1]

    def covered(self, quad: Quad) -> float:
        """The share of a place that is covered, by a grid of points in it."""
        if self._mask is None:
            return 0.0
        columns, rows = np.clip((_GRID @ quad).T, 0, [[self._mask.shape[1] - 1], [self._mask.shape[0] - 1]])
        return float(self._mask[rows.astype(np.intp), columns.astype(np.intp)].mean())

    def cover(self, reads: Iterable[Read]) -> None:
        """Paint over what has been read: the symbol and a part of its quiet zone, in the brightness around it."""
        for read in reads:
            if read.corners in self._known:
                continue
            self._known.add(read.corners)
            quad = np.array(read.corners, np.float32)
            if self.covered(quad) >= _COVERED:
                continue
            if self._mask is None:
                self.gray, self._mask = self.whole.copy(), np.zeros_like(self.whole)
            if read.symbology.is_matrix:
                quad = grown(quad, _BESIDE, _BESIDE)
            else:
                quad = grown(self._bars(quad), _BESIDE, _ABOVE)
            fill(self.gray, quad, brightness_around(self.gray, quad))
            fill(self._mask, quad, 1)

    def _bars(self, quad: Quad) -> Quad:
        """The whole of a barcode, of which an engine may have told one line only: as high as its striped region."""
        sides = [float(np.linalg.norm(quad[n] - quad[n - 1])) for n in range(4)]
        if min(sides) > _THIN * max(sides):
            return quad
        x, y = quad.mean(0).tolist()
        for region in (region for found in self._regions.values() for region in found):
            if holds(region.quad, x, y):
                cut = self.scan_lines(region)
                across = cv2.perspectiveTransform(quad[None], np.linalg.inv(cut.back))[0, :, 0]
                return np.array(cut.corners(float(across.min()), float(across.max())), np.float32)
        return quad
