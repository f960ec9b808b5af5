"""The cascade: which engine looks at which version of the picture, cheapest first.

A profile is a list of steps, nothing else, so that the phone and the desktop differ by data only.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property, partial
from itertools import pairwise

import cv2
import numpy as np
import numpy.typing as npt

from services.decoding import engines, pace, redraw
from services.decoding.engines import Engine, EngineRead, Gray, LineRead
from services.decoding.locate import Place, places
from services.decoding.strips import Line, Strip, clear, is_quiet_around, strip
from services.decoding.symbol import Corners, Read, Symbology, Unread, bounds, overlap, scaled

Looking = Callable[["Picture", Engine, float], list[EngineRead]]
"""Have an engine look at a version of the picture until a deadline; places are pixels of the picture."""

_COARSE, _FINE = 640, 1280
"""Longest sides at which bars are looked for: bars side by side are striped also where each is under a pixel."""
_FRAME = 1280
"""Longest side of the version that quick steps look at."""


class Picture:
    """A gray picture, and what several steps need of it, worked out once."""

    def __init__(self, gray: Gray) -> None:
        self.gray = gray
        self._strips: dict[int, Strip] = {}

    @cached_property
    def coarse(self) -> list[Place]:
        """Striped places, found quickly."""
        return places(self.gray, _COARSE)

    @cached_property
    def fine(self) -> list[Place]:
        """Striped places of which some are too small or too faint for the quick look."""
        return places(self.gray, _FINE, most=10)

    def strip(self, place: Place) -> Strip:
        """The scan lines of a place."""
        if id(place) not in self._strips:
            self._strips[id(place)] = strip(self.gray, place)
        return self._strips[id(place)]


@dataclass(frozen=True)
class Step:
    """One engine on one version of the picture.

    `least` is the time in seconds without which the step is not begun. An `always` step is taken also where another
    code has been read before: a pack often bears two.
    """

    name: str
    engine: str
    look: Looking
    least: float = 0.0
    always: bool = False


def _whole(picture: Picture, engine: Engine, deadline: float) -> list[EngineRead]:
    return engine.read(picture.gray, deadline)


def _first_look(picture: Picture, engine: Engine, deadline: float) -> list[EngineRead]:
    """No larger than a camera's frame, and without the engine's own further looks."""
    scale = min(1.0, _FRAME / max(picture.gray.shape))
    return _placed(engine.quick(_resized(picture.gray, scale), deadline), scale)


def _contrast(picture: Picture, engine: Engine, deadline: float) -> list[EngineRead]:
    """Local contrast: CLAHE on 8 x 8 tiles."""
    view = cv2.createCLAHE(clipLimit=3.0, tileGridSize=(8, 8)).apply(picture.gray)
    return engine.read(np.asarray(view, np.uint8), deadline)


def _double(picture: Picture, engine: Engine, deadline: float) -> list[EngineRead]:
    """Twice the size, for modules under two pixels; only where that stays small."""
    if max(picture.gray.shape) > 1200:
        return []
    return _placed(engine.read(_resized(picture.gray, 2.0), deadline), 2.0)


def _resized(gray: Gray, scale: float) -> Gray:
    if scale == 1:
        return gray
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(gray, None, fx=scale, fy=scale, interpolation=how), np.uint8)


def _placed(reads: list[EngineRead], scale: float) -> list[EngineRead]:
    return [replace(read, corners=scaled(read.corners, 1 / scale)) for read in reads]


def _bars(picture: Picture, engine: Engine, deadline: float) -> list[EngineRead]:
    """Scan lines of striped places."""
    return _along(picture, picture.coarse, engine, deadline)


def _bars_fine(picture: Picture, engine: Engine, deadline: float) -> list[EngineRead]:
    return _along(picture, picture.fine, engine, deadline)


def _bars_light(picture: Picture, engine: Engine, deadline: float) -> list[EngineRead]:
    """Light bars on dark ground."""
    return _along(picture, picture.coarse, engine, deadline, inverted=True)


def _within_bars(picture: Picture, engine: Engine, deadline: float) -> list[EngineRead]:
    """Striped places, straightened."""
    return engine.within(picture.gray, [place.quad for place in picture.coarse], deadline)


def _within_fine_bars(picture: Picture, engine: Engine, deadline: float) -> list[EngineRead]:
    return engine.within(picture.gray, [place.quad for place in picture.fine], deadline)


def _within_detected(picture: Picture, engine: Engine, deadline: float) -> list[EngineRead]:
    """Places that OpenCV's detector takes for bars: it goes by gradients too, but joins what lies apart."""
    return engine.within(picture.gray, engines.find_bars(picture.gray), deadline)


