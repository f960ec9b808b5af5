"""The cascade: which engine looks at which version of the picture, cheapest first.

A profile is a list of steps and nothing else, so that phone and desktop differ in data only.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import partial

import cv2
import numpy as np

from services.decoding import bars, engines, pace, two_widths
from services.decoding.cut_short import is_cut_short
from services.decoding.engines import Engine, EngineRead
from services.decoding.locate import Region
from services.decoding.picture import Picture
from services.decoding.pixels import SATURATED, resized
from services.decoding.read_line import read_line
from services.decoding.symbol import CodeKind, Read, Symbology, scaled

log = logging.getLogger(__name__)

Looking = Callable[[Picture, Engine, float], Iterable[EngineRead]]
"""Has an engine read a version of the picture until a deadline; corners are in pixels of the original picture."""

_FRAME = 1280
"""Longest side of the picture for quick steps."""
_HIGHLIGHTS = (0.0005, 0.3)
"""The shares of a picture that highlights take if paper is no highlight."""
_NEAR = 25
"""Pixels across the surroundings of a place, wider than any bar or dark spot of a code that small."""
_MOMENT = 0.04
"""Seconds for a slow step where nothing is seen that it could read: enough for its first and likeliest look."""


@dataclass(frozen=True)
class Step:
    """One engine on one version of the picture.

    The step is only begun with `least` seconds left. An `always` step is run even where other codes have been read and
    nothing unread is seen, in every frame of a video too. A `picture` step is so in pictures alone, and one for
    `several` only in those in which more than one code has been read. A `stoppable` step looks at the clock itself;
    another is not begun either where it would take too long. A step that `seeks` kinds of code gets only `in_vain`
    seconds where none of them is seen.
    """

    name: str
    engine: str
    look: Looking
    least: float = 0.0
    always: bool = False
    picture: bool = False
    several: bool = False
    stoppable: bool = False
    seeks: tuple[CodeKind, ...] = ()
    in_vain: float = _MOMENT


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
    saturated = float((picture.gray[::4, ::4] >= SATURATED).mean())
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


def _bars(picture: Picture, engine: Engine, deadline: float) -> Iterator[EngineRead]:
    """Read scan lines of striped regions."""
    return _along(picture, picture.coarse, engine, deadline)


def _bars_fine(picture: Picture, engine: Engine, deadline: float) -> Iterator[EngineRead]:
    return _along(picture, picture.fine, engine, deadline)


def _bars_light(picture: Picture, engine: Engine, deadline: float) -> Iterator[EngineRead]:
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
) -> Iterator[EngineRead]:
    for region in where:
        if time.monotonic() >= deadline:
            return
        cut = picture.scan_lines(region)
        for number, line in enumerate(cut.lines, 1):
            for read in read_line(engine, 1 - line if inverted else line):
                corners = cut.corners(read.start, read.end)
                yield EngineRead(read.text, read.raw, read.symbology, corners, read.gs1, f"band {number}")


def _is_cut_short(picture: Picture, read: EngineRead) -> bool:
    """Whether an ITF may go on beyond what was read. Engines that look at the whole draw too wide a box to tell."""
    if read.symbology is Symbology.ITF_14 and read.region == "whole":
        return False
    if read.symbology not in (Symbology.ITF, Symbology.ITF_14):
        return False
    return is_cut_short(picture.whole, read.corners, two_widths.modules(read.text, read.symbology))


def looks_along_bars(step: Step) -> bool:
    """Whether a step reads scan lines of striped regions, and so bars alone."""
    return step.look is _bars


_BARS_SEEN = (CodeKind.BARCODE,)
_MATRIX_SEEN = (CodeKind.DATA_MATRIX, CodeKind.QR_CODE, CodeKind.OTHER_MATRIX)
_ANY_SEEN = tuple(CodeKind)

QUICK_DATA_MATRIX = Step(
    "data matrix quick", "data-matrix", _first_look, always=True, stoppable=True, seeks=_MATRIX_SEEN
)
"""Also for the desktop's videos while others are read, of which zxing-cpp finds few small Data Matrix symbols."""

