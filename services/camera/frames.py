"""Reads codes from camera frames: always the latest frame, one at a time, in a thread beside the event loop.

Three sources feed the same `FrameReader`: pictures polled from a browser's camera, a phone's image stream, and a
desktop's `cv2.VideoCapture` (`DesktopCamera`).
"""

from __future__ import annotations

import asyncio
import os
import sys
import threading
import time
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from services.camera.in_view import InView
from services.camera.preview import Outline, outlines
from services.decoding import FrameTracker, Look
from services.decoding.hints import light

Frame = npt.NDArray[np.uint8]


class CameraFault(StrEnum):
    """Why there is no live picture; the screen says what to do about each."""

    NO_CAMERA = "no_camera"
    PERMISSION_DENIED = "permission_denied"
    IN_USE = "in_use"
    UNPLUGGED = "unplugged"
    INSECURE_PAGE = "insecure_page"
    FAILED = "failed"


class CameraError(Exception):
    """The camera cannot be used."""

    def __init__(self, fault: CameraFault, detail: str = "") -> None:
        super().__init__(f"{fault.value}: {detail}")
        self.fault = fault


_FAULT_WORDS: tuple[tuple[str, CameraFault], ...] = (
    ("notallowed", CameraFault.PERMISSION_DENIED),
    ("accessdenied", CameraFault.PERMISSION_DENIED),
    ("permission", CameraFault.PERMISSION_DENIED),
    ("accessrestricted", CameraFault.PERMISSION_DENIED),
    ("notfound", CameraFault.NO_CAMERA),
    ("no camera", CameraFault.NO_CAMERA),
    ("notreadable", CameraFault.IN_USE),
    ("in use", CameraFault.IN_USE),
    ("in_use", CameraFault.IN_USE),
    ("disconnected", CameraFault.UNPLUGGED),
    ("cameranotsupported", CameraFault.INSECURE_PAGE),
    ("notsupportederror", CameraFault.INSECURE_PAGE),
    ("security", CameraFault.INSECURE_PAGE),
)


def fault_of(message: str) -> CameraFault:
    """Recognise a fault by the words of Flutter's camera plugin and of browsers (W3C Media Capture, 10.2)."""
    folded = message.lower()
    return next((fault for words, fault in _FAULT_WORDS if words in folded), CameraFault.FAILED)


@dataclass(frozen=True)
class SeenFrame:
    """What one frame showed: the look, the frame's width and height in pixels, and how long the decoding took.

    It was taken `at` (monotonic seconds), and the first one since the reader's last break at `since`.
    `outlines` are the codes in view, of which this frame may have missed some; `awaits_another`: it shows one, not read
    yet, that must be on another pack than the one that has been read. `light` is what
    `services.decoding.hints.light` gives, `ms` is in milliseconds.
    """

    look: Look
    outlines: tuple[Outline, ...]
    awaits_another: bool
    width: int
    height: int
    light: float
    ms: float
    at: float
    since: float


class FrameReader:
    """Reads frames one at a time; a frame that comes while another is being read is dropped.

    So the next frame read is a fresh one, never one that has waited. Used from one event loop; the decoding runs in a
    thread, and runs to its end even where nobody waits for it any more.
    """

    def __init__(self, tracker: FrameTracker) -> None:
        self._tracker = tracker
        self._in_view = InView()
        self._reading: asyncio.Task[SeenFrame | None] | None = None
        self._resumed = False
        self._afresh = True
        self._since = 0.0

    async def read(self, frame: bytes | Frame) -> SeenFrame | None:
        """Read a JPEG's or an array's symbols.

        None while another read is in flight, where the frame is no picture, and where `resume` was called meanwhile.
        """
        if self._reading is not None and not self._reading.done():
            return None
        self._afresh |= self._resumed
        self._resumed = False
        self._reading = asyncio.create_task(asyncio.to_thread(self._seen, frame))
        seen = await asyncio.shield(self._reading)
        return None if self._resumed else seen

    def resume(self) -> None:
        """Start afresh after a break: codes seen before it are not reported for a moment.

        The moment begins with the next picture, since a camera may take longer to open than it lasts.
        """
        self._resumed = True

    def _seen(self, frame: bytes | Frame) -> SeenFrame | None:
        start = time.perf_counter()
        image = frame if isinstance(frame, np.ndarray) else _pixels(frame)
        if image is None:
            return None
        at = time.monotonic()
        if self._afresh:  # here, because the tracker belongs to the thread while a frame is in flight
            self._tracker.resume(at)
            self._in_view.clear()
            self._afresh, self._since = False, at
        look = self._tracker.look(image, at)
        in_view = self._in_view.see(outlines(look), at)
        height, width = image.shape[:2]
        ms = (time.perf_counter() - start) * 1000
        return SeenFrame(look, in_view, self._in_view.awaits_another, width, height, light(image), ms, at, self._since)


