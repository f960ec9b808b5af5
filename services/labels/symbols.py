"""Finds every code in an artwork, and has each read back by every engine by itself."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from services.decoding import DESKTOP, PHONE, CodeKind, Missing, decode, decode_phone
from services.decoding.engines import Engine, find
from services.decoding.picture import Picture
from services.decoding.pixels import Gray, reduced
from services.decoding.symbol import Corners, Symbology, Unread, bounds, overlap, scaled
from services.decoding.unread import left
from services.labels.artwork import Page

_RETAIL = frozenset({Symbology.EAN_13, Symbology.EAN_8, Symbology.UPC_A})
_LINEAR = _RETAIL | {Symbology.UPC_E, Symbology.ITF_14, Symbology.CODE_128, Symbology.ITF}
READERS: dict[str, frozenset[Symbology]] = {
    "zxing-cpp": _LINEAR | {Symbology.QR_CODE, Symbology.DATA_MATRIX},
    "pyzbar": _LINEAR | {Symbology.QR_CODE},
    "opencv-barcode": _RETAIL,
    "qr": frozenset({Symbology.QR_CODE}),
    "data-matrix": frozenset({Symbology.DATA_MATRIX}),
}
"""The engines that read whole pictures, and what each of them can read."""

_DENSITY = 12
"""Pixels a millimetre in which codes are looked for: a module of 0.25 mm has three."""
_LONGEST, _LONGEST_UNKNOWN = 3600, 3000
_CLOSE = 900
"""The longest side in pixels of what an engine is shown of one code."""
_SECONDS = 1.0
"""So long an engine may look at one code."""
_BESIDE = 0.3
"""How much of a code's size is shown around it."""


@dataclass(frozen=True)
class Found:
    """A code on a page: what it says, where (pixels), and how each engine fared.

    `agreed` engines read the same, `differed` others with their text, `missed` could have and did not.
    """

    page: int
    text: str
    symbology: Symbology
    gs1: bool
    corners: Corners
    agreed: tuple[str, ...]
    differed: tuple[tuple[str, str], ...]
    missed: tuple[str, ...]


@dataclass(frozen=True)
class PageCodes:
    """The codes of a page from top to bottom, and places that look like codes and were not read."""

    found: tuple[Found, ...]
    unread: tuple[Unread, ...]


def find_codes(page: Page, *, budget: float, phone: bool = False) -> PageCodes:
    """Read a page; `budget` is the seconds for it, and `phone` says that the engines of phones are to be used."""
    height, width = page.gray.shape
    scale = min(1.0, _LONGEST_UNKNOWN / max(height, width))
    if page.density:
        scale = min(1.0, _DENSITY / max(page.density), _LONGEST / max(height, width))
    small = reduced(page.gray, scale)
    symbols = (decode_phone if phone else decode)(small, budget=budget)
    places: list[tuple[str, Symbology, bool, Corners]] = [
        (each.text, each.symbology, each.gs1, each.corners) for each in symbols
    ]
    known = {(text, symbology): gs1 for text, symbology, gs1, _corners in places}
    for engine in _engines(phone=phone):  # a code may be printed twice, and is believed once
        if not any(symbology in READERS[engine.name] for _text, symbology in known):
            continue
        for read in engine.read(small, time.monotonic() + budget / 4):
            gs1 = known.get((read.text, read.symbology))
            if gs1 is not None and not read.part and not any(overlap(read.corners, place[3]) for place in places):
                places.append((read.text, read.symbology, gs1, read.corners))
    found = [
        _read_back(page, text, symbology, scaled(corners, 1 / scale), gs1=gs1, phone=phone)
        for text, symbology, gs1, corners in places
    ]
    found.sort(key=lambda code: (round(bounds(code.corners)[1] / (height / 12)), bounds(code.corners)[0]))
    unread = tuple(
        Unread(scaled(code.corners, 1 / scale), code.module / scale, code.kind)
        for code in left(Picture(small), [place[3] for place in places])
        if code.kind is not CodeKind.OTHER_MATRIX  # large letters look like one
    )
    return PageCodes(tuple(found), unread)


def _engines(*, phone: bool) -> Iterator[Engine]:
    used = {step.engine for step in (PHONE if phone else DESKTOP)}
    for name in READERS:
        engine = find(name)
        if name in used and not isinstance(engine, Missing):
            yield engine


def _read_back(page: Page, text: str, symbology: Symbology, corners: Corners, *, gs1: bool, phone: bool) -> Found:
    agreed, missed = list[str](), list[str]()
    differed: list[tuple[str, str]] = []
    views, shown = _close_up(page.gray, corners)
    for engine in _engines(phone=phone):
        if symbology not in READERS[engine.name]:
            continue
        others: dict[str, str] = {}
        for view in views:
            for read in engine.read(view, time.monotonic() + _SECONDS):
                if read.part or not overlap(read.corners, shown(view)):
                    continue
                if (read.text, read.symbology) == (text, symbology):
                    agreed.append(engine.name)
                    break
                if read.symbology is symbology:
                    others[engine.name] = read.text
            else:
                continue
            break
        else:
            differed += others.items()
            if not others:
                missed.append(engine.name)
    return Found(page.number, text, symbology, gs1, corners, tuple(agreed), tuple(differed), tuple(missed))


def _close_up(gray: Gray, corners: Corners) -> tuple[list[Gray], _Shown]:
    """The code with what is around it, in two sizes, and where it lies in a picture of any of them."""
    left, top, right, bottom = bounds(corners)
    margin = max(24.0, _BESIDE * max(right - left, bottom - top))
    x, y = max(0, int(left - margin)), max(0, int(top - margin))
    part = np.ascontiguousarray(gray[y : int(bottom + margin) + 1, x : int(right + margin) + 1])
    first = min(1.0, _CLOSE / max(part.shape))
    views = [reduced(part, first), reduced(part, first / 2)]
    moved: Corners = tuple((cx - x, cy - y) for cx, cy in corners)  # type: ignore[assignment]
    return views, _Shown(moved, part.shape[1])


@dataclass(frozen=True)
class _Shown:
    """Where a code lies in a picture of the close-up, whatever its size."""

    corners: Corners
    width: int

    def __call__(self, view: Gray) -> Corners:
        return scaled(self.corners, view.shape[1] / self.width)
