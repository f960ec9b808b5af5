"""The cascade: which engine looks at which version of the picture, cheapest first.

A profile is a list of steps, nothing else, so that the phone and the desktop differ by data only.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise

import cv2
import numpy as np

from services.decoding import engines
from services.decoding.engines import EngineRead, Gray
from services.decoding.symbol import Read, bounds, scaled


@dataclass(frozen=True)
class View:
    """A version of the picture and how many of its pixels make one of the original's."""

    gray: Gray
    scale: float = 1.0


@dataclass(frozen=True)
class Step:
    """One engine on one version of the picture. `prepare` gives None where the version makes no sense.

    `least` is the time in seconds without which the step is not begun.
    """

    name: str
    engine: str
    prepare: Callable[[Gray], View | None]
    least: float = 0.0


def _whole(gray: Gray) -> View | None:
    return View(gray)


def _contrast(gray: Gray) -> View | None:
    """Local contrast: CLAHE on 8 x 8 tiles."""
    return View(np.asarray(cv2.createCLAHE(clipLimit=3.0, tileGridSize=(8, 8)).apply(gray), dtype=np.uint8))


def _half(gray: Gray) -> View | None:
    """Half size averages noise and moiré away; only where enough pixels remain."""
    if max(gray.shape) < 800:
        return None
    return View(np.asarray(cv2.resize(gray, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA), np.uint8), 0.5)


def _double(gray: Gray) -> View | None:
    """Twice the size, for modules under two pixels; only where that stays small."""
    if max(gray.shape) > 1200:
        return None
    return View(np.asarray(cv2.resize(gray, None, fx=2, fy=2, interpolation=cv2.INTER_CUBIC), np.uint8), 2.0)


DESKTOP: tuple[Step, ...] = (
    Step("zxing", "zxing-cpp", _whole),
    Step("zbar", "pyzbar", _whole),
    Step("opencv qr", "opencv-qr", _whole),
    Step("opencv barcode", "opencv-barcode", _whole),
    Step("match", "ean-matcher", _whole, least=0.2),
    Step("zxing contrast", "zxing-cpp", _contrast),
    Step("zbar contrast", "pyzbar", _contrast),
    Step("zxing double", "zxing-cpp", _double),
    Step("zbar half", "pyzbar", _half),
)
PHONE: tuple[Step, ...] = (
    Step("zbar", "pyzbar", _whole),
    Step("opencv barcode", "opencv-barcode", _whole),
    Step("opencv qr", "opencv-qr", _whole),
    Step("data matrix", "data-matrix", _whole, least=0.05),
    Step("match", "ean-matcher", _whole, least=0.2),
    Step("zbar contrast", "pyzbar", _contrast),
    Step("zbar half", "pyzbar", _half),
    Step("zbar double", "pyzbar", _double),
)


def run(gray: Gray, profile: tuple[Step, ...], deadline: float) -> Iterator[list[Read]]:
    """The reads of each step in turn, in pixels of `gray`, until the steps or the time (`time.monotonic()`) end."""
    for step in profile:
        if time.monotonic() + step.least >= deadline:
            continue
        engine = engines.find(step.engine)
        if isinstance(engine, engines.Missing):
            continue
        view = step.prepare(gray)
        if view is not None:
            yield [_placed(read, engine, step.name, view.scale) for read in engine.read(view.gray, deadline)]


def second_look(gray: Gray, read: Read, profile: tuple[Step, ...]) -> list[Read]:
    """Read a 1-D symbol again in separate bands of its scan lines, with every engine of the profile.

    Bands share no pixel, so agreement between two of them is a second, independent witness.
    """
    left, top, right, bottom = bounds(read.corners)
    margin = 0.15 * max(right - left, bottom - top) + 10
    x0, y0 = int(max(left - margin, 0)), int(max(top - margin, 0))
    x1, y1 = int(min(right + margin, gray.shape[1])), int(min(bottom + margin, gray.shape[0]))
    crop = gray[y0:y1, x0:x1]
    found: list[Read] = []
    for upright in (True, False):
        rows = (int(max(top - y0, 0)), int(bottom - y0)) if upright else (int(max(left - x0, 0)), int(right - x0))
        edges = np.linspace(rows[0], rows[1], 4).astype(int)
        for number, (start, end) in enumerate(pairwise(edges)):
            band = crop[start:end] if upright else crop[:, start:end]
            if min(band.shape) < 4:
                continue
            # Engines need some height to accept a line; a band's mean row repeated gives it without adding evidence.
            mean = band.mean(axis=0) if upright else band.mean(axis=1)
            strip = np.repeat(mean[None].astype(np.uint8), 40, axis=0)
            for name in dict.fromkeys(step.engine for step in profile if not step.least):
                engine = engines.find(name)
                if isinstance(engine, engines.Missing):
                    continue
                region = f"{'row' if upright else 'column'} band {number + 1}"
                found += [
                    Read(r.text, r.raw, r.symbology, read.corners, engine.family, "second look", region, r.gs1)
                    for r in engine.read(np.ascontiguousarray(strip))
                    if (r.text, r.symbology) == (read.text, read.symbology)
                ]
        if found:
            break
    return found


def _placed(read: EngineRead, engine: engines.Engine, step: str, scale: float) -> Read:
    corners = scaled(read.corners, 1 / scale)
    return Read(read.text, read.raw, read.symbology, corners, engine.family, step, read.region, read.gs1)
