"""Data Matrix symbols drawn by another implementation, and what a camera does to them."""

from __future__ import annotations

import cv2
import numpy as np
import zxingcpp

from services.decoding.pixels import Gray
from tests.services.decoding.matrices import Modules, picture, seen


def modules(text: str | bytes, *, version: int = 0, gs1: bool = False) -> Modules:
    """True where the symbol is dark. `version` numbers the sizes: 1 to 24 square, 25 to 30 rectangular, then DMRE."""
    options = {"version": version} if version else {}
    if gs1:
        options["gs1"] = True
    code = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.DataMatrix, **options)
    return np.asarray(np.array(code.to_image(scale=1, add_quiet_zones=False)) == 0, bool)


def photograph(
    dark: Modules,
    *,
    pixels: float = 5,
    degrees: float = 0,
    skew: float = 0,
    blur: float = 0.2,
    noise: float = 3,
    shadow: float = 0,
    seed: int = 0,
) -> Gray:
    """A camera's view: `blur` is in modules; see `seen`."""
    flat = picture(dark, 12, quiet=2)
    scale = pixels / 12
    return seen(
        flat, scale, room=int(np.hypot(*flat.shape) * scale * 1.2) + 40, degrees=degrees, skew=skew,
        blur=blur * pixels, noise=noise, dark=50, contrast=0.6, shadow=shadow, seed=seed,
    )  # fmt: skip


def dotted(dark: Modules, share: float, pixels: int = 8, quiet: int = 3) -> Gray:
    """The symbol as dots that do not touch: a `share` of a module wide, black on white."""
    rows, columns = dark.shape
    image = np.full(((rows + 2 * quiet) * pixels, (columns + 2 * quiet) * pixels), 255, np.uint8)
    for row, column in np.argwhere(dark) + quiet + 0.5:
        middle = (round(column * pixels * 16), round(row * pixels * 16))
        cv2.circle(image, middle, round(share * pixels * 8), 0, -1, cv2.LINE_AA, 4)
    return image
