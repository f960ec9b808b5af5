"""Makes a video of a label for Chromium's fake camera: YUV4MPEG2 frames of a pack that moves a little."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

Picture = npt.NDArray[np.uint8]
FRAMES = 12


def frames(label: Picture, width: int = 640, height: int = 480, *, noise: float = 3) -> Iterator[Picture]:
    """A short loop of BGR frames in which a BGR label drifts over a table; the same every time.

    `noise` is the sensor's: the standard deviation of a pixel's value, in steps of 255.
    """
    random = np.random.default_rng(952)
    table = np.full((height, width, 3), (120, 140, 150), np.uint8)
    scale = min(width * 0.9 / label.shape[1], height * 0.85 / label.shape[0])
    small = cv2.resize(label, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    rows, columns = small.shape[:2]
    for number in range(FRAMES):
        swing = np.sin(2 * np.pi * number / FRAMES)
        left, top = int((width - columns) / 2 + 10 * swing), int((height - rows) / 2 + 6 * swing)
        frame = table.copy()
        frame[top : top + rows, left : left + columns] = small
        yield np.clip(frame + random.normal(0, noise, frame.shape), 0, 255).astype(np.uint8)


def film(label: Picture, path: Path, width: int = 640, height: int = 480, *, noise: float = 3) -> Path:
    """Write the frames of a label as a video; Chromium loops it."""
    return write(frames(label, width, height, noise=noise), path)


def still(picture: Picture, path: Path, *, noise: float = 2) -> Path:
    """Write a picture that does not move as a video, with the sensor's noise over it."""
    random = np.random.default_rng(952)
    noisy = (picture + random.normal(0, noise, picture.shape) for _number in range(4))
    return write((np.clip(frame, 0, 255).astype(np.uint8) for frame in noisy), path)


def write(pictures: Iterable[Picture], path: Path) -> Path:
    """Write BGR frames of one size as a video of 15 frames a second."""
    with path.open("wb") as out:
        for number, frame in enumerate(pictures):
            if number == 0:
                out.write(f"YUV4MPEG2 W{frame.shape[1]} H{frame.shape[0]} F15:1 Ip A1:1 C420jpeg\n".encode())
            out.write(b"FRAME\n" + cv2.cvtColor(frame, cv2.COLOR_BGR2YUV_I420).tobytes())
    return path


def turn_to(pack: Path, camera: Path) -> None:
    """Let a camera go on with another film of that size and length, as when a person turns to the next pack.

    The file is written over where it is: Chromium reads each frame when it is due.
    """
    with camera.open("r+b") as out:
        out.write(pack.read_bytes())


def part(label: Picture, which: str) -> Picture:
    """Half of a sample label: `qr` the left one, `ean` the right one; the other half is blank."""
    half = label.shape[1] * 2 // 5
    cut = np.full_like(label, 255)
    if which == "qr":
        cut[:, :half] = label[:, :half]
    else:
        cut[:, half:] = label[:, half:]
    return cut


def stall(labels: Sequence[Picture], path: Path, width: int = 1280, height: int = 720, *, noise: float = 3) -> Path:
    """Write a video of gray labels that lie in three columns on a stall."""
    scene = np.full((height, width), 120, np.uint8)
    across, down = width // 3, height // -(-len(labels) // 3)
    for number, label in enumerate(labels):
        scale = min(1, across / label.shape[1], down / label.shape[0])
        small = cv2.resize(label, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        left = number % 3 * across + (across - small.shape[1]) // 2
        top = number // 3 * down + (down - small.shape[0]) // 2
        scene[top : top + small.shape[0], left : left + small.shape[1]] = small
    return still(np.asarray(cv2.cvtColor(scene, cv2.COLOR_GRAY2BGR), np.uint8), path, noise=noise)
