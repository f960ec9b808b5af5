"""A camera's video of a label, for Chromium's fake camera: YUV4MPEG2 frames of a pack that moves a little."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

Picture = npt.NDArray[np.uint8]
WIDTH, HEIGHT, FRAMES = 640, 480, 12


def film(label: Picture, path: Path) -> Path:
    """Write a short video in which a BGR label drifts over a table, with sensor noise; Chromium loops it."""
    noise = np.random.default_rng(952)
    table = np.full((HEIGHT, WIDTH, 3), (120, 140, 150), np.uint8)
    scale = min(WIDTH * 0.9 / label.shape[1], HEIGHT * 0.85 / label.shape[0])
    small = cv2.resize(label, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    height, width = small.shape[:2]
    with path.open("wb") as out:
        out.write(f"YUV4MPEG2 W{WIDTH} H{HEIGHT} F15:1 Ip A1:1 C420jpeg\n".encode())
        for number in range(FRAMES):
            swing = np.sin(2 * np.pi * number / FRAMES)
            left, top = int((WIDTH - width) / 2 + 10 * swing), int((HEIGHT - height) / 2 + 6 * swing)
            frame = table.copy()
            frame[top : top + height, left : left + width] = small
            frame = np.clip(frame + noise.normal(0, 3, frame.shape), 0, 255).astype(np.uint8)
            out.write(b"FRAME\n" + cv2.cvtColor(frame, cv2.COLOR_BGR2YUV_I420).tobytes())
    return path


def part(label: Picture, which: str) -> Picture:
    """Half of a sample label: `qr` the left one, `ean` the right one; the other half is blank."""
    half = label.shape[1] * 2 // 5
    cut = np.full_like(label, 255)
    if which == "qr":
        cut[:, :half] = label[:, :half]
    else:
        cut[:, half:] = label[:, half:]
    return cut
