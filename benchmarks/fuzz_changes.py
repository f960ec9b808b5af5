"""What chance does to the pixels of a gray picture: one function a change, all in CHANGES by name."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]
Chance = np.random.Generator


def _resized(pixels: Array, width: float, height: float) -> Array:
    size = (int(np.clip(width, 1, 700)), int(np.clip(height, 1, 700)))
    return cv2.resize(pixels, size, interpolation=cv2.INTER_AREA if size[0] < pixels.shape[1] else cv2.INTER_CUBIC)


def _crop(pixels: Array, chance: Chance) -> Array:
    (top, bottom), (left, right) = (np.sort(chance.integers(0, length + 1, 2)) for length in pixels.shape)
    return pixels[top : max(bottom, top + 4), left : max(right, left + 4)]


def _flip(pixels: Array, chance: Chance) -> Array:
    return cv2.flip(pixels, int(chance.integers(-1, 2)))


def _turn(pixels: Array, chance: Chance) -> Array:
    height, width = pixels.shape
    side = int(np.hypot(height, width)) + 2
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), chance.uniform(0, 360), 1)
    turn[:, 2] += (side - width) / 2, (side - height) / 2
    return cv2.warpAffine(pixels, turn, (side, side), borderValue=int(chance.integers(0, 256)))


def _noise(pixels: Array, chance: Chance) -> Array:
    return clipped(pixels + chance.normal(0, chance.uniform(2, 90), pixels.shape))


def _specks(pixels: Array, chance: Chance) -> Array:
    share, spots = chance.uniform(0, 0.3), chance.random(pixels.shape)
    return np.where(spots < share / 2, 0, np.where(spots > 1 - share / 2, 255, pixels)).astype(np.uint8)


def _shuffle(pixels: Array, chance: Chance) -> Array:
    side = int(chance.integers(3, max(4, min(pixels.shape) // 2)))
    shuffled = pixels.copy()
    corners = [(y, x) for y in range(0, pixels.shape[0] - side, side) for x in range(0, pixels.shape[1] - side, side)]
    for _ in range(int(chance.integers(1, 12))):
        if len(corners) > 1:
            (a, b), (c, d) = (corners[i] for i in chance.choice(len(corners), 2, replace=False))
            tile = shuffled[a : a + side, b : b + side].copy()
            shuffled[a : a + side, b : b + side] = shuffled[c : c + side, d : d + side]
            shuffled[c : c + side, d : d + side] = tile
    return shuffled


def _saturate(pixels: Array, chance: Chance) -> Array:
    return clipped(pixels * chance.uniform(0.05, 6) + chance.uniform(-200, 200))


def _light(pixels: Array, chance: Chance) -> Array:
    across = np.linspace(chance.uniform(0, 1.5), chance.uniform(0, 1.5), pixels.shape[1])
    return clipped(pixels * across * np.linspace(1, chance.uniform(0, 1.5), len(pixels))[:, None])


def _stretch(pixels: Array, chance: Chance) -> Array:
    across, down = np.exp(chance.uniform(-3, 2, 2))
    return _resized(pixels, pixels.shape[1] * across, pixels.shape[0] * down)


def _tiny(pixels: Array, chance: Chance) -> Array:
    return _resized(pixels, *chance.integers(1, 40, 2))


def _again(pixels: Array, chance: Chance) -> Array:
    """Smaller and back to size: what an upscaled thumbnail is."""
    factor = chance.uniform(0.2, 0.9)
    small = _resized(pixels, pixels.shape[1] * factor, pixels.shape[0] * factor)
    return _resized(small, pixels.shape[1], pixels.shape[0])


def _blur(pixels: Array, chance: Chance) -> Array:
    return cv2.GaussianBlur(pixels, (0, 0), chance.uniform(0.3, 5))


def _motion(pixels: Array, chance: Chance) -> Array:
    return cv2.blur(pixels, (int(chance.integers(1, 15)), int(chance.choice([1, 1, 3]))))


def _invert(pixels: Array, _chance: Chance) -> Array:
    return 255 - pixels


def _cover(pixels: Array, chance: Chance) -> Array:
    covered = pixels.copy()
    for _ in range(int(chance.integers(1, 5))):
        ends = [tuple(int(v) for v in chance.integers(0, pixels.shape[::-1])) for _ in range(2)]
        colour = int(chance.integers(0, 256))
        if chance.random() < 0.5:
            cv2.rectangle(covered, ends[0], ends[1], colour, -1)
        else:
            cv2.line(covered, ends[0], ends[1], colour, int(chance.integers(1, 9)))
    return covered


def _roll(pixels: Array, chance: Chance) -> Array:
    return np.roll(pixels, tuple(chance.integers(0, pixels.shape)), (0, 1))


def _rows(pixels: Array, chance: Chance) -> Array:
    """Each row shifted a little further or back: a rolling shutter."""
    shift = np.cumsum(chance.integers(-1, 2, len(pixels))) % pixels.shape[1]
    columns = (np.arange(pixels.shape[1])[None] + shift[:, None]) % pixels.shape[1]
    return np.take_along_axis(pixels, columns, 1)


def _drop(pixels: Array, chance: Chance) -> Array:
    """Some columns are missing: a torn or folded label."""
    start, count = int(chance.integers(0, pixels.shape[1])), int(chance.integers(1, 20))
    return np.delete(pixels, slice(start, min(start + count, pixels.shape[1] - 4)), 1)


def _steps(pixels: Array, chance: Chance) -> Array:
    step = int(chance.choice([32, 64, 128]))
    return (pixels // step * step).astype(np.uint8)


def _tilt(pixels: Array, chance: Chance) -> Array:
    height, width = pixels.shape
    flat = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    bent = (flat + chance.uniform(-0.25, 0.25, (4, 2)) * [width, height]).astype(np.float32)
    return cv2.warpPerspective(pixels, cv2.getPerspectiveTransform(flat, bent), (width, height), borderValue=255)


def _squeeze(pixels: Array, chance: Chance) -> Array:
    """The columns of a bottle: narrower towards the edges."""
    width = pixels.shape[1]
    bend = chance.uniform(0.3, 1.4)
    source = (np.arcsin(np.linspace(-1, 1, width) * np.sin(bend)) / bend + 1) / 2 * (width - 1)
    return pixels[:, np.rint(source).astype(int)]


def _jpeg(pixels: Array, chance: Chance) -> Array:
    _, packed = cv2.imencode(".jpg", pixels, [cv2.IMWRITE_JPEG_QUALITY, int(chance.integers(1, 60))])
    return np.asarray(cv2.imdecode(packed, cv2.IMREAD_GRAYSCALE))


def clipped(pixels: Array) -> Array:
    """As gray pixels, what is beyond black and white cut off."""
    return np.clip(pixels, 0, 255).astype(np.uint8)


CHANGES: dict[str, Callable[[Array, Chance], Array]] = {
    "crop": _crop, "flip": _flip, "turn": _turn, "noise": _noise, "specks": _specks, "shuffle": _shuffle,
    "saturate": _saturate, "light": _light, "stretch": _stretch, "tiny": _tiny, "resample": _again, "blur": _blur,
    "motion": _motion, "invert": _invert, "cover": _cover, "roll": _roll, "rows": _rows, "drop": _drop,
    "steps": _steps, "tilt": _tilt, "squeeze": _squeeze, "jpeg": _jpeg,
}  # fmt: skip
