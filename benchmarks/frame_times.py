"""How long one camera frame takes to read: FrameTracker beside the bare decoders, on the same frames in turn."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Iterator

import cv2
import numpy as np
import numpy.typing as npt
import zxingcpp
from pyzbar import pyzbar

from benchmarks.browser_times import label
from services.decoding import DESKTOP, PHONE, FrameTracker
from tests.support.video import Picture, frames

Gray = npt.NDArray[np.uint8]
SIZES = ((640, 480), (1280, 720))
BARE = "zxing-cpp alone"


def decoders() -> dict[str, Callable[[Gray, float], object]]:
    """What is compared, by name; each takes a gray frame and the moment it was taken."""
    desktop, phone = FrameTracker(DESKTOP), FrameTracker(PHONE)
    return {
        "FrameTracker, desktop": desktop.look,
        "FrameTracker, phone": phone.look,
        BARE: lambda gray, _at: zxingcpp.read_barcodes(gray),
        "pyzbar alone": lambda gray, _at: pyzbar.decode(gray),
    }


def _gray(frame: Picture) -> Gray:
    return np.asarray(cv2.cvtColor(frame, cv2.COLOR_BGR2GRAY), np.uint8)


def frame_times(rounds: int) -> Iterator[tuple[str, str, float]]:
    """What the frame shows, which decoder, and the seconds that it took, `rounds` times each."""
    for width, height in SIZES:
        for shown, picture in (("label", label()), ("no code", np.full((800, 1200, 3), 255, np.uint8))):
            film = [
                np.asarray(cv2.cvtColor(frame, cv2.COLOR_BGR2GRAY), np.uint8)
                for frame in frames(picture, width, height)
            ]
            compared = decoders()
            for read in compared.values():  # the first call of each loads its library
                read(film[-1], -60.0)
            for number, gray in enumerate(itertools.islice(itertools.cycle(film), rounds)):
                for name, read in compared.items():
                    start = time.perf_counter()
                    read(gray, number / 15)
                    yield f"{width} x {height}, {shown}", name, time.perf_counter() - start