def _along(
    picture: Picture, where: Iterable[Place], engine: Engine, deadline: float, *, inverted: bool = False
) -> list[EngineRead]:
    found: list[EngineRead] = []
    for place in where:
        if time.monotonic() >= deadline:
            break
        cut = picture.strip(place)
        for number, line in enumerate(cut.lines, 1):
            for read in read_line(engine, 1 - line if inverted else line):
                corners = cut.corners(read.start, read.end)
                one = EngineRead(read.text, read.raw, read.symbology, corners, read.gs1, f"band {number}")
                found.append(one)
    return found


_LEAST_EDGES, _LEAST_LIKENESS = 20, 0.6
"""What bars that nobody read are told by: how many edges a scan line has, and how like each other two lines are."""
_SHORT = {Symbology.EAN_8: 67, Symbology.UPC_E: 51, Symbology.ITF_14: 120}
"""Symbols that engines find inside longer ones, and about how many modules they have."""


def read_line(engine: Engine, line: Line) -> list[LineRead]:
    """What an engine reads on a scan line, where the line bears it out.

    What the read would look like is drawn anew and compared; and an EAN-8, UPC-E or ITF-14 must have five quiet modules
    on either side, since engines find them inside longer symbols.
    """
    return [read for read in engine.line(line) if _stands_alone(line, read) and _is_like(line, read)]


def _stands_alone(line: Line, read: LineRead) -> bool:
    modules = _SHORT.get(read.symbology)
    return modules is None or is_quiet_around(line, read.start, read.end, 5 * abs(read.end - read.start) / modules)


def _is_like(line: Line, read: LineRead) -> bool:
    if read.runs:
        return redraw.drawn_likeness(line, read.start, read.end, read.runs) >= redraw.ALIKE
    return redraw.likeness(line, read.start, read.end, read.text, read.symbology) >= redraw.ALIKE


DESKTOP: tuple[Step, ...] = (
    Step("bars: zxing", "zxing-cpp", _bars, always=True),
    Step("bars: widths", "widths", _bars),
    Step("matrix: zxing", "zxing-cpp", _first_look, always=True),
    Step("qr quick", "qr", _first_look),
    Step("zxing", "zxing-cpp", _whole, least=0.05),
    Step("zbar", "pyzbar", _whole, least=0.05),
    Step("opencv barcode", "opencv-barcode", _whole, least=0.05),
    Step("fine bars: zxing", "zxing-cpp", _bars_fine, least=0.05),
    Step("fine bars: widths", "widths", _bars_fine, least=0.05),
    Step("qr", "qr", _whole, least=0.05),
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
    Step("zbar", "pyzbar", _whole, least=0.05),
    Step("opencv barcode", "opencv-barcode", _whole, least=0.05),
    Step("fine bars: widths", "widths", _bars_fine, least=0.05),
    Step("light bars: widths", "widths", _bars_light, least=0.05),
    Step("qr", "qr", _whole, least=0.05),
    Step("data matrix", "data-matrix", _whole, least=0.05),
    Step("match detected", "matcher", _within_detected, least=0.05),
    Step("zbar contrast", "pyzbar", _contrast, least=0.05),
    Step("match bars", "matcher", _within_bars, least=0.05),
    Step("zbar double", "pyzbar", _double, least=0.05),
    Step("match fine bars", "matcher", _within_fine_bars, least=0.05),
)


