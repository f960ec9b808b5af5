"""Labels whose code is seen and cannot be read, one for each reason; and what looks like a code and is none."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np

from services.decoding import Symbology
from services.decoding.symbol import Reason
from tests.services.decoding.pictures import GTIN, LINK, Gray, drawn

PAPER, INK = 200, 40


def label(symbology: Symbology = Symbology.QR_CODE, *, scale: int = 4) -> Gray:
    """A code on paper that lies on a darker ground."""
    symbol = drawn(GTIN if symbology is Symbology.EAN_13 else LINK, symbology, scale=scale)
    printed = np.where(symbol < 128, INK, PAPER).astype(np.uint8)
    return np.pad(printed, 60, constant_values=120)


def too_small(image: Gray) -> Gray:
    """Modules of about a pixel, in a picture of the same size."""
    small = cv2.resize(cv2.GaussianBlur(image, (0, 0), 2), None, fx=0.27, fy=0.27, interpolation=cv2.INTER_AREA)
    around = [(whole - part) // 2 for whole, part in zip(image.shape, small.shape, strict=True)]
    return np.pad(small, [(n, n) for n in around], mode="edge")


def too_blurred(image: Gray) -> Gray:
    """Blurred by five pixels."""
    return np.asarray(cv2.GaussianBlur(image, (0, 0), 5), np.uint8)


def cut_off(image: Gray) -> Gray:
    """Without its left third."""
    return np.ascontiguousarray(image[:, image.shape[1] * 2 // 5 :])


def glare(image: Gray) -> Gray:
    """With a highlight on the middle, soft at its edge."""
    height, width = image.shape
    y, x = np.mgrid[:height, :width]
    reach = 0.1 * min(height, width)
    light = 400 * np.exp(-((((x - width / 2) ** 2 + (y - height / 2) ** 2) / reach**2) ** 2))
    return np.clip(image + light, 0, 255).astype(np.uint8)


def too_dark(image: Gray) -> Gray:
    """With a tenth of the light, and a camera's noise."""
    noise = np.random.default_rng(1).normal(0, 1, image.shape)
    return np.clip(image * 0.08 + noise, 0, 255).astype(np.uint8)


def damaged(image: Gray) -> Gray:
    """With scratches across the code."""
    torn = image.copy()
    height, width = image.shape
    rng = np.random.default_rng(2)
    for _ in range(16):
        one, other = rng.uniform(0.25, 0.75, (2, 2)) * (width, height)
        cv2.line(torn, one.astype(int).tolist(), other.astype(int).tolist(), PAPER, 6)
    return torn


SPOILT: dict[Reason, Callable[[Gray], Gray]] = {
    Reason.TOO_SMALL: too_small,
    Reason.TOO_BLURRED: too_blurred,
    Reason.CUT_OFF: cut_off,
    Reason.GLARE: glare,
    Reason.TOO_DARK: too_dark,
    Reason.DAMAGED: damaged,
}


def print_and_texture() -> dict[str, Gray]:
    """Pictures without a code."""
    page = np.full((480, 640), 210, np.uint8)
    for row in range(30, 480, 24):
        cv2.putText(
            page, "Gao nep Tu Le, hang 3 sao, HTX Muong Lo 2026", (10, row), cv2.FONT_HERSHEY_SIMPLEX, 0.7, 40, 2
        )
    rng = np.random.default_rng(3)
    noise = rng.integers(0, 256, (480, 640)).astype(np.uint8)
    cloth = np.asarray(cv2.resize(rng.integers(60, 200, (80, 107)).astype(np.uint8), (640, 480)), np.uint8)
    fence = np.full((480, 640), 180, np.uint8)
    fence[:, ::40] = fence[:, 1::40] = fence[:, 2::40] = 60
    return {"a page": page, "noise": noise, "cloth": cloth, "a fence": fence}
