"""Data Matrix symbols drawn by another implementation, and what a camera does to them."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt
import zxingcpp

Gray = npt.NDArray[np.uint8]


def modules(text: str | bytes, *, version: int = 0, gs1: bool = False) -> npt.NDArray[np.bool_]:
    """True where the symbol is dark. `version` numbers the sizes: 1 to 24 square, 25 to 30 rectangular, then DMRE."""
    options = {"version": version} if version else {}
    if gs1:
        options["gs1"] = True
    code = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.DataMatrix, **options)
    return np.asarray(np.array(code.to_image(scale=1, add_quiet_zones=False)) == 0, bool)


def picture(dark: npt.NDArray[np.bool_], pixels: int = 5, quiet: int = 2) -> Gray:
    """The symbol, black on white, with that many pixels in a module and that many modules of quiet zone."""
    symbol = np.where(np.pad(dark, quiet), 0, 255).astype(np.uint8)
    return np.kron(symbol, np.ones((pixels, pixels), np.uint8))


def photograph(
    dark: npt.NDArray[np.bool_],
    *,
    pixels: float = 5,
    degrees: float = 0,
    skew: float = 0,
    blur: float = 0.2,
    noise: float = 3,
    shadow: float = 0,
    seed: int = 0,
) -> Gray:
    """A camera's view: `skew` moves the corners by a share of the shorter side, `blur` is in modules, `noise` in gray
    levels, `shadow` the share of light lost from left to right."""
    random = np.random.default_rng(seed)
    flat = picture(dark, 12)
    height, width = flat.shape
    scale = pixels / 12
    side = int(np.hypot(height, width) * scale * 1.2) + 40
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    angle = np.deg2rad(degrees)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    there = (corners - [width / 2, height / 2]) * scale @ turn.T + side / 2
    there += random.uniform(-1, 1, there.shape) * skew * min(height, width) * scale
    warp = cv2.getPerspectiveTransform(corners, (there * 3).astype(np.float32))
    seen = cv2.warpPerspective(flat, warp, (side * 3, side * 3), borderValue=255)
    seen = 50 + cv2.resize(seen, (side, side), interpolation=cv2.INTER_AREA).astype(float) * 0.6
    seen = cv2.GaussianBlur(seen, (0, 0), max(blur * pixels, 0.01)) * (1 - shadow * np.linspace(0, 1, side))
    return np.clip(seen + random.normal(0, noise, seen.shape), 0, 255).astype(np.uint8)
