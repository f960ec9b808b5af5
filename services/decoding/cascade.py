"""The cascade: which engine looks at which version of the picture, cheapest first.

A profile is a list of steps and nothing else, so that phone and desktop differ in data only.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property, partial
from typing import TypeVar, cast

import cv2
import numpy as np

from services.decoding import bars, engines, pace, redraw, two_widths
from services.decoding.cut_short import is_cut_short
from services.decoding.engines import Engine, EngineRead
from services.decoding.locate import Region, regions
from services.decoding.pixels import Gray, resized
from services.decoding.scan_lines import Line, ScanLines, is_quiet_around, scan_lines
from services.decoding.symbol import LineRead, Read, Symbology, scaled
from services.decoding.widths import QUIET_OF_SHORT

T = TypeVar("T")

log = logging.getLogger(__name__)

Looking = Callable[["Picture", Engine, float], list[EngineRead]]
"""Has an engine read a version of the picture until a deadline; corners are in pixels of the original picture."""

_COARSE, _FINE = 640, 1280
"""Longest sides of the pictures in which bars are looked for: even bars narrower than a pixel still look striped."""
_FRAME = 1280
"""Longest side of the picture for quick steps."""
_HIGHLIGHT, _HIGHLIGHTS = 250, (0.0005, 0.3)
"""The least brightness of a highlight, and the shares of a picture that highlights take if paper is no highlight."""
_NEAR = 25
"""Pixels across the surroundings of a place, wider than any bar or dark spot of a code that small."""


class Picture:
    """A gray picture, and what several steps need of it, computed once."""

    def __init__(self, gray: Gray) -> None:
        self.gray = gray
        self._scan_lines: dict[Region, ScanLines] = {}
        self._found: dict[Callable[[Picture], object], object] = {}

    @cached_property
    def coarse(self) -> list[Region]:
        """Striped regions, found quickly."""
        return regions(self.gray, _COARSE)

    @cached_property
    def fine(self) -> list[Region]:
        """Striped regions, including those too small or too faint for the quick look."""
        return regions(self.gray, _FINE, most=10)

    def once(self, find: Callable[[Picture], T]) -> T:
        """What is found in this picture, looked for when it is first asked for."""
        if find not in self._found:
            self._found[find] = find(self)
        return cast("T", self._found[find])

    def scan_lines(self, region: Region) -> ScanLines:
        """The scan lines of a region."""
        if region not in self._scan_lines:
            self._scan_lines[region] = scan_lines(self.gray, region)
        return self._scan_lines[region]


@dataclass(frozen=True)
class Step:
    """One engine on one version of the picture.

    The step is only begun with `least` seconds left. An `always` step is run even where another code has been read
    before: a pack often bears two.
    """

    name: str
    engine: str
    look: Looking
    least: float = 0.0
    always: bool = False


def _whole(picture: Picture, engine: Engine, deadline: float) -> list[EngineRead]:
    return engine.read(picture.gray, deadline)


def _first_look(picture: Picture, engine: Engine, deadline: float) -> list[EngineRead]:
    """A first look: at most the size of a camera's frame, without the engine's own further attempts."""
    scale = min(1.0, _FRAME / max(picture.gray.shape))
    return _placed(engine.quick(resized(picture.gray, scale), deadline), scale)


def _other(picture: Picture, engine: Engine, deadline: float) -> list[EngineRead]:
    return engine.other(picture.gray, deadline)


def _contrast(picture: Picture, engine: Engine, deadline: float) -> list[EngineRead]:
    """Local contrast: CLAHE on 8 x 8 tiles."""
    view = cv2.createCLAHE(clipLimit=3.0, tileGridSize=(8, 8)).apply(picture.gray)
    return engine.read(np.asarray(view, np.uint8), deadline)


def _without_glare(picture: Picture, engine: Engine, deadline: float) -> list[EngineRead]:
    """How much darker each place is than the lightest near it: light that glare adds is taken away.

    Only where the picture has highlights.
    """
    saturated = float((picture.gray[::4, ::4] >= _HIGHLIGHT).mean())
    if not _HIGHLIGHTS[0] < saturated < _HIGHLIGHTS[1]:
        return []
    darker = cv2.morphologyEx(picture.gray, cv2.MORPH_BLACKHAT, np.ones((_NEAR, _NEAR), np.uint8))
    return engine.read(np.asarray(255 - darker, np.uint8), deadline)


def _double(picture: Picture, engine: Engine, deadline: float) -> list[EngineRead]:
    """Twice the size, for modules under two pixels; only where the result is not too large."""
    if max(picture.gray.shape) > 1200:
        return []
    return _placed(engine.read(resized(picture.gray, 2.0), deadline), 2.0)


def _placed(reads: list[EngineRead], scale: float) -> list[EngineRead]:
    return [replace(read, corners=scaled(read.corners, 1 / scale)) for read in reads]


def _bars(picture: Picture, engine: Engine, deadline: float) -> list[EngineRead]:
    """Read scan lines of striped regions."""
    return _along(picture, picture.coarse, engine, deadline)


def _bars_fine(picture: Picture, engine: Engine, deadline: float) -> list[EngineRead]:
    return _along(picture, picture.fine, engine, deadline)


def _bars_light(picture: Picture, engine: Engine, deadline: float) -> list[EngineRead]:
    """Read scan lines of light bars on dark ground."""
    return _along(picture, picture.coarse, engine, deadline, inverted=True)


def _within_bars(picture: Picture, engine: Engine, deadline: float) -> list[EngineRead]:
    """Read striped regions, straightened."""
    return engine.within(picture.gray, [region.quad for region in picture.coarse], deadline)


def _within_fine_bars(picture: Picture, engine: Engine, deadline: float) -> list[EngineRead]:
    return engine.within(picture.gray, [region.quad for region in picture.fine], deadline)


def _within_detected(picture: Picture, engine: Engine, deadline: float) -> list[EngineRead]:
    """Read what OpenCV's detector takes for bars: it uses gradients too, but joins what lies apart."""
    return engine.within(picture.gray, bars.find_bars(picture.gray), deadline)


