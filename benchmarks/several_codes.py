"""Pictures and films with several codes: packs on a stall or labels on a sheet, drawn by chance as a camera sees them.

Everything follows from the salt, the number of codes and the severity, so that each can be made again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from math import ceil, cos, pi, radians, sin
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from benchmarks.fuzz_pictures import Code, drawn, text_for
from services.decoding import Symbology

Array = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float64]
Chance = np.random.Generator

KINDS: dict[str, tuple[Symbology, ...]] = {
    "mixed": (
        Symbology.EAN_13, Symbology.EAN_13, Symbology.QR_CODE, Symbology.QR_CODE, Symbology.DATA_MATRIX,
        Symbology.EAN_8, Symbology.UPC_A, Symbology.UPC_E, Symbology.CODE_128, Symbology.ITF_14,
    ),
    "retail": (Symbology.EAN_13, Symbology.EAN_13, Symbology.EAN_8, Symbology.UPC_A, Symbology.UPC_E),
    "QR": (Symbology.QR_CODE,),
    "matrix": (Symbology.QR_CODE, Symbology.DATA_MATRIX),
    "EAN-13": (Symbology.EAN_13,),
    "pack": (Symbology.EAN_13, Symbology.QR_CODE),
}  # fmt: skip
"""What the codes of one picture are drawn from."""

FILM_FRAMES, FILM_SIZE = 45, (1280, 720)


@dataclass(frozen=True)
class _Severity:
    """The worst of each: modules in pixels (from, to), turns and tilts in degrees, blur in modules, noise in levels."""

    linear: tuple[float, float]
    matrix: tuple[float, float]
    turn: float
    tilt: float
    blur: float
    noise: float
    gain: float
    quality: int


_SEVERITIES = {
    1: _Severity((2.8, 4.0), (4.0, 6.0), 8, 5, 0.15, 3, 0.9, 90),
    2: _Severity((2.2, 3.0), (3.0, 4.5), 30, 15, 0.3, 6, 0.65, 75),
    3: _Severity((1.7, 2.4), (2.3, 3.4), 180, 25, 0.45, 10, 0.5, 60),
}


@dataclass(frozen=True)
class _Label:
    """A code on a label: brightness 0 to 1 of its texture, `fine` texture pixels to a module of `module` pixels."""

    code: Code
    texture: npt.NDArray[np.float32]
    fine: int
    module: float
    angle: float

    @property
    def size(self) -> tuple[float, float]:
        """Width and height in the picture, before it is turned."""
        height, width = self.texture.shape[:2]
        return width / self.fine * self.module, height / self.fine * self.module

    @property
    def room(self) -> tuple[float, float]:
        """Width and height of the upright box around it."""
        (width, height), angle = self.size, radians(self.angle)
        return (
            width * abs(cos(angle)) + height * abs(sin(angle)),
            width * abs(sin(angle)) + height * abs(cos(angle)),
        )


def chance_of(*words: object) -> Chance:
    """Chance that follows from these words."""
    return np.random.default_rng(int(hashlib.sha256("|".join(map(str, words)).encode()).hexdigest()[:12], 16))


def several(salt: str, kinds: str, codes: int, severity: int) -> tuple[Array, list[Code]]:
    """A BGR picture with so many different codes, of at most about 12 million pixels, and the codes."""
    chance = chance_of(salt, kinds, codes, severity)
    labels = _labels(chance, KINDS[kinds], codes, _SEVERITIES[severity])
    places, wide, high = _laid_out(chance, labels)
    tilt = _tilted(chance, _SEVERITIES[severity].tilt, wide, high)
    sheet = _corners(wide, high, tilt)
    (left, top), (width, height) = sheet.min(0), np.ptp(sheet, axis=0)
    scale = min(1.0, (12e6 / (width * height)) ** 0.5)
    view = np.diag([scale, scale, 1]) @ _moved(-left, -top) @ tilt
    scene = _seen(labels, places, view, _ground(chance, ceil(width * scale), ceil(height * scale)))
    return _photographed(chance, scene, _SEVERITIES[severity], scale), [label.code for label in labels]


def film(salt: str, kinds: str, codes: int, severity: int) -> tuple[Iterator[Array], list[Code]]:
    """The frames of a stall over which a hand holds a camera, BGR, and the codes."""
    chance = chance_of("film", salt, kinds, codes, severity)
    worst = _SEVERITIES[severity]
    labels = _labels(chance, KINDS[kinds], codes, worst)
    places, width, height = _laid_out(chance, labels, FILM_SIZE[0] / FILM_SIZE[1])
    fit = min(1.0, 0.9 * FILM_SIZE[0] / width, 0.9 * FILM_SIZE[1] / height)
    ground = _ground(chance, FILM_SIZE[0] + 200, FILM_SIZE[1] + 200)

    def frames() -> Iterator[Array]:
        tilt = _tilted(chance, worst.tilt * 0.6, width, height)
        drift, wander = chance.uniform(-1, 1, 2), chance.uniform(0, 2 * pi, 3)
        for number in range(FILM_FRAMES):
            share = number / FILM_FRAMES
            zoom = fit * (1 + 0.08 * sin(wander[0] + 4 * share))
            roll = radians(2 * sin(wander[1] + 5 * share))
            shift = drift * 30 * (share - 0.5) + chance.normal(0, 2, 2)
            there = _moved(FILM_SIZE[0] / 2 + shift[0], FILM_SIZE[1] / 2 + shift[1])
            view = there @ _turned(roll, zoom) @ _moved(-width / 2, -height / 2) @ tilt
            x, y = (100 + shift).astype(int)
            scene = _seen(labels, places, view, ground[y : y + FILM_SIZE[1], x : x + FILM_SIZE[0]].copy())
            yield _photographed(chance, scene, worst, zoom, moving=True)

    return frames(), [label.code for label in labels]


def _labels(chance: Chance, kinds: tuple[Symbology, ...], codes: int, worst: _Severity) -> list[_Label]:
    made: dict[Code, _Label] = {}
    while len(made) < codes:
        symbology = kinds[int(chance.integers(len(kinds)))] if made else kinds[0]
        text, gs1 = text_for(chance, symbology)
        if (text, symbology) not in made:
            made[text, symbology] = _label(chance, (text, symbology), worst, gs1=gs1)
    return list(made.values())


def _label(chance: Chance, code: Code, worst: _Severity, *, gs1: bool) -> _Label:
    text, symbology = code
    matrix = Symbology(symbology).is_matrix
    pixels = drawn(text, Symbology(symbology), 1, gs1=gs1)
    rows, columns = np.nonzero(pixels < 128)
    ink = pixels[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1]
    if not matrix:
        ink = np.repeat(ink[len(ink) // 2][None], max(20, int(ink.shape[1] * chance.uniform(0.3, 0.6))), 0)
    module = float(chance.uniform(*(worst.matrix if matrix else worst.linear)))
    fine = max(2, ceil(module * 1.5))
    quiet = 4 if matrix else 11
    padded = np.pad(ink, ((4, 9), (quiet, quiet)), constant_values=255)
    texture = np.ascontiguousarray(np.kron(padded, np.ones((fine, fine), np.uint8)))
    words = text[:14].encode("ascii", "replace").decode()
    cv2.putText(texture, words, (quiet * fine, len(texture) - 3 * fine), cv2.FONT_HERSHEY_SIMPLEX, 0.18 * fine, 0, 1)
    paper, dark = chance.uniform(0.75, 1.0, 3), chance.uniform(0.0, 0.2, 3)
    coloured = (dark + texture[..., None] / 255 * (paper - dark)).astype(np.float32)
    return _Label(code, coloured, fine, module, float(chance.uniform(-1, 1) * worst.turn))


def _laid_out(
    chance: Chance, labels: list[_Label], shape: float = 4 / 3
) -> tuple[list[tuple[float, float]], float, float]:
    """Put the labels in rows: the middle of each, and the width and height of all."""
    area = sum(width * height for width, height in (label.room for label in labels))
    longest = max(max(label.room) for label in labels)
    limit = max((area * 1.35 * shape) ** 0.5, longest * 1.1)
    gap = 0.06 * longest
    places, x, y, tall, width = [], gap, gap, 0.0, 0.0
    for label in labels:
        wide, high = label.room
        if x + wide > limit and x > gap:
            x, y, tall = gap, y + tall + gap, 0.0
        places.append((x + wide / 2 + chance.uniform(0, gap / 2), y + high / 2 + chance.uniform(0, gap / 2)))
        x, tall = x + wide + gap, max(tall, high)
        width = max(width, x)
    return places, width + gap, y + tall + 2 * gap


def _corners(width: float, height: float, onto: Floats) -> Floats:
    """Where the corners of a rectangle at the origin come to lie."""
    corners = np.array([[[0, 0], [width, 0], [width, height], [0, height]]], np.float64)
    return np.asarray(cv2.perspectiveTransform(corners, onto)[0], np.float64)


def _turned(angle: float, scale: float) -> Floats:
    across, down = scale * cos(angle), scale * sin(angle)
    return np.array([[across, -down, 0], [down, across, 0], [0, 0, 1]], np.float64)


def _moved(x: float, y: float) -> Floats:
    return np.array([[1, 0, x], [0, 1, y], [0, 0, 1]], np.float64)


def _tilted(chance: Chance, degrees: float, width: float, height: float) -> Floats:
    """Look at a sheet from the side, by at most so many degrees each way, about its middle."""
    x, y = (radians(float(chance.uniform(-1, 1)) * degrees) for _ in range(2))
    far = 1.3 * max(width, height)
    turn = np.array([[cos(y), sin(x) * sin(y), 0], [0, cos(x), 0], [-sin(y) / far, sin(x) * cos(y) / far, 1]])
    return np.asarray(_moved(width / 2, height / 2) @ turn @ _moved(-width / 2, -height / 2), np.float64)


def _ground(chance: Chance, width: int, height: int) -> npt.NDArray[np.float32]:
    """A stall's ground: blobs of colour and some print."""
    coarse = chance.uniform(0.25, 0.85, (max(3, height // 160), max(3, width // 160), 3)).astype(np.float32)
    smooth = cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC)
    ground = np.clip(smooth * 255, 0, 255).astype(np.uint8)
    for _ in range(int(chance.integers(3, 12))):
        at = (int(chance.integers(0, width)), int(chance.integers(0, height)))
        words = "".join(chr(chance.integers(65, 91)) for _ in range(10))
        colour = tuple(float(value) for value in chance.uniform(0, 255, 3))
        cv2.putText(
            ground, words, at, int(chance.integers(0, 8)), float(chance.uniform(0.6, 2)), colour, 2, cv2.LINE_AA
        )
    return (ground / 255).astype(np.float32)


def _seen(labels: list[_Label], places: list[tuple[float, float]], view: Floats, scene: Any) -> Any:
    """Draw the labels into the scene."""
    height, width = scene.shape[:2]
    for label, (x, y) in zip(labels, places, strict=True):
        tall, wide = label.texture.shape[:2]
        size, angle = label.module / label.fine, radians(label.angle)
        turn = np.array(
            [[size * cos(angle), -size * sin(angle), 0], [size * sin(angle), size * cos(angle), 0], [0, 0, 1]]
        )
        onto = view @ _moved(x, y) @ turn @ _moved(-wide / 2, -tall / 2)
        corners = cv2.perspectiveTransform(np.array([[[0, 0], [wide, 0], [wide, tall], [0, tall]]], np.float64), onto)[
            0
        ]
        x0, y0 = np.floor(corners.min(0)).astype(int).clip(0, [width, height])
        x1, y1 = np.ceil(corners.max(0)).astype(int).clip(0, [width, height])
        if x1 - x0 < 2 or y1 - y0 < 2:
            continue
        shrink = max(1.0, wide / max(float(np.linalg.norm(corners[1] - corners[0])), 1))
        texture = cv2.GaussianBlur(label.texture, (0, 0), 0.35 * (shrink - 1)) if shrink > 1.5 else label.texture
        here, box = _moved(-float(x0), -float(y0)) @ onto, (int(x1 - x0), int(y1 - y0))
        drawing = cv2.warpPerspective(texture, here, box, flags=cv2.INTER_LINEAR)
        mask = cv2.warpPerspective(np.ones((tall, wide), np.float32), here, box, flags=cv2.INTER_LINEAR)[..., None]
        scene[y0:y1, x0:x1] = scene[y0:y1, x0:x1] * (1 - mask) + drawing * mask
    return scene


def _photographed(chance: Chance, scene: Any, worst: _Severity, scale: float, *, moving: bool = False) -> Array:
    """Light, lens, sensor and JPEG."""
    height, width = scene.shape[:2]
    slope = np.linspace(-0.5, 0.5, width, dtype=np.float32)[None, :, None] * float(chance.uniform(-0.3, 0.3))
    lit = scene * (1 + slope) * (worst.gain * float(chance.uniform(0.9, 1.1)))
    blur = worst.blur * worst.linear[0] * scale * float(chance.uniform(0.5, 1.2 if moving else 1.0))
    if blur > 0.25:
        lit = cv2.GaussianBlur(lit, (0, 0), blur)
    noise = chance.normal(0, worst.noise, (height, width, 1)).astype(np.float32)
    pixels = np.clip(lit * 255 + noise, 0, 255).astype(np.uint8)
    done, coded = cv2.imencode(".jpg", pixels, [cv2.IMWRITE_JPEG_QUALITY, worst.quality])
    if not done:
        raise RuntimeError("OpenCV wrote no JPEG")
    return np.asarray(cv2.imdecode(coded, cv2.IMREAD_COLOR), np.uint8)
