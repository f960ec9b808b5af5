"""Reads QR codes, Data Matrix and barcodes in pictures and videos, and believes no doubtful read.

>>> import numpy as np
>>> decode(np.full((100, 100), 255, np.uint8))
[]
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import replace

from services.decoding import pace, tiles
from services.decoding.belief import Evidence
from services.decoding.cascade import DESKTOP, PHONE, Step, run
from services.decoding.engines import Engine, Missing, present
from services.decoding.images import BadImage, load, to_gray
from services.decoding.picture import Picture
from services.decoding.second_look import compared, second_look
from services.decoding.symbol import CodeKind, Corners, Read, Reason, Sight, Symbol, Symbology, Unread, scaled
from services.decoding.tracker import FrameTracker, Look
from services.decoding.unread import apart, left, unread

__all__ = [
    "DESKTOP",
    "PHONE",
    "BadImage",
    "CodeKind",
    "Corners",
    "Engine",
    "FrameTracker",
    "Look",
    "Missing",
    "Read",
    "Reason",
    "Sight",
    "Symbol",
    "Symbology",
    "Unread",
    "decode",
    "decode_phone",
    "load",
    "look",
    "look_phone",
    "present",
]

_PICTURE_BUDGET = 0.9
_GRACE = 0.06
"""The share of the budget that may be added to it, for telling what could not be read."""
_CROWD = 7
"""From so many symbols on, time is short: barcodes that are believed are not looked at again."""


def decode(image: object, *, budget: float | None = None) -> list[Symbol]:
    """The symbols in a picture that may be believed; empty where there is none, or `image` is no picture.

    `image` is BGR, BGRA or gray uint8 of any size; `budget` is seconds (0.9 unless given).
    """
    return list(_look(image, DESKTOP, budget, tell_unread=False).symbols)


def decode_phone(image: object, *, budget: float | None = None) -> list[Symbol]:
    """As `decode`, with the engines a phone has: pyzbar and OpenCV."""
    return list(_look(image, PHONE, budget, tell_unread=False).symbols)


def look(image: object, *, budget: float | None = None) -> Sight:
    """As `decode`, together with the codes that are seen in the picture and could not be read."""
    return _look(image, DESKTOP, budget)


def look_phone(image: object, *, budget: float | None = None) -> Sight:
    """As `look`, with the engines a phone has."""
    return _look(image, PHONE, budget)


def _look(image: object, profile: tuple[Step, ...], budget: float | None, *, tell_unread: bool = True) -> Sight:
    budget = _PICTURE_BUDGET if budget is None else budget
    if not tiles.is_large(image):
        return _whole(image, profile, budget, tell_unread=tell_unread)
    sights: list[Sight] = []

    def read(part: object, seconds: float) -> list[Symbol]:
        sights.append(_whole(part, profile, seconds, tell_unread=tell_unread and not sights))
        return list(sights[-1].symbols)

    symbols = tiles.read_large(image, budget, read)
    whole = sights[0]  # a tile may show a part of a code that the next one shows whole
    return Sight(tuple(symbols), tuple(apart(whole.unread, [symbol.corners for symbol in symbols])))


def _whole(image: object, profile: tuple[Step, ...], budget: float, *, tell_unread: bool) -> Sight:
    deadline = time.monotonic() + budget
    end = deadline + _GRACE * budget
    gray = to_gray(image)
    if gray is None:
        return Sight((), ())
    picture = Picture(gray)
    evidence = Evidence()
    looked_twice: set[tuple[str, str]] = set()
    compared_already: set[tuple[str, str]] = set()
    so_far: tuple[Unread, ...] | None = None

    def enough() -> bool:
        """Whether a symbol is believed, none is in doubt, and nothing is seen that has not been read."""
        picture.cover(evidence.read_places())
        if tell_unread and so_far is None:
            seen()  # while there is time
        if not evidence.believed() or evidence.doubtful():
            return False
        return not seen()

    def seen() -> set[CodeKind]:
        nonlocal so_far
        codes = in_time(left, evidence.read_places())
        so_far = so_far if codes is None else codes
        return {code.kind for code in codes or ()}

    def in_time(find: Callable[..., Iterable[Unread]], known: Iterable[Read | Symbol]) -> tuple[Unread, ...] | None:
        """The unread codes; None where the time ends first, as with noise."""
        places = [one.corners for one in known]
        try:
            return tuple(pace.within(end, find.__name__, gray.size, lambda: find(picture, places)))
        except pace.Late:
            return None

    def several() -> bool:
        return len(evidence.believed()) > 1

    for reads in run(picture, profile, deadline, enough, seen=seen, several=several):
        evidence.add(reads)
        doubtful = [r for r in evidence.doubtful() if (r.symbology, r.text) not in looked_twice]
        for read in doubtful:
            if time.monotonic() < deadline:
                looked_twice.add((read.symbology, read.text))
                evidence.add(second_look(picture, read, profile, deadline, draw=len(doubtful) < _CROWD))
        for read in evidence.uncompared():
            if (read.symbology, read.text) not in compared_already:
                compared_already.add((read.symbology, read.text))
                evidence.add(compared(picture, read, deadline))
        if len(evidence.believed()) >= _CROWD:
            picture.cover(read for read in evidence.read_places() if not read.symbology.is_matrix)
    shrunk = max(image.shape[:2]) / max(gray.shape)  # type: ignore[attr-defined]
    believed = evidence.believed()
    missed = in_time(unread, believed) if tell_unread else ()
    if missed is None:  # no time to ask why
        missed = tuple(apart(so_far or (), [symbol.corners for symbol in believed]))
    return Sight(
        tuple(replace(symbol, corners=scaled(symbol.corners, shrunk)) for symbol in believed),
        tuple(replace(code, corners=scaled(code.corners, shrunk), module=code.module * shrunk) for code in missed),
    )
