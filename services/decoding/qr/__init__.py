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
    passes = _reasonable(_QUICK_PASSES, gray.shape) if quick else _passes(gray.shape)
    for level, light in passes:
        if not search.found or _among_others(level, light=light):
            search.easily_at(level, light=light)
    for level, light in passes:
        search.at(level, light=light)
    for level, light in () if quick else passes[:_FOR_TORN]:
        if not search.found:
            search.torn_at(level, light=light)
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
    for level, light in _reasonable(_SEEN_PASSES, gray.shape):
        for group in search.groups(level, light=light):
            if not any(_inside(corners, group.triple, level) for corners, _ in found):
                corners = _corners(projected(group.triple, group.version, group.tilts), 2.0**level)
                found.append((corners, group.triple.module * 2.0**level))
    return [(scaled(corners, 1 / scale), module / scale) for corners, module in found]


# By the picture's longest side: how often it is halved (negative: doubled), and whether light symbols on dark ground
# are looked for; the likeliest and cheapest first.
_PASSES: tuple[tuple[int, tuple[tuple[int, bool], ...]], ...] = (
    (1000, ((0, False), (1, True), (1, False), (2, False), (0, True), (2, True), (3, False), (3, True))),
    (300, ((0, False), (0, True), (1, False), (1, True), (-1, False), (-1, True), (2, False), (2, True))),
    (0, ((-1, False), (-1, True), (0, False), (0, True), (1, False), (1, True), (-2, False), (-2, True))),
)
# For frames: small modules, and large ones of a code held close.
_QUICK_PASSES = ((1, False), (2, False), (0, False), (1, True))
_SEEN, _SEEN_PASSES = 1280, ((1, False), (0, False), (2, False), (1, True))
_FOR_TORN = 4  # passes repeated for symbols with a torn finder pattern


def _passes(shape: tuple[int, ...]) -> list[tuple[int, bool]]:
    """The passes over a picture of this shape."""
    return _reasonable(next(passes for least, passes in _PASSES if max(shape) > least), shape)


def _reasonable(passes: tuple[tuple[int, bool], ...], shape: tuple[int, ...]) -> list[tuple[int, bool]]:
    return [(level, light) for level, light in passes if min(shape) >= _SHORTEST << max(level, 0)]


def _among_others(level: int, *, light: bool) -> bool:
    """Whether a pass is made although a symbol was read before: light symbols beside dark ones are rare."""
    return level == 1 if light else 0 <= level <= 2


class _Search:
    """Reads the symbols of one picture, the easy ones of all passes before the hard ones.

    What has been read explains the finder patterns within it.
    """

    def __init__(self, gray: Gray, deadline: float) -> None:
        self._deadline = deadline
        self._sizes = {(0, False): gray}
        self._seen: dict[tuple[int, bool], Patterns] = {}
        self._grouped: dict[tuple[int, bool], list[Group]] = {}
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

    def easily_at(self, level: int, *, light: bool) -> None:
        """Read the symbols that need no more than a flat grid, in the picture halved `level` times."""
        for group in self.groups(level, light=light):
            if not self._explained(group.triple, level):
                self._keep(self._read_easily(group, level))

    def at(self, level: int, *, light: bool) -> None:
        """Search for symbols with all means. Where some were read, only what surely seems to be one is tried."""
        key = (level, light)
        if self.found and key not in self._grouped:
            return
        likely = [group.triple for group in self.groups(level, light=light)]
        self._try(likely, level, len(likely))
        if not self.found and not self._late():
            patterns = self._patterns(level, light=light)
            self._try(alike(self._smooth(level), triples(patterns, light=light)), level, _MOST_FAILURES)

    def torn_at(self, level: int, *, light: bool) -> None:
        """Search for symbols with one finder pattern that is not seen."""
        if self._late():
            return
        torn = pairs(self._patterns(level, light=light), light=light)
        self._try(alike(self._smooth(level), torn, torn=True)[:_MOST_TORN], level, _MOST_TORN)

    def groups(self, level: int, *, light: bool) -> list[Group]:
        """The finder patterns that surely seem to belong to one symbol; none where it is late."""
        key = (level, light)
        if key not in self._grouped:
            if self._late():
                return []
            patterns = described(self._smooth(level), self._patterns(level, light=light), light=light)
            self._grouped[key] = groups(self._smooth(level), patterns, self._late, light=light)
        return self._grouped[key]

    def _smooth(self, level: int) -> Gray:
        return np.asarray(cv2.blur(self._ink(level, light=False), (3, 3)), np.uint8)

    def _patterns(self, level: int, *, light: bool) -> Patterns:
        key = (level, light)
        if key not in self._seen:
            smooth = self._smooth(level)
            masks = binarise(smooth, _BLOCK, _OFFSET)
            self._seen[key] = finder_patterns(masks[light], self._late)
        return self._seen[key]

    def _try(self, likely: list[Triple], level: int, most_failures: int) -> None:
        failures = 0
        for triple in likely:
            if self._late() or failures >= most_failures:
                return
            if not self._explained(triple, level):
                code = self._read(triple, level)
                failures += code is None
                self._keep(code)

    def _keep(self, code: QrCode | None) -> None:
        if code is not None:
            self.found.append(code)

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
