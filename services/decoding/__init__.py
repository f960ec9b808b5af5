"""Reads QR codes, Data Matrix and barcodes in pictures and videos, and believes no doubtful read.

>>> import numpy as np
>>> decode(np.full((100, 100), 255, np.uint8))
[]
"""

from __future__ import annotations

import time
from dataclasses import replace

from services.decoding import tiles
from services.decoding.belief import Evidence
from services.decoding.cascade import DESKTOP, PHONE, Picture, Step, run
from services.decoding.engines import Engine, Missing, present
from services.decoding.images import BadImage, load, to_gray
from services.decoding.second_look import compared, second_look
from services.decoding.symbol import Corners, Read, Symbol, Symbology, scaled
from services.decoding.tracker import FrameTracker, Look
from services.decoding.unread import unread_bars

__all__ = [
    "DESKTOP",
    "PHONE",
    "BadImage",
    "Corners",
    "Engine",
    "FrameTracker",
    "Look",
    "Missing",
    "Read",
    "Symbol",
    "Symbology",
    "decode",
    "decode_phone",
    "load",
    "present",
]

_PICTURE_BUDGET = 0.9
_SHARE_FOR_MORE = 1 / 3
"""Share of the budget for reading a barcode seen beside a QR code or Data Matrix that has been read."""


def decode(image: object, *, budget: float | None = None) -> list[Symbol]:
    """The symbols in a picture that may be believed; empty where there is none, or `image` is no picture.

    `image` is BGR, BGRA or gray uint8 of any size; `budget` is seconds (0.9 unless given).
    """
    return _decode(image, DESKTOP, budget)


def decode_phone(image: object, *, budget: float | None = None) -> list[Symbol]:
    """As `decode`, with the engines a phone has: pyzbar and OpenCV."""
    return _decode(image, PHONE, budget)


def _decode(image: object, profile: tuple[Step, ...], budget: float | None) -> list[Symbol]:
    budget = _PICTURE_BUDGET if budget is None else budget
    if tiles.is_large(image):
        return tiles.read_large(image, budget, lambda part, seconds: _whole(part, profile, seconds))
    return _whole(image, profile, budget)


def _whole(image: object, profile: tuple[Step, ...], budget: float) -> list[Symbol]:
    start = time.monotonic()
    deadline = start + budget
    gray = to_gray(image)
    if gray is None:
        return []
    picture = Picture(gray)
    evidence = Evidence()
    looked_twice: set[tuple[str, str]] = set()

    def enough() -> bool:
        """Whether a symbol is believed and none is in doubt. Beside a mere link, barcodes are still looked for."""
        found = evidence.believed()
        if not found or evidence.doubtful():
            return False
        if (
            any(not symbol.symbology.is_matrix for symbol in found)
            or time.monotonic() > start + budget * _SHARE_FOR_MORE
        ):
            return True
        return not unread_bars(picture, [symbol.corners for symbol in found])

    for reads in run(picture, profile, deadline, enough):
        evidence.add(reads)
        for read in evidence.doubtful():
            if (read.symbology, read.text) not in looked_twice and time.monotonic() < deadline:
                looked_twice.add((read.symbology, read.text))
                evidence.add(second_look(picture, read, profile, deadline))
    for read in evidence.uncompared():
        evidence.add(compared(picture, read, deadline))
    shrunk = max(image.shape[:2]) / max(gray.shape)  # type: ignore[attr-defined]
    return [replace(symbol, corners=scaled(symbol.corners, shrunk)) for symbol in evidence.believed()]
