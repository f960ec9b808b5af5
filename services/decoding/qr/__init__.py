"""QR Code (ISO/IEC 18004:2015, Model 2) with NumPy and OpenCV alone.

>>> import numpy as np
>>> read(np.full((100, 100), 255, np.uint8))
[]
"""

from __future__ import annotations

import weakref
from dataclasses import replace
from math import inf

import numpy as np

from services.decoding.charset import Segment
from services.decoding.pace import after
from services.decoding.pixels import Gray, bounded, resized
from services.decoding.qr.joined import joined
from services.decoding.qr.qr_code import QrCode
from services.decoding.qr.search import Search, Seen, View
from services.decoding.symbol import scaled

__all__ = ["QrCode", "Segment", "candidates", "joined", "read"]

_SHORTEST = 21
_last: tuple[weakref.ref[Gray], list[Seen]] | None = None
"""The picture searched last, if it still exists, and what seemed to be symbols there."""


def read(gray: Gray, *, deadline: float = inf, quick: bool = False) -> list[QrCode]:
    """The QR Codes in a gray picture; empty where there is none or the array is no picture.

    `deadline` is a time.monotonic() second after which nothing more is begun. `quick` is for frames of a video, most of
    which show no code: it makes only the first passes over the picture.
    """
    global _last
    within = bounded(gray, _SHORTEST)
    if within is None:
        return []
    small, shrunk = within
    late = after(deadline)
    search = Search(np.ascontiguousarray(small), late)
    passes = _reasonable(_QUICK_PASSES, small.shape) if quick else _passes(small.shape)
    for views in _apart(passes):
        for view in views:
            if not search.found or view.level in _AMONG_OTHERS[view.light]:
                search.read_easily(view)
        for view in views:
            search.read_thoroughly(view)
    for view in () if quick else passes[:_FOR_TORN]:
        search.read_torn(view)
    seen = [(scaled(corners, 1 / shrunk), module / shrunk) for corners, module in search.seen()]
    _last = None if late() else (weakref.ref(gray), seen)
    return [replace(code, corners=scaled(code.corners, 1 / shrunk)) for code in search.found]


def candidates(gray: Gray) -> list[Seen]:
    """Where QR Codes surely seem to be, read or not: corners, and the pixels of a module.

    Takes about 5 ms, and nothing where the same array was read just before: the picture is looked at with 1280 pixels
    along its longest side at most, and nothing is read. Three finder patterns and the timing patterns between them must
    be seen.
    """
    last = _last
    if last is not None and last[0]() is gray:
        return list(last[1])
    within = bounded(gray, _SHORTEST)
    if within is None:
        return []
    scale = min(1.0, _SEEN / max(gray.shape))
    small = resized(gray, scale)
    search = Search(np.ascontiguousarray(small), after(inf))
    for view in _reasonable(_QUICK_PASSES, small.shape):
        search.group(view)
    return [(scaled(corners, 1 / scale), module / scale) for corners, module in search.seen()]


# By the picture's longest side, the likeliest and cheapest first.
_PASSES: tuple[tuple[int, tuple[View, ...]], ...] = (
    (1000, (View(0), View(1, light=True), View(1), View(2), View(0, sharp=True), View(0, light=True),
            View(2, light=True), View(3), View(3, light=True))),
    (300, (View(0), View(0, light=True), View(1), View(1, light=True), View(0, sharp=True), View(-1),
           View(-1, light=True), View(2), View(2, light=True))),
    (0, (View(-1), View(-1, light=True), View(0), View(0, light=True), View(1), View(1, light=True), View(-2),
         View(-2, light=True))),
)  # fmt: skip
# For frames: small modules, and large ones of a code held close.
_QUICK_PASSES = (View(1), View(2), View(0, sharp=True), View(1, light=True))
# The levels looked at although a symbol was read before, for dark and for light ones.
_AMONG_OTHERS = ((0, 1, 2), (0, 1))
_SEEN = 1280  # the longest side of the picture in which symbols are looked for that need not be read
_FOR_TORN = 4  # passes repeated for symbols with a torn finder pattern


def _passes(shape: tuple[int, ...]) -> list[View]:
    """The passes over a picture of this shape."""
    return _reasonable(next(passes for least, passes in _PASSES if max(shape) > least), shape)


def _apart(passes: list[View]) -> tuple[list[View], list[View]]:
    """The passes before the first one over a doubled picture, which takes long, and the rest.

    Tiny pictures are doubled first, so theirs are not divided.
    """
    first = next((n for n, view in enumerate(passes) if view.level < 0), len(passes)) or len(passes)
    return passes[:first], passes[first:]


def _reasonable(passes: tuple[View, ...], shape: tuple[int, ...]) -> list[View]:
    return [view for view in passes if min(shape) >= _SHORTEST << max(view.level, 0)]
