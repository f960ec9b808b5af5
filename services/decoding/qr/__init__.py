"""QR Code (ISO/IEC 18004:2015, Model 2) with NumPy and OpenCV alone.

>>> import numpy as np
>>> read(np.full((100, 100), 255, np.uint8))
[]
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from math import inf
from typing import NamedTuple

import cv2
import numpy as np

from services.decoding.eci import Undecodable
from services.decoding.pixels import Gray, bounded, resized
from services.decoding.qr import text
from services.decoding.qr.codewords import corrected, formats
from services.decoding.qr.decisions import equalised, plain
from services.decoding.qr.grid import (
    BENT,
    MARGIN,
    WAVY,
    Floats,
    Grid,
    agreement,
    bent,
    glance,
    look,
    projected,
    rough,
    straightened,
    through_alignment,
    versions,
)
from services.decoding.qr.grouping import Group, described, groups
from services.decoding.qr.joined import joined
from services.decoding.qr.locate import Floats as Patterns
from services.decoding.qr.locate import Triple, alike, binarise, finder_patterns, pairs, triples
from services.decoding.qr.qr_code import QrCode
from services.decoding.qr.text import Segment
from services.decoding.qr.versions import Modules, dimension
from services.decoding.symbol import Corners, corners_of, scaled

__all__ = ["QrCode", "Segment", "candidates", "joined", "read"]

_SHORTEST = 21
# A finder pattern's middle, three modules wide, must fit in the block. Small blocks separate small modules better;
# larger modules are found in the halved picture.
_BLOCK, _OFFSET = 25, 3
_SHARP, _SHARP_OFFSET = 0.5, 5  # standard deviation of the smoothing, and offset, where small modules are looked for
_FINEST = 6  # for modules larger than this (pixels) the picture is halved before they are read
_PROMISING = 0.7  # the least share of right known modules to look closer
_WORN = 0.75  # the same to believe a symbol
_MOST_TORN = 4  # triples with one unseen finder pattern that are tried
_MOST_FAILURES = 8  # triples without a symbol before a pass ends
_SAME = 0.5  # modules by which the middles of the same finder patterns may differ
_SURE = 0.9  # the same where the most errors possible were corrected


def read(gray: Gray, *, deadline: float = inf, quick: bool = False) -> list[QrCode]:
    """The QR Codes in a gray picture; empty where there is none or the array is no picture.

    `deadline` is a time.monotonic() second after which nothing more is begun. `quick` is for frames of a video, most of
    which show no code: it makes only the first passes over the picture.
    """
    within = bounded(gray, _SHORTEST)
    if within is None:
        return []
    gray, shrunk = within
    search = _Search(np.ascontiguousarray(gray), deadline)
    passes = _reasonable(_QUICK_PASSES, gray.shape) if quick else _passes(gray.shape)
    for view in passes:
        if not search.found or view.level in _AMONG_OTHERS[view.light]:
            search.easily_at(view)
    for view in passes:
        search.at(view)
    for view in () if quick else passes[:_FOR_TORN]:
        if not search.found:
            search.torn_at(view)
    return [replace(code, corners=scaled(code.corners, 1 / shrunk)) for code in search.found]


def candidates(gray: Gray) -> list[tuple[Corners, float]]:
    """Where QR Codes surely seem to be, read or not: corners, and the pixels of a module; the likeliest first.

    Takes a few milliseconds: the picture is looked at with 1280 pixels along its longest side at most, and nothing is
    read. Three finder patterns and the timing patterns between them must be seen.
    """
    within = bounded(gray, _SHORTEST)
    if within is None:
        return []
    scale = min(1.0, _SEEN / max(gray.shape))
    search = _Search(np.ascontiguousarray(resized(gray, scale)), inf)
    found: list[tuple[Corners, float]] = []
    for view in _reasonable(_QUICK_PASSES, search.shape):
        for group in search.groups(view):
            if not any(_inside(corners, group.triple, view.level) for corners, _ in found):
                corners = _corners(projected(group.triple, group.version, group.tilts), 2.0**view.level)
                found.append((corners, group.triple.module * 2.0**view.level))
    return [(scaled(corners, 1 / scale), module / scale) for corners, module in found]


class _View(NamedTuple):
    """A way to look at the picture: how often it is halved (negative: doubled), and which symbols are looked for.

    `light` is for light symbols on dark ground, `sharp` for modules of two pixels, which are lost where the noise is
    smoothed away.
    """

    level: int
    light: bool = False
    sharp: bool = False


# By the picture's longest side, the likeliest and cheapest first.
_PASSES: tuple[tuple[int, tuple[_View, ...]], ...] = (
    (1000, (_View(0), _View(1, light=True), _View(1), _View(2), _View(0, sharp=True), _View(0, light=True),
            _View(2, light=True), _View(3), _View(3, light=True))),
    (300, (_View(0), _View(0, light=True), _View(1), _View(1, light=True), _View(0, sharp=True), _View(-1),
           _View(-1, light=True), _View(2), _View(2, light=True))),
    (0, (_View(-1), _View(-1, light=True), _View(0), _View(0, light=True), _View(1), _View(1, light=True), _View(-2),
         _View(-2, light=True))),
)  # fmt: skip
# For frames: small modules, and large ones of a code held close.
_QUICK_PASSES = (_View(1), _View(2), _View(0, sharp=True), _View(1, light=True))
# The levels looked at although a symbol was read before, for dark and light ones: light ones beside dark ones are rare.
_AMONG_OTHERS = ((0, 1, 2), (1,))
_SEEN = 1280  # the longest side of the picture in which symbols are looked for that need not be read
_FOR_TORN = 4  # passes repeated for symbols with a torn finder pattern


def _passes(shape: tuple[int, ...]) -> list[_View]:
    """The passes over a picture of this shape."""
    return _reasonable(next(passes for least, passes in _PASSES if max(shape) > least), shape)


def _reasonable(passes: tuple[_View, ...], shape: tuple[int, ...]) -> list[_View]:
    return [view for view in passes if min(shape) >= _SHORTEST << max(view.level, 0)]


class _Search:
    """Reads the symbols of one picture, the easy ones of all passes before the hard ones.

    What has been read explains the finder patterns within it.
    """

    def __init__(self, gray: Gray, deadline: float) -> None:
        self._deadline = deadline
        self.shape = gray.shape
        self._sizes = {(0, False): gray}
        self._seen: dict[_View, Patterns] = {}
        self._grouped: dict[_View, list[Group]] = {}
        self._tried: list[tuple[Patterns, int]] = []
        self.found: list[QrCode] = []

    def _late(self) -> bool:
        return time.monotonic() >= self._deadline

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

    def easily_at(self, view: _View) -> None:
        """Read the symbols that need no more than a flat grid."""
        for group in self.groups(view):
            if not self._explained(group.triple, view.level):
                self._keep(self._read_easily(group, view.level))

    def at(self, view: _View) -> None:
        """Search for symbols with all means. Where some were read, only what surely seems to be one is tried."""
        if self.found and view not in self._grouped:
            return
        likely = [group.triple for group in self.groups(view)]
        self._try(likely, view.level, len(likely))
        if not self.found and not self._late():
            self._try(
                alike(self._smooth(view), triples(self._patterns(view), light=view.light)), view.level, _MOST_FAILURES
            )

    def torn_at(self, view: _View) -> None:
        """Search for symbols with one finder pattern that is not seen."""
        if self._late():
            return
        torn = pairs(self._patterns(view), light=view.light)
        self._try(alike(self._smooth(view), torn, torn=True)[:_MOST_TORN], view.level, _MOST_TORN)

    def groups(self, view: _View) -> list[Group]:
        """The finder patterns that surely seem to belong to one symbol; none where it is late."""
        if view not in self._grouped:
            if self._late():
                return []
            smooth = self._smooth(view)
            patterns = described(smooth, self._patterns(view), light=view.light)
            self._grouped[view] = groups(smooth, patterns, self._late, light=view.light)
        return self._grouped[view]

    def _smooth(self, view: _View) -> Gray:
        ink = self._ink(view.level, light=False)
        return np.asarray(cv2.GaussianBlur(ink, (3, 3), _SHARP) if view.sharp else cv2.blur(ink, (3, 3)), np.uint8)

    def _patterns(self, view: _View) -> Patterns:
        if view not in self._seen:
            masks = binarise(self._smooth(view), _BLOCK, _SHARP_OFFSET if view.sharp else _OFFSET)
            self._seen[view] = finder_patterns(masks[view.light], self._late)
        return self._seen[view]

    def _try(self, likely: list[Triple], level: int, most_failures: int) -> None:
        failures = 0
        for triple in likely:
            if self._late() or failures >= most_failures:
                return
            if not self._explained(triple, level) and not self._failed_before(triple, level):
                code = self._read(triple, level)
                failures += code is None
                self._keep(code)

    def _keep(self, code: QrCode | None) -> None:
        if code is not None:
            self.found.append(code)

    def _failed_before(self, triple: Triple, level: int) -> bool:
        """Whether the same finder patterns were tried at the same size; they are noted if not."""
        fine, at = _fine(triple, level)
        points = np.stack([fine.corner, fine.at_right, fine.below])
        if any(at == other and np.abs(points - tried).max() < _SAME * fine.module for tried, other in self._tried):
            return True
        self._tried.append((points, at))
        return False

    def _explained(self, triple: Triple, level: int) -> bool:
        return any(_inside(code.corners, triple, level) for code in self.found)

    def _read_easily(self, group: Group, level: int) -> QrCode | None:
        if self._late():
            return None
        triple, level = _fine(group.triple, level)
        ink = self._ink(level, light=triple.light)
        grid = projected(triple, group.version, group.tilts)
        code = _message(plain(glance(ink, grid)), grid, 2.0**level)
        if code is None:
            grid = straightened(ink, grid, 3, self._late)
            grid = through_alignment(ink, grid, 3 + dimension(grid.version) / 20)
            code = _message(plain(look(ink, grid).modules), grid, 2.0**level)
        return code

    def _read(self, triple: Triple, level: int) -> QrCode | None:
        triple, level = _fine(triple, level)
        ink = self._ink(level, light=triple.light)
        for version in versions(ink, triple):
            for grid, bright in _attempts(ink, rough(triple, version), self._late):
                code = _message(bright, grid, 2.0**level)
                if code is not None:
                    return code
                if self._late():
                    return None
        return None


def _fine(triple: Triple, level: int) -> tuple[Triple, int]:
    """The triple in the picture halved until its modules are small, and how often that is halved."""
    while triple.module > _FINEST:
        triple, level = _halved(triple), level + 1
    return triple, level


def _halved(triple: Triple) -> Triple:
    corner, at_right, below = ((point - 0.5) / 2 for point in (triple.corner, triple.at_right, triple.below))
    return replace(triple, corner=corner, at_right=at_right, below=below, module=triple.module / 2)


def _inside(corners: Corners, triple: Triple, level: int) -> bool:
    """Whether a finder pattern of the triple, or the middle between two, is inside a symbol."""
    outline = np.array(corners, np.float32)
    points = (triple.corner, triple.at_right, triple.below, (triple.at_right + triple.below) / 2)
    return any(cv2.pointPolygonTest(outline, (point * 2.0**level).tolist(), False) >= 0 for point in points)


def _attempts(ink: Gray, grid: Grid, late: Callable[[], bool]) -> Iterator[tuple[Grid, Floats]]:
    """Yield better and better grids, each with the brightness of the modules that it gives."""
    grid = straightened(ink, grid, 3, late)
    grid = through_alignment(ink, grid, 3 + dimension(grid.version) / 20)
    sight = look(ink, grid)
    yield grid, plain(sight.modules)
    if agreement(sight.modules, grid.version) < _PROMISING:
        return
    grid = bent(ink, grid, terms=BENT, rounds=3, sight=sight, late=late)
    modules = look(ink, grid).modules
    if agreement(modules, grid.version) < _WORN:
        return
    yield grid, plain(modules)
    bright = equalised(modules, grid.version)
    yield grid, bright
    for terms in (BENT, WAVY):
        grid = bent(ink, grid, terms=terms, rounds=2, guess=np.clip(bright, -1, 1), late=late)
        modules = look(ink, grid).modules
        yield grid, plain(modules)
        bright = equalised(modules, grid.version, bright)
        yield grid, bright


def _message(bright: Floats, grid: Grid, enlarged: float) -> QrCode | None:
    """The message of the modules, as printed or mirrored, if Reed-Solomon, the modes and the patterns agree."""
    dark = bright < 0
    likeness = agreement(np.pad(bright, MARGIN), grid.version)
    if likeness < _WORN:
        return None
    for mirrored in (False, True):
        code = _decoded(dark.T if mirrored else dark, grid, likeness, enlarged)
        if code is not None:
            return code
    return None


def _decoded(dark: Modules, grid: Grid, likeness: float, enlarged: float) -> QrCode | None:
    for form in formats(dark, grid.version):
        done = corrected(dark, grid.version, form)
        if done is None:
            continue
        codewords, errors, brimful = done
        try:
            message = text.decode(codewords, grid.version)
            said = text.to_text(message.segments, whole=message.part is None)
        except Undecodable:
            continue
        if not message.raw or (brimful and (likeness < _SURE or not message.padded)):
            continue
        corners, segments = _corners(grid, enlarged), tuple(message.segments)
        return QrCode(said, message.raw, corners, message.gs1, errors, message.part, segments)
    return None


def _corners(grid: Grid, enlarged: float) -> Corners:
    side = dimension(grid.version)
    corners = np.array([[0, 0], [side, 0], [side, side], [0, side]], np.float64)
    return corners_of((grid.pixels(corners) + 0.5) * enlarged - 0.5)
