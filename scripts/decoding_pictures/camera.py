"""The sample label, and a camera of a few lines that photographs it: curved, from the side, out of focus, dim."""

from __future__ import annotations

import json
import math
from pathlib import Path

import cv2
import numpy as np

from scripts.decoding_pictures.figures import Pixels

LABEL = Path(__file__).resolve().parent.parent.parent / "assets" / "samples" / "certified.png"


def photographed(
    flat: Pixels,
    size: tuple[int, int],
    corners: list[tuple[float, float]],
    *,
    curved: float = 0.0,
    blur: float = 0.8,
    light: tuple[float, float] = (0.95, 0.95),
    noise: float = 1.5,
) -> Pixels:
    """What a camera sees of a flat label whose corners are at these places of a picture of `size` (width, height).

    `curved` is half the angle in radians that the label takes around a pot, `blur` in pixels, `light` at the left and
    right edge as a share of full light, `noise` in gray levels.
    """
    width, height = size
    rows, columns = flat.shape[:2]
    square = np.array([[0, 0], [1, 0], [1, 1], [0, 1]], np.float32)
    back = cv2.getPerspectiveTransform(np.array(corners, np.float32), square)
    fine = 2
    x, y = np.meshgrid((np.arange(width * fine) + 0.5) / fine, (np.arange(height * fine) + 0.5) / fine)
    u, v = (
        cv2.perspectiveTransform(np.stack([x, y], -1).reshape(1, -1, 2), back).reshape(*x.shape, 2).transpose(2, 0, 1)
    )
    on_label = (u >= 0) & (u <= 1)
    if curved:
        across = np.clip(2 * u - 1, -1, 1) * math.sin(curved)
        v = v - 0.12 * (np.sqrt(1 - across**2) - math.cos(curved))
        u = 0.5 + np.arcsin(across) / (2 * curved)
    on_label &= (v >= 0) & (v <= 1)
    seen = cv2.remap(flat, (u * columns - 0.5).astype(np.float32), (v * rows - 0.5).astype(np.float32), cv2.INTER_AREA)
    ground = np.array([96.0, 104.0, 112.0])[: 3 if flat.ndim == 3 else 1] * (1 - 0.3 * y / y.max() / fine)[..., None]
    whole = np.where(on_label[..., None], seen.reshape(*x.shape, -1), ground)
    small = cv2.resize(whole, (width, height), interpolation=cv2.INTER_AREA).reshape(height, width, -1)
    soft = cv2.GaussianBlur(small, (0, 0), blur).reshape(height, width, -1)
    lit = soft * np.linspace(*light, width)[None, :, None]
    grain = np.random.default_rng(7).normal(0, noise, (height, width, 1))
    return np.clip(lit + grain, 0, 255).astype(np.uint8).squeeze()


def label() -> Pixels:
    """The sample label, in colour."""
    return np.asarray(cv2.imread(str(LABEL)), np.uint8)


def gray(image: Pixels) -> Pixels:
    """As the decoder sees it."""
    return np.asarray(cv2.cvtColor(image, cv2.COLOR_BGR2GRAY), np.uint8)


def scene() -> Pixels:
    """The label around a pot, seen from the side, with the light from the left."""
    corners = [(150.0, 60.0), (1130.0, 130.0), (1090.0, 830.0), (190.0, 780.0)]
    return photographed(label(), (1280, 900), corners, curved=0.75, blur=1.0, light=(0.95, 0.45))


def qr_text() -> str:
    """What the label's QR code says."""
    (entry,) = (e for e in json.loads((LABEL.parent / "index.json").read_text("utf-8")) if e["file"] == LABEL.name)
    return next(str(t["text"]) for t in entry["texts"] if t["symbology"] == "QR Code")
