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

import cv2
import numpy as np

from services.decoding.charset import Segment, to_text
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
    look,
    rough,
    straightened,
    through_alignment,
    versions,
)
from services.decoding.qr.joined import joined
from services.decoding.qr.locate import Floats as Patterns
from services.decoding.qr.locate import Triple, alike, binarise, finder_patterns, pairs, triples
from services.decoding.qr.qr_code import QrCode
from services.decoding.qr.versions import Modules, dimension
from services.decoding.symbol import Corners, corners_of, scaled

__all__ = ["QrCode", "Segment", "joined", "read"]

_SHORTEST = 21
# A finder pattern's middle, three modules wide, must fit in the block. Small blocks separate small modules better;
# larger modules are found in the halved picture.
_BLOCK, _OFFSET = 25, 3
_FINEST = 6  # for modules larger than this (pixels) the picture is halved before they are read
_PROMISING = 0.7  # the least share of right known modules to look closer
_WORN = 0.75  # the same to believe a symbol
_MOST_TORN = 4  # triples with one unseen finder pattern that are tried
_MOST_FAILURES = 8  # triples without a symbol before a pass ends
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
    passes = _passes(gray.shape)
    for level, light in _reasonable(_QUICK_PASSES, gray.shape) if quick else passes:
        if not search.late() and not search.found:
            search.at(level, light=light)
    for level, light in () if quick else passes[:_FOR_TORN]:
        if not search.late() and not search.found:
            search.torn_at(level, light=light)
    return [replace(code, corners=scaled(code.corners, 1 / shrunk)) for code in search.found]


# By the picture's longest side: how often it is halved (negative: doubled), and whether light symbols on dark ground
# are looked for; the likeliest and cheapest first.
_PASSES: tuple[tuple[int, tuple[tuple[int, bool], ...]], ...] = (
    (1000, ((0, False), (1, True), (1, False), (2, False), (0, True), (2, True), (3, False), (3, True))),
    (300, ((0, False), (0, True), (1, False), (1, True), (-1, False), (-1, True), (2, False), (2, True))),
    (0, ((-1, False), (-1, True), (0, False), (0, True), (1, False), (1, True), (-2, False), (-2, True))),
)
# For frames: small modules, and large ones of a code held close.
_QUICK_PASSES = ((1, False), (2, False), (0, False), (1, True))
_FOR_TORN = 4  # passes repeated for symbols with a torn finder pattern


def _passes(shape: tuple[int, ...]) -> list[tuple[int, bool]]:
    """The passes over a picture of this shape."""
    return _reasonable(next(passes for least, passes in _PASSES if max(shape) > least), shape)


def _reasonable(passes: tuple[tuple[int, bool], ...], shape: tuple[int, ...]) -> list[tuple[int, bool]]:
    return [(level, light) for level, light in passes if min(shape) >= _SHORTEST << max(level, 0)]


class _Search:
    def __init__(self, gray: Gray, deadline: float) -> None:
        self._deadline = deadline
        self._sizes = {(0, False): gray}
        self._seen: dict[tuple[int, bool], Patterns] = {}
        self.found: list[QrCode] = []

    def late(self) -> bool:
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

    def at(self, level: int, *, light: bool) -> None:
        """Search for symbols in the picture halved `level` times."""
        self._try(alike(self._smooth(level), triples(self._patterns(level, light=light), light=light)), level)

    def torn_at(self, level: int, *, light: bool) -> None:
        """Search for symbols with one finder pattern that is not seen."""
        torn = pairs(self._patterns(level, light=light), light=light)
        self._try(alike(self._smooth(level), torn, torn=True)[:_MOST_TORN], level)

    def _smooth(self, level: int) -> Gray:
        return np.asarray(cv2.blur(self._ink(level, light=False), (3, 3)), np.uint8)

    def _patterns(self, level: int, *, light: bool) -> Patterns:
        key = (level, light)
        if key not in self._seen:
            smooth = self._smooth(level)
            masks = binarise(smooth, _BLOCK, _OFFSET)
            self._seen[key] = finder_patterns(masks[light], self.late)
        return self._seen[key]

    def _try(self, candidates: list[Triple], level: int) -> None:
        failures = 0
        for triple in candidates:
            if self.late() or failures >= _MOST_FAILURES:
                return
            if any(_inside(code, triple, level) for code in self.found):
                continue
            code = self._read(triple, level)
            if code is None:
                failures += 1
            else:
                self.found.append(code)

    def _read(self, triple: Triple, level: int) -> QrCode | None:
        while triple.module > _FINEST:
            triple, level = _halved(triple), level + 1
        ink = self._ink(level, light=triple.light)
        for version in versions(ink, triple):
            for grid, bright in _attempts(ink, rough(triple, version), self.late):
                code = _message(bright, grid, 2.0**level)
                if code is not None:
                    return code
                if self.late():
                    return None
        return None


def _halved(triple: Triple) -> Triple:
    corner, at_right, below = ((point - 0.5) / 2 for point in (triple.corner, triple.at_right, triple.below))
    return replace(triple, corner=corner, at_right=at_right, below=below, module=triple.module / 2)


def _inside(code: QrCode, triple: Triple, level: int) -> bool:
    middle = (triple.at_right + triple.below) / 2 * 2.0**level
    return cv2.pointPolygonTest(np.array(code.corners, np.float32), middle.tolist(), False) >= 0


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
            said = to_text(message.segments, whole=message.part is None)
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
