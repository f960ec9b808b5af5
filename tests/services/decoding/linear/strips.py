"""Strips as a camera would see them: bars of known modules, blurred, coarse, noisy, bent."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt
import zxingcpp

Strip = npt.NDArray[np.float32]

QUIET = 12
_FINE = 16


def modules(text: str, kind: str, **options: bool) -> Strip:
    """One row of a symbol as another implementation draws it, a sample a module, 0 dark and 255 light."""
    symbol = zxingcpp.create_barcode(text, getattr(zxingcpp.BarcodeFormat, kind), **options)
    picture = np.asarray(zxingcpp.write_barcode_to_image(symbol, scale=1, add_hrt=False, add_quiet_zones=False))
    return picture[len(picture) // 2].astype(np.float32)


def strip(
    row: Strip, *, pixels: float = 2.0, blur: float = 0.6, noise: float = 8.0, bend: float = 0.0, lean: float = 0.0
) -> tuple[Strip, tuple[float, float]]:
    """Forty rows of a symbol with QUIET modules on either side, and where it begins and ends.

    `pixels` a module, `blur` and `bend` in modules, `lean` in pixels over the height.
    """
    fine = np.repeat(np.pad(row, QUIET, constant_values=255), _FINE)
    fine = cv2.GaussianBlur(fine[None], (0, 0), blur * _FINE)[0]
    length = len(row) + 2 * QUIET
    across = (np.arange(round(length * pixels)) + 0.5) / round(length * pixels)
    rows = []
    for height in np.linspace(-0.5, 0.5, 40):
        at = across + bend / length * 4 * across * (1 - across) + lean * height / (length * pixels)
        rows.append(np.interp(at * length * _FINE, np.arange(len(fine)) + 0.5, fine))
    light = 50 + np.array(rows) / 255 * 110 + 30 * across
    grain = np.random.default_rng(952).normal(0, noise, light.shape)
    ends = (QUIET * pixels, (QUIET + len(row)) * pixels)
    return np.clip(light + grain, 0, 255).astype(np.float32), ends
