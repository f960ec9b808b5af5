"""Pixels to symbols: QR codes and barcodes in a picture or a video, and no wrong read.

>>> import numpy as np
>>> decode(np.full((100, 100), 255, np.uint8))
[]
"""

from __future__ import annotations

import time
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from services.decoding.belief import Evidence
from services.decoding.cascade import DESKTOP, PHONE, Step, run, second_look
from services.decoding.engines import Engine, Missing, present
from services.decoding.images import BadImage, load, to_gray
from services.decoding.symbol import Corners, Read, Symbol, Symbology, scaled
from services.decoding.tracker import FrameTracker, Look

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

_PICTURE_BUDGET = 1.0


def decode(image: npt.NDArray[np.generic], *, budget: float | None = None) -> list[Symbol]:
    """The symbols in a picture that may be believed; empty on a picture without any, or one that is no picture.

    `image` is BGR, BGRA or gray uint8 of any size; `budget` is seconds (1.0 unless given), looked at between steps.
    """
    return _decode(image, DESKTOP, budget)


def decode_phone(image: npt.NDArray[np.generic], *, budget: float | None = None) -> list[Symbol]:
    """As `decode`, with the engines a phone has: pyzbar and OpenCV."""
    return _decode(image, PHONE, budget)


def _decode(image: npt.NDArray[np.generic], profile: tuple[Step, ...], budget: float | None) -> list[Symbol]:
    gray = to_gray(image)
    if gray is None:
        return []
    deadline = time.monotonic() + (_PICTURE_BUDGET if budget is None else budget)
    evidence = Evidence()
    looked_twice: set[tuple[str, str]] = set()
    for reads in run(gray, profile, deadline):
        evidence.add(reads)
        for read in evidence.doubtful():
            if (read.symbology, read.text) not in looked_twice and time.monotonic() < deadline:
                looked_twice.add((read.symbology, read.text))
                evidence.add(second_look(gray, read, profile))
        if evidence.believed() and not evidence.doubtful():
            break
    shrunk = max(image.shape[:2]) / max(gray.shape)
    return [replace(symbol, corners=scaled(symbol.corners, shrunk)) for symbol in evidence.believed()]