def unread_bars(picture: Picture, read: Iterable[Corners], most: int = 2) -> tuple[Unread, ...]:
    """Places that are surely bars, one above the other the same, beside what was `read`.

    The module is estimated: a retail symbol has at least 95 of them in all but its shortest kinds, and 1.6 an element.
    """
    found: list[Unread] = []
    taken = list(read)
    for place in picture.coarse:
        cut = picture.strip(place)
        first, *_, last = cut.lines
        edges = _without_outliers(np.flatnonzero(np.diff(first > 0.5)))
        if len(edges) >= _LEAST_EDGES and np.corrcoef(first, last)[0, 1] > _LEAST_LIKENESS:
            corners = cut.corners(float(edges[0]), float(edges[-1]))
            if not any(overlap(corners, known) for known in taken):
                length = float(np.hypot(corners[1][0] - corners[0][0], corners[1][1] - corners[0][1]))
                found.append(Unread(corners, length / max(95, 1.6 * len(edges))))
                taken.append(corners)
    return tuple(found[:most])


def _without_outliers(edges: npt.NDArray[np.intp]) -> npt.NDArray[np.intp]:
    """The largest group of edges with no quiet zone between them: a label's own border is no bar."""
    if len(edges) < _LEAST_EDGES:
        return edges
    gaps = np.diff(edges)
    return max(np.split(edges, np.flatnonzero(gaps > 8 * np.median(gaps)) + 1), key=len)


def run(picture: Picture, profile: Iterable[Step], deadline: float, enough: Callable[[], bool]) -> Iterator[list[Read]]:
    """The reads of each step in turn until there is `enough`, or the steps or the time (`time.monotonic()`) end."""
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
        except pace.Late:
            return
        except cv2.error:  # what OpenCV's engines make of hostile pixels; the other engines have their say
            continue
        yield [Read(r.text, r.raw, r.symbology, r.corners, engine.family, step.name, r.region, r.gs1) for r in reads]


def second_look(picture: Picture, read: Read, profile: Iterable[Step], deadline: float) -> list[Read]:
    """Read a 1-D symbol again in separate bands of its scan lines, with every engine of the profile that reads lines.

    Bands share no pixel, so agreement between two of them is a second, independent witness. Where no engine reads the
    symbol there, it is drawn anew and compared with the picture.
    """
    gray = picture.gray
    left, top, right, bottom = bounds(read.corners)
    margin = 0.15 * max(right - left, bottom - top) + 10
    x0, y0 = int(max(left - margin, 0)), int(max(top - margin, 0))
    x1, y1 = int(min(right + margin, gray.shape[1])), int(min(bottom + margin, gray.shape[0]))
    crop = gray[y0:y1, x0:x1]
    found: list[Read] = []
    for upright in (True, False):
        rows = (int(max(top - y0, 0)), int(bottom - y0)) if upright else (int(max(left - x0, 0)), int(right - x0))
        edges = np.linspace(rows[0], rows[1], 4).astype(int)
        for number, (start, end) in enumerate(pairwise(edges), 1):
            band = crop[start:end] if upright else crop[:, start:end]
            if min(band.shape) < 4 or time.monotonic() >= deadline:
                continue
            mean = band.mean(axis=0) if upright else band.mean(axis=1)
            width = int(np.clip(2 * len(mean), 800, 1600))
            line = clear(cv2.resize(mean[None].astype(np.float32), (width, 1), interpolation=cv2.INTER_LINEAR))[0]
            for name in dict.fromkeys(step.engine for step in profile):
                engine = engines.find(name)
                if isinstance(engine, engines.Missing):
                    continue
                region = f"{'row' if upright else 'column'} band {number}"
                found += [
                    Read(r.text, r.raw, r.symbology, read.corners, engine.family, "second look", region, r.gs1)
                    for r in read_line(engine, line)
                    if (r.text, r.symbology) == (read.text, read.symbology)
                ]
        if found:
            return found
    return _borne_out(picture, read, deadline)


def _borne_out(picture: Picture, read: Read, deadline: float) -> list[Read]:
    """The picture itself as a witness: what was read, drawn anew, looks like the bars at its place."""
    if read.symbology in _SHORT:  # of which the picture may show one inside a longer symbol
        return []
    for place in [*picture.coarse, *picture.fine]:
        a, b, c, d = ((float(x), float(y)) for x, y in place.quad)
        if overlap((a, b, c, d), read.corners):
            for line in picture.strip(place).lines:
                if time.monotonic() >= deadline:
                    return []
                if redraw.likeness_anywhere(line, read.text, read.symbology) >= redraw.ALIKE:
                    return [replace(read, family="redraw", step="second look", region="whole")]
    return []