def _along(
    picture: Picture, where: Iterable[Region], engine: Engine, deadline: float, *, inverted: bool = False
) -> list[EngineRead]:
    found: list[EngineRead] = []
    for region in where:
        if time.monotonic() >= deadline:
            break
        cut = picture.scan_lines(region)
        for number, line in enumerate(cut.lines, 1):
            for read in read_line(engine, 1 - line if inverted else line):
                corners = cut.corners(read.start, read.end)
                one = EngineRead(read.text, read.raw, read.symbology, corners, read.gs1, f"band {number}")
                found.append(one)
    return found


SHORT = {Symbology.EAN_8: 67, Symbology.UPC_E: 51, Symbology.ITF_14: 120}
"""Symbols that engines find inside longer ones, and about how many modules they have."""
_PROVEN = (Symbology.CODE_93, Symbology.DATABAR, Symbology.DATABAR_LIMITED, Symbology.DATABAR_EXPANDED)
"""Symbols whose checksum is proof enough of what a line says: they are not drawn anew."""


def read_line(engine: Engine, line: Line) -> list[LineRead]:
    """What an engine reads on a scan line, if the line confirms it.

    The symbol is drawn anew from the read and compared with the line. What engines find inside longer symbols must also
    have QUIET_OF_SHORT quiet modules on either side.
    """
    return [read for read in engine.line(line) if _stands_alone(line, read) and _is_like(line, read)]


def _stands_alone(line: Line, read: LineRead) -> bool:
    modules = _modules(read)
    if not modules:
        return True
    quiet = QUIET_OF_SHORT * abs(read.end - read.start) / modules
    return is_quiet_around(line, read.start, read.end, quiet)


def _modules(read: LineRead) -> float:
    """About how many modules wide a symbol is that could be seen in a longer one; 0 for others."""
    if read.symbology is Symbology.CODE_93:
        return 9 * len(read.text) + 37
    return SHORT.get(read.symbology) or two_widths.modules(read.text, read.symbology)


def _is_like(line: Line, read: LineRead) -> bool:
    if read.symbology in _PROVEN:
        return True
    if read.runs:
        return redraw.drawn_likeness(line, read.start, read.end, read.runs) >= redraw.ALIKE
    return redraw.likeness(line, read.start, read.end, read.text, read.symbology) >= redraw.ALIKE


