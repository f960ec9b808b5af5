"""QR Codes drawn by other implementations, and what a camera does to them."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
import segno
import zxingcpp

from services.decoding.pixels import Gray
from tests.services.decoding.matrices import Modules, picture, seen


def modules(content: str | bytes, **options: Any) -> Modules:
    """True where the symbol is dark, without quiet zone; `options` are segno's."""
    return matrix(segno.make(content, micro=False, **options))


def matrix(code: segno.QRCode) -> Modules:
    return np.array([list(row) for row in code.matrix], bool)


def gs1_modules(text: str) -> Modules:
    """A symbol with FNC1 in the first place, drawn by zxing-cpp."""
    code = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode, gs1=True)
    return np.asarray(np.array(code.to_image(scale=1, add_quiet_zones=False)) == 0, bool)


def photograph(
    dark: Modules,
    *,
    pixels: float = 5,
    degrees: float = 0,
    skew: float = 0,
    bulge: float = 0,
    blur: float = 0.2,
    noise: float = 3,
    contrast: float = 0.6,
    shadow: float = 0,
    seed: int = 0,
) -> Gray:
    """A camera's view: `bulge` is the rise of a line across the middle, `blur` and it are in modules; see `seen`."""
    flat = picture(dark, 8)
    side = len(flat)
    if bulge:
        y, x = np.indices(flat.shape).astype(np.float32)
        rise = bulge * 8 * (1 - (2 * x / side - 1) ** 2)
        flat = np.asarray(
            cv2.remap(flat, np.asarray(x), np.asarray(y + rise, np.float32), cv2.INTER_LINEAR, borderValue=(255,)),
            np.uint8,
        )
    scale = pixels / 8
    return seen(
        flat, scale, room=int(side * scale * 1.7) + 40, degrees=degrees, skew=skew, blur=blur * pixels, noise=noise,
        dark=40, contrast=contrast, shadow=shadow, seed=seed,
    )  # fmt: skip


def shelf(symbols: list[Gray], columns: int) -> Gray:
    """Pictures of symbols in rows, on a gray ground with a grain."""
    rows = [symbols[n : n + columns] for n in range(0, len(symbols), columns)]
    height, width = max(len(symbol) for symbol in symbols), max(symbol.shape[1] for symbol in symbols)
    ground = np.random.default_rng(len(symbols)).normal(140, 4, (height * len(rows), width * columns))
    wide = np.clip(ground, 0, 255).astype(np.uint8)
    for down, row in enumerate(rows):
        for across, symbol in enumerate(row):
            top, left = down * height, across * width
            wide[top : top + len(symbol), left : left + symbol.shape[1]] = symbol
    return wide
