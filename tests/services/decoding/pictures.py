"""Symbols drawn by zxing-cpp's writer on a white ground, for the real engines to read."""

from __future__ import annotations

from functools import partial

import cv2
import numpy as np

from benchmarks import fuzz_pictures
from services.decoding import Corners, Symbology, decode, decode_phone
from services.decoding.pixels import Gray
from services.decoding.symbol import bounds

GTIN = "9521234567899"
LINK = "https://id.example/01/09521234567899"
# With time enough for a busy machine: these tests are about what is read, not how fast.
desktop = partial(decode, budget=30)
phone = partial(decode_phone, budget=30)

GROUND = 40  # white pixels on each side


def drawn(text: str, symbology: Symbology, *, scale: int = 3, gs1: bool = False) -> Gray:
    """The symbol with modules of `scale` pixels. With `gs1`, `text` is an element string in brackets."""
    return np.pad(fuzz_pictures.drawn(text, symbology, scale, gs1=gs1), GROUND, constant_values=255)


def ean13(text: str = GTIN, *, scale: int = 3) -> Gray:
    return drawn(text, Symbology.EAN_13, scale=scale)


def qr(text: str = LINK, *, scale: int = 3) -> Gray:
    return drawn(text, Symbology.QR_CODE, scale=scale)


def turned(image: Gray, degrees: float) -> Gray:
    """The picture turned about its middle, on a ground large enough for it."""
    wide = np.pad(image, max(image.shape) // 2, constant_values=255)
    height, width = wide.shape
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1)
    return np.asarray(cv2.warpAffine(wide, turn, (width, height), borderValue=255), np.uint8)


def blank(height: int = 240, width: int = 320) -> Gray:
    return np.full((height, width), 230, np.uint8)


def beside(*images: Gray) -> Gray:
    height = max(image.shape[0] for image in images)
    return np.hstack([np.pad(i, ((0, height - i.shape[0]), (0, 0)), constant_values=255) for i in images])


def lies_on_the_ink(corners: Corners, image: Gray, share: float = 0.8, slack: float = 8) -> bool:
    """Whether the place covers `share` of the box around the dark pixels and reaches at most `slack` beyond it."""
    rows, columns = np.nonzero(image < 128)
    left, top, right, bottom = columns.min(), rows.min(), columns.max(), rows.max()
    x0, y0, x1, y1 = bounds(corners)
    inside = x0 >= left - slack and y0 >= top - slack and x1 <= right + slack and y1 <= bottom + slack
    return bool(inside and (x1 - x0) * (y1 - y0) >= share * (right - left) * (bottom - top))