def _is_cut_short(picture: Picture, read: EngineRead) -> bool:
    """Whether an ITF may go on beyond what was read. Engines that look at the whole draw too wide a box to tell."""
    if read.symbology is Symbology.ITF_14 and read.region == "whole":
        return False
    if read.symbology not in (Symbology.ITF, Symbology.ITF_14):
        return False
    return is_cut_short(picture.gray, read.corners, two_widths.modules(read.text, read.symbology))


DESKTOP: tuple[Step, ...] = (
    Step("bars: zxing", "zxing-cpp", _bars, always=True),
    Step("bars: widths", "widths", _bars, always=True),
    Step("matrix: zxing", "zxing-cpp", _first_look, always=True),
    Step("qr quick", "qr", _first_look, always=True),
    Step("zxing", "zxing-cpp", _whole, least=0.05),
    Step("zbar", "pyzbar", _whole, least=0.05),
    Step("opencv barcode", "opencv-barcode", _whole, least=0.05),
    Step("fine bars: zxing", "zxing-cpp", _bars_fine, least=0.05),
    Step("fine bars: widths", "widths", _bars_fine, least=0.05),
    Step("qr", "qr", _whole, least=0.05),
    Step("zxing glare", "zxing-cpp", _without_glare, least=0.05),
    Step("qr glare", "qr", _without_glare, least=0.05),
    Step("other codes: zxing", "zxing-cpp", _other, least=0.05),
    Step("zxing contrast", "zxing-cpp", _contrast, least=0.05),
    Step("match detected", "matcher", _within_detected, least=0.05),
    Step("zbar contrast", "pyzbar", _contrast, least=0.05),
    Step("match bars", "matcher", _within_bars, least=0.05),
    Step("zxing double", "zxing-cpp", _double, least=0.05),
    Step("data matrix", "data-matrix", _whole, least=0.05),
    Step("match fine bars", "matcher", _within_fine_bars, least=0.05),
)
PHONE: tuple[Step, ...] = (
    Step("bars: widths", "widths", _bars, always=True),
    Step("qr quick", "qr", _first_look, always=True),
    Step("data matrix quick", "data-matrix", _first_look, always=True),
    Step("zbar", "pyzbar", _whole, least=0.05),
    Step("opencv barcode", "opencv-barcode", _whole, least=0.05),
    Step("fine bars: widths", "widths", _bars_fine, least=0.05),
    Step("light bars: widths", "widths", _bars_light, least=0.05),
    Step("qr", "qr", _whole, least=0.05),
    Step("qr glare", "qr", _without_glare, least=0.05),
    Step("data matrix", "data-matrix", _whole, least=0.05),
    Step("match detected", "matcher", _within_detected, least=0.05),
    Step("zbar contrast", "pyzbar", _contrast, least=0.05),
    Step("match bars", "matcher", _within_bars, least=0.05),
    Step("zbar double", "pyzbar", _double, least=0.05),
    Step("match fine bars", "matcher", _within_fine_bars, least=0.05),
)


def run(picture: Picture, profile: Iterable[Step], deadline: float, enough: Callable[[], bool]) -> Iterator[list[Read]]:
    """Yield the reads of each step until there is `enough`, or the steps or the time (`time.monotonic()`) end."""
    pixels = picture.gray.size
    for step in profile:
        if enough() and not step.always:
            continue
        left = deadline - time.monotonic()
        engine = engines.find(step.engine)
        if isinstance(engine, engines.Missing) or left <= max(step.least, pace.expected(step.name, pixels)):
            continue
        try:
            reads = pace.within(deadline, step.name, pixels, partial(step.look, picture, engine, deadline))
            reads = [read for read in reads if not _is_cut_short(picture, read)]
        except pace.Late:
            return
        except Exception:  # hostile pixels may break an engine in any way; the others still run
            log.exception("the step %s failed", step.name)
            continue
        yield [
            Read(r.text, r.raw, r.symbology, r.corners, engine.family, step.name, r.region, r.gs1, r.part)
            for r in reads
        ]