DESKTOP: tuple[Step, ...] = (
    Step("bars: zxing", "zxing-cpp", _bars, always=True, stoppable=True),
    Step("bars: widths", "widths", _bars, always=True, stoppable=True),
    Step("matrix: zxing", "zxing-cpp", _first_look, always=True),
    Step("qr quick", "qr", _first_look, always=True, stoppable=True),
    Step("zxing", "zxing-cpp", _whole, picture=True),
    Step("zbar", "pyzbar", _whole, least=0.05),
    Step("opencv barcode", "opencv-barcode", _whole, least=0.05),
    Step("fine bars: zxing", "zxing-cpp", _bars_fine, least=0.05, stoppable=True),
    Step("fine bars: widths", "widths", _bars_fine, least=0.05, stoppable=True),
    Step("light bars: widths", "widths", _bars_light, least=0.05, stoppable=True),
    Step("qr", "qr", _whole, least=0.05, stoppable=True),
    Step("zxing glare", "zxing-cpp", _without_glare, least=0.05),
    Step("qr glare", "qr", _without_glare, least=0.05, stoppable=True),
    Step("other codes: zxing", "zxing-cpp", _other, least=0.05),
    Step("zxing contrast", "zxing-cpp", _contrast, least=0.05),
    Step("match detected", "matcher", _within_detected, least=0.05, stoppable=True, seeks=_BARS_SEEN),
    Step("zbar contrast", "pyzbar", _contrast, least=0.05),
    Step("match bars", "matcher", _within_bars, least=0.05, stoppable=True, seeks=_BARS_SEEN),
    Step("zxing double", "zxing-cpp", _double, least=0.05, seeks=_ANY_SEEN, in_vain=0),
    Step("data matrix", "data-matrix", _whole, least=0.05, stoppable=True, seeks=_MATRIX_SEEN),
    Step("match fine bars", "matcher", _within_fine_bars, least=0.05, stoppable=True, seeks=_BARS_SEEN),
)
PHONE: tuple[Step, ...] = (
    Step("bars: widths", "widths", _bars, always=True, stoppable=True),
    Step("qr quick", "qr", _first_look, always=True, stoppable=True),
    QUICK_DATA_MATRIX,
    Step("zbar", "pyzbar", _whole, picture=True, several=True),
    Step("opencv barcode", "opencv-barcode", _whole, least=0.05),
    Step("fine bars: widths", "widths", _bars_fine, least=0.05, stoppable=True),
    Step("light bars: widths", "widths", _bars_light, least=0.05, stoppable=True),
    Step("qr", "qr", _whole, least=0.05, stoppable=True),
    Step("qr glare", "qr", _without_glare, least=0.05, stoppable=True),
    Step("data matrix", "data-matrix", _whole, least=0.05, stoppable=True, seeks=_MATRIX_SEEN, in_vain=0),
    Step("match detected", "matcher", _within_detected, least=0.05, stoppable=True, seeks=_BARS_SEEN),
    Step("zbar contrast", "pyzbar", _contrast, least=0.05),
    Step("match bars", "matcher", _within_bars, least=0.05, stoppable=True, seeks=_BARS_SEEN),
    Step("zbar double", "pyzbar", _double, least=0.05, seeks=_ANY_SEEN, in_vain=0),
    Step("match fine bars", "matcher", _within_fine_bars, least=0.05, stoppable=True, seeks=_BARS_SEEN),
)


def run(
    picture: Picture,
    profile: Iterable[Step],
    deadline: float,
    enough: Callable[[], bool],
    *,
    share: float = 1.0,
    seen: Callable[[], set[CodeKind]] | None = None,
    several: Callable[[], bool] = lambda: True,
) -> Iterator[list[Read]]:
    """Yield the reads of each step until there is `enough`, or the steps or the time (`time.monotonic()`) end.

    Of a step that is late, what it has read by then. A stoppable step gets a `share` of the whole time at most. `seen`
    tells which kinds of code are in view and not read, and `several` whether more than one has been read.
    """
    most = share * (deadline - time.monotonic())
    pixels = picture.gray.size
    for step in profile:
        if not step.always and enough() and not (step.picture and (several() or not step.several)):
            continue
        left = deadline - time.monotonic()
        engine = engines.find(step.engine)
        need = max(step.least, 0 if step.stoppable else pace.expected(step.name, pixels))
        if isinstance(engine, engines.Missing) or left <= need:
            continue
        found: list[EngineRead] = []
        in_vain = seen is not None and step.seeks and not step.always and not seen().intersection(step.seeks)
        if in_vain and not step.in_vain:
            continue
        longest = min(most, step.in_vain) if in_vain else most
        until = min(deadline, time.monotonic() + longest) if step.stoppable else deadline
        try:
            pace.within(deadline, step.name, pixels, partial(_gather, found, step, picture, engine, until))
        except pace.Late:
            pass
        except Exception:  # hostile pixels may break an engine in any way; the others still run
            log.exception("the step %s failed", step.name)
        if reads := tuple(found):
            yield [
                Read(r.text, r.raw, r.symbology, r.corners, engine.family, step.name, r.region, r.gs1, r.part)
                for r in reads
            ]


def _gather(found: list[EngineRead], step: Step, picture: Picture, engine: Engine, deadline: float) -> None:
    """Add to `found` what a step reads, as it comes."""
    for read in step.look(picture, engine, deadline):
        if not _is_cut_short(picture, read):
            found.append(read)  # noqa: PERF401 - seen one by one by whoever stops waiting
