"""Searches one picture for QR Codes: the easy ones of all its sizes before the hard ones."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import NamedTuple

import cv2
import numpy as np
import numpy.typing as npt

from services.decoding.pixels import Gray, resized
from services.decoding.qr.grid import projected
from services.decoding.qr.grouping import Group, described, groups
from services.decoding.qr.locate import Floats, Triple, alike, binarise, finder_patterns, pairs, triples
from services.decoding.qr.qr_code import QrCode
from services.decoding.qr.reading import outline, read_easily, read_thoroughly
from services.decoding.symbol import Corners

Seen = tuple[Corners, float]
"""Where a symbol seems to be: corners, and the pixels of a module."""

# A finder pattern's middle, three modules wide, must fit in the block. Small blocks separate small modules better;
# larger modules are found in the halved picture.
_BLOCK, _OFFSET = 25, 3
_SHARP, _SHARP_OFFSET = 0.5, 5  # standard deviation of the smoothing, and offset, where small modules are looked for
_FINEST = 6  # for modules larger than this (pixels) the picture is halved before they are read
_MOST_TORN = 4  # triples with one unseen finder pattern that are tried
_MOST_FAILURES = 8  # triples without a symbol before a pass ends
_SAME = 0.5  # modules by which the middles of the same finder patterns may differ


class View(NamedTuple):
    """A way to look at the picture: how often it is halved (negative: doubled), and which symbols are looked for.

    `light` is for light symbols on dark ground, `sharp` for modules of two pixels, which are lost where the noise is
    smoothed away.
    """

    level: int
    light: bool = False
    sharp: bool = False


class Search:
    """Reads the symbols of one picture. What has been read explains the finder patterns within it.

    `late` says whether the time is up; then nothing more is begun. `found` are the symbols read.
    """

    def __init__(self, gray: Gray, late: Callable[[], bool]) -> None:
        self._late = late
        self._sizes = {(0, False): gray}
        self._seen: dict[View, Floats] = {}
        self._grouped: dict[View, list[Group]] = {}
        self._tried: list[tuple[Floats, int]] = []
        self._outlines = np.zeros((0, 4, 2))
        self._modules: list[float] = []
        self.found: list[QrCode] = []

    def _ink(self, level: int, *, light: bool) -> Gray:
        """The picture halved `level` times, and inverted for light symbols."""
        key = (level, light)
        if key not in self._sizes:
            if light:
                self._sizes[key] = cv2.bitwise_not(self._ink(level, light=False))  # type: ignore[assignment]
            else:
                nearer, factor = (-1, 0.5) if level > 0 else (1, 2.0)
                self._sizes[key] = resized(self._ink(level + nearer, light=False), factor)
        return self._sizes[key]

    def read_easily(self, view: View) -> None:
        """Read the symbols that need no more than a flat grid."""
        for group in self.group(view):
            if not self._late() and not self._explained(_points(group.triple), view.level):
                triple, level = _fine(group.triple, view.level)
                ink = self._ink(level, light=view.light)
                self._keep(read_easily(ink, replace(group, triple=triple), 2.0**level, self._late), triple, level)

    def read_thoroughly(self, view: View) -> None:
        """Read symbols with all means. Where some were read before, only what surely seems to be one is tried."""
        if self.found and view not in self._grouped:
            return
        likely = [group.triple for group in self.group(view)]
        self._try(likely, view.level, len(likely))
        if not self.found and not self._late():
            threes = alike(self._smooth(view), triples(self._patterns(view), light=view.light))
            self._try(threes, view.level, _MOST_FAILURES)

    def read_torn(self, view: View) -> None:
        """Read symbols with one finder pattern that is not seen, where none was read before."""
        if not self.found and not self._late():
            torn = pairs(self._patterns(view), light=view.light)
            self._try(alike(self._smooth(view), torn, torn=True)[:_MOST_TORN], view.level, _MOST_TORN)

    def seen(self) -> list[Seen]:
        """The symbols that were read, then those that surely seem to be some and were not read."""
        found: list[Seen] = [(code.corners, module) for code, module in zip(self.found, self._modules, strict=True)]
        outlines = self._outlines
        for view, likely in self._grouped.items():
            enlarged = 2.0**view.level
            for group in likely:
                if not _inside(outlines, _points(group.triple) * enlarged).any():
                    corners = outline(projected(group.triple, group.version, group.tilts), enlarged)
                    found.append((corners, group.triple.module * enlarged))
                    outlines = np.append(outlines, [corners], axis=0)
        return found

    def group(self, view: View) -> list[Group]:
        """The finder patterns that surely seem to belong to one unread symbol; none where it is late."""
        if view not in self._grouped:
            if self._late():
                return []
            smooth = self._smooth(view)
            patterns = described(smooth, self._patterns(view), light=view.light)
            patterns = patterns[~_inside(self._outlines, patterns[:, :2] * 2.0**view.level)]
            self._grouped[view] = groups(smooth, patterns, self._late, light=view.light)
        return self._grouped[view]

    def _smooth(self, view: View) -> Gray:
        ink = self._ink(view.level, light=False)
        return np.asarray(cv2.GaussianBlur(ink, (3, 3), _SHARP) if view.sharp else cv2.blur(ink, (3, 3)), np.uint8)

    def _patterns(self, view: View) -> Floats:
        if view not in self._seen:
            masks = binarise(self._smooth(view), _BLOCK, _SHARP_OFFSET if view.sharp else _OFFSET)
            self._seen[view] = finder_patterns(masks[view.light], self._late, 2 if view.sharp else 1)
        return self._seen[view]

    def _try(self, likely: list[Triple], level: int, most_failures: int) -> None:
        failures = 0
        for triple in likely:
            if self._late() or failures >= most_failures:
                return
            if self._explained(_points(triple), level):
                continue
            fine, at = _fine(triple, level)
            if not self._tried_before(fine, at):
                code = read_thoroughly(self._ink(at, light=fine.light), fine, 2.0**at, self._late)
                failures += code is None
                self._keep(code, fine, at)

    def _tried_before(self, triple: Triple, level: int) -> bool:
        """Whether the same finder patterns were tried at the same size; they are noted if not."""
        points = _points(triple)
        if any(at == level and np.abs(points - tried).max() < _SAME * triple.module for tried, at in self._tried):
            return True
        self._tried.append((points, level))
        return False

    def _explained(self, points: Floats, level: int) -> bool:
        return bool(_inside(self._outlines, points * 2.0**level).any())

    def _keep(self, code: QrCode | None, triple: Triple, level: int) -> None:
        if code is not None:
            self.found.append(code)
            self._modules.append(triple.module * 2.0**level)
            self._outlines = np.append(self._outlines, [code.corners], axis=0)


def _points(triple: Triple) -> Floats:
    """The middles of the finder patterns, and the middle of the symbol."""
    return np.stack([triple.corner, triple.at_right, triple.below, (triple.at_right + triple.below) / 2])


def _inside(outlines: Floats, points: Floats) -> npt.NDArray[np.bool_]:
    """Whether each point is inside one of the convex outlines."""
    sides = np.roll(outlines, -1, axis=1) - outlines
    away = points[:, None, None] - outlines  # point, outline, corner, xy
    turn = sides[..., 0] * away[..., 1] - sides[..., 1] * away[..., 0]
    within = np.all(turn >= 0, axis=2) | np.all(turn <= 0, axis=2)
    return np.asarray(np.any(within, axis=1), np.bool_)


def _fine(triple: Triple, level: int) -> tuple[Triple, int]:
    """The triple in the picture halved until its modules are small, and how often that is halved."""
    while triple.module > _FINEST:
        triple, level = _halved(triple), level + 1
    return triple, level


def _halved(triple: Triple) -> Triple:
    corner, at_right, below = ((point - 0.5) / 2 for point in (triple.corner, triple.at_right, triple.below))
    return replace(triple, corner=corner, at_right=at_right, below=below, module=triple.module / 2)
