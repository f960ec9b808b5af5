"""Reads the frames of a live picture and switches its light, as every screen that scans does."""

from __future__ import annotations

import logging

from services.camera.frames import CameraFault, Frame, FrameReader, SeenFrame
from services.camera.state import Failed
from views.camera.overlay import Viewfinder
from views.camera.stage import LiveView
from views.parts.shell import Shell

_log = logging.getLogger(__name__)


async def read_frame(reader: FrameReader, camera: LiveView, run: int, picture: bytes | Frame) -> SeenFrame | None:
    """Read a frame of this opening of the camera; None where nothing is to be done, or where reading failed.

    A failure stops the camera, and the screen says so.
    """
    try:
        return await reader.read(picture)
    except Exception:
        _log.exception("a frame could not be read")
        camera.tell(Failed(run, CameraFault.FAILED))
        return None


async def switch_torch(shell: Shell, camera: LiveView, viewfinder: Viewfinder, on: bool) -> None:
    """Turn the light on or off; where it cannot be, the person is told, and its switch goes."""
    if camera.torch is None:
        return
    try:
        await camera.torch(on)
    except (RuntimeError, TimeoutError) as error:
        _log.info("torch: %s", error)
        camera.torch = None
        viewfinder.set_torch(None)
        shell.say(shell.texts.gettext("This camera has no torch that can be turned on."))
    else:
        viewfinder.set_torch(on)
