"""Matrix symbols as pictures, and what a camera does to them."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from services.decoding.pixels import Gray

Modules = npt.NDArray[np.bool_]
"""True where the symbol is dark, without quiet zone."""


def picture(dark: Modules, pixels: int = 5, quiet: int = 4) -> Gray:
    """The symbol, black on white, with that many pixels in a module and that many modules of quiet zone."""
    symbol = np.where(np.pad(dark, quiet), 0, 255).astype(np.uint8)
    return np.kron(symbol, np.ones((pixels, pixels), np.uint8))


def seen(
    flat: Gray,
    scale: float,
    *,
    room: int,
    degrees: float,
    skew: float,
    blur: float,
    noise: float,
    dark: float,
    contrast: float,
    shadow: float,
    seed: int,
) -> Gray:
    """A camera's square view, `room` pixels wide, of a flat picture seen `scale` times as large.

    `skew` moves the corners by a share of the shorter side, `blur` is in pixels, `noise` in gray levels. Black is as
    bright as `dark`, white as `dark` + 255 `contrast`; `shadow` is the share of light lost from left to right.
    """
    random = np.random.default_rng(seed)
    height, width = flat.shape
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    angle = np.deg2rad(degrees)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    there = (corners - [width / 2, height / 2]) * scale @ turn.T + room / 2
    there += random.uniform(-1, 1, there.shape) * skew * min(height, width) * scale
    warp = cv2.getPerspectiveTransform(corners, (there * 3).astype(np.float32))
    large = cv2.warpPerspective(flat, warp, (room * 3, room * 3), borderValue=255)
    view = dark + cv2.resize(large, (room, room), interpolation=cv2.INTER_AREA).astype(float) * contrast
    view = cv2.GaussianBlur(view, (0, 0), max(blur, 0.01)) * (1 - shadow * np.linspace(0, 1, room))
    return np.clip(view + random.normal(0, noise, view.shape), 0, 255).astype(np.uint8)
