"""flet_camera's client side, as its camera.dart and Flutter's camera plugin behave, for a `headless.Client`."""

from __future__ import annotations

import asyncio
import io
from pathlib import Path
from typing import Any

import flet_camera as fc
from PIL import Image

from tests.views.headless import NEVER, Call, Client

FRONT = {"name": "1", "lens_direction": "front", "sensor_orientation": 270, "lens_type": "unknown"}
BACK = {"name": "0", "lens_direction": "back", "sensor_orientation": 90, "lens_type": "unknown"}


class Plugin:
    """The cameras of one device.

    `fault` is what opening says, in the words of CameraException.toString; `picture` is what `take_picture` returns
    after `shutter_time` seconds; each step of opening takes `delay` seconds. `no_torch` is what it says of a camera
    without a light, in a browser and on iOS to any order, on Android when it is to be lit.
    """

    def __init__(self, *cameras: dict[str, Any], streams: bool = True, picture: Any = b"") -> None:
        self.cameras = list(cameras)
        self.streams = streams
        self.picture = picture
        self.fault: str | None = None
        self.no_torch: str | None = None
        self.torch = "auto"
        self.delay = 0.0
        self.shutter_time = 0.01
        self.taken = 0
        self._opened: dict[int, dict[str, Any]] = {}
        self._streaming: set[int] = set()
        self._busy = False

    @property
    def answers(self) -> dict[str, Any]:
        return {
            "get_available_cameras": self._get_available_cameras,
            "initialize": self._initialize,
            "supports_image_streaming": self._supports_image_streaming,
            "start_image_stream": self._start_image_stream,
            "take_picture": self._take_picture,
            "set_flash_mode": self._set_flash_mode,
        }

    def streaming(self, app: Client) -> fc.Camera | None:
        """The camera that is on the screen, where it streams; None where there is none or it stands still."""
        drawn = app.everywhere(fc.Camera)
        assert len(drawn) <= 1, "two would want the same camera"
        return drawn[0] if drawn and drawn[0]._i in self._streaming else None

    async def _get_available_cameras(self, _call: Call) -> list[dict[str, Any]]:
        await asyncio.sleep(self.delay)
        return self.cameras

    async def _initialize(self, call: Call) -> None:
        await asyncio.sleep(self.delay)
        if self.fault:
            raise RuntimeError(self.fault)
        self._opened[call.control] = call.arguments

    def _supports_image_streaming(self, call: Call) -> bool:
        self._require(call)
        return self.streams

    def _start_image_stream(self, call: Call) -> None:
        self._require(call)
        self._streaming.add(call.control)

    def _set_flash_mode(self, call: Call) -> None:
        self._require(call)
        if self.no_torch and (call.arguments["mode"] == "torch" or "torchModeNotSupported" in self.no_torch):
            raise RuntimeError(self.no_torch)
        self.torch = call.arguments["mode"]

    def _take_picture(self, call: Call) -> Any:
        self._require(call)
        if self._busy:
            raise RuntimeError(
                "CameraException(Previous capture has not returned yet., "
                "takePicture was called before the previous capture returned.)"
            )
        self.taken += 1
        if self.picture is NEVER:
            return NEVER
        self._busy = True
        return self._shoot()

    async def _shoot(self) -> Any:
        await asyncio.sleep(self.shutter_time)
        self._busy = False
        return self.picture

    def _require(self, call: Call) -> None:
        if call.control not in self._opened:
            raise RuntimeError("Exception: Camera is not initialized. Call initialize() first.")


def jpeg(file: Path, width: int = 1280) -> bytes:
    """A picture file as a camera gives it."""
    with Image.open(file) as opened:
        picture = opened.convert("RGB")
    picture = picture.resize((width, round(picture.height * width / picture.width)))
    target = io.BytesIO()
    picture.save(target, "JPEG", quality=85)
    return target.getvalue()


def image_event(data: bytes) -> dict[str, Any]:
    """A `stream_image` event of an Android phone that shows this JPEG."""
    return {
        "width": 1280,
        "height": 720,
        "format": "yuv420",
        "encoded_format": "jpeg",
        "lens_aperture": 1.8,
        "sensor_exposure_time": 10_000_000,
        "sensor_sensitivity": 400.0,
        "bytes": data,
    }