def _pixels(jpeg: bytes) -> Frame | None:
    if not jpeg:
        return None
    try:
        image = cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_GRAYSCALE)
    except cv2.error:
        return None
    return None if image is None else np.asarray(image, np.uint8)


class DesktopCamera:
    """A desktop's camera, read in a thread of its own; `latest` gives the newest frame only.

    `source` is a camera number, or the path of a video file. `start` opens it and `stop` ends it; both may block, so
    call them from a thread.
    """

    def __init__(self, source: int | str = 0, *, width: int = 1280, height: int = 720) -> None:
        self._source = source
        self._size = (width, height)
        self._fresh = threading.Condition()
        self._frame: Frame | None = None
        self._number = 0
        self._running = False
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Open the camera. Raises CameraError."""
        capture = _open(self._source, *self._size)
        self._running = True
        self._thread = threading.Thread(target=self._capture, args=(capture,), name="camera", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Release the camera, so that another program may have it."""
        self._running = False
        if self._thread:
            self._thread.join(timeout=5)

    def latest(self, after: int, timeout: float = 1.0) -> tuple[int, Frame] | None:
        """Wait up to `timeout` seconds for a frame with a number above `after`, and return the newest, else None.

        Raises CameraError once the camera has gone.
        """
        with self._fresh:
            self._fresh.wait_for(lambda: self._number > after or not self._running, timeout)
            if self._frame is not None and self._number > after:
                return self._number, self._frame
            if not self._running:
                raise CameraError(CameraFault.UNPLUGGED)
        return None

    def _capture(self, capture: cv2.VideoCapture) -> None:
        misses = 0
        try:
            while self._running and misses < 30:
                ok, frame = capture.read()
                if not ok:
                    misses += 1
                    time.sleep(0.03)
                    continue
                misses = 0
                with self._fresh:
                    self._frame, self._number = np.asarray(frame, np.uint8), self._number + 1
                    self._fresh.notify_all()
        finally:
            capture.release()
            with self._fresh:
                self._running = False
                self._fresh.notify_all()


def _open(source: int | str, width: int, height: int) -> cv2.VideoCapture:
    if isinstance(source, int) and sys.platform == "linux":
        device = Path(f"/dev/video{source}")
        if not device.exists():
            raise CameraError(CameraFault.NO_CAMERA, str(device))
        if not os.access(device, os.R_OK | os.W_OK):
            raise CameraError(CameraFault.PERMISSION_DENIED, str(device))
    capture = cv2.VideoCapture(source)
    if not capture.isOpened():
        capture.release()
        linux = isinstance(source, int) and sys.platform == "linux"
        raise CameraError(CameraFault.IN_USE if linux else CameraFault.NO_CAMERA, str(source))
    capture.set(cv2.CAP_PROP_FRAME_WIDTH, width)
    capture.set(cv2.CAP_PROP_FRAME_HEIGHT, height)
    return capture


def preview_jpeg(frame: Frame, width: int = 640) -> bytes:
    """A small JPEG of a frame for the screen."""
    scale = width / frame.shape[1]
    small = cv2.resize(frame, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA) if scale < 1 else frame
    return bytes(cv2.imencode(".jpg", small, [cv2.IMWRITE_JPEG_QUALITY, 75])[1])


def mirrored(picture: bytes) -> bytes:
    """The picture of a file with left and right exchanged, as a JPEG; one that cannot be read stays as it is."""
    read = cv2.imdecode(np.frombuffer(picture, np.uint8), cv2.IMREAD_COLOR) if picture else None
    if read is None:
        return picture
    return bytes(cv2.imencode(".jpg", cv2.flip(read, 1), [cv2.IMWRITE_JPEG_QUALITY, 95])[1])
