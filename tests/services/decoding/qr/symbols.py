"""QR Codes drawn by other implementations, and what a camera does to them."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
import numpy.typing as npt
import segno
import zxingcpp

Gray = npt.NDArray[np.uint8]
Modules = npt.NDArray[np.bool_]


def modules(content: str | bytes, **options: Any) -> Modules:
    """True where the symbol is dark, without quiet zone; `options` are segno's."""
    return matrix(segno.make(content, micro=False, **options))


def matrix(code: segno.QRCode) -> Modules:
    return np.array([list(row) for row in code.matrix], bool)


def gs1_modules(text: str) -> Modules:
    """A symbol with FNC1 in the first place, drawn by zxing-cpp."""
    code = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode, gs1=True)
    return np.asarray(np.array(code.to_image(scale=1, add_quiet_zones=False)) == 0, bool)


def picture(dark: Modules, pixels: int = 5, quiet: int = 4) -> Gray:
    """The symbol, black on white, with that many pixels in a module and that many modules of quiet zone."""
    symbol = np.where(np.pad(dark, quiet), 0, 255).astype(np.uint8)
    return np.kron(symbol, np.ones((pixels, pixels), np.uint8))


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
    """A camera's view: `skew` moves the corners by a share of the side, `bulge` is the rise of a line across the middle
    in modules, `blur` is in modules, `noise` in gray levels, `shadow` the share of light lost from left to right."""
    random = np.random.default_rng(seed)
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
    room = int(side * scale * 1.7) + 40
    corners = np.array([[0, 0], [side, 0], [side, side], [0, side]], np.float32)
    angle = np.deg2rad(degrees)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    there = (corners - side / 2) * scale @ turn.T + room / 2
    there += random.uniform(-1, 1, there.shape) * skew * side * scale
    warp = cv2.getPerspectiveTransform(corners, (there * 3).astype(np.float32))
    seen = cv2.warpPerspective(flat, warp, (room * 3, room * 3), borderValue=255)
    seen = 40 + cv2.resize(seen, (room, room), interpolation=cv2.INTER_AREA).astype(float) * contrast
    seen = cv2.GaussianBlur(seen, (0, 0), max(blur * pixels, 0.01)) * (1 - shadow * np.linspace(0, 1, room))
    return np.clip(seen + random.normal(0, noise, seen.shape), 0, 255).astype(np.uint8)
