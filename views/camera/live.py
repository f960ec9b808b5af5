"""The live camera of every target behind one component.

It polls pictures in a browser, has an image stream on phones, and uses `cv2.VideoCapture` on a desktop. When it leaves
the screen it releases the camera; when it returns, or another client connects, it opens the camera again.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, Coroutine
from typing import TypeVar, cast
from urllib.parse import urlsplit

import flet as ft
import flet_camera as fc
from flet.components.hooks.use_ref import MutableRef

from services.camera.frames import CameraError, CameraFault, DesktopCamera, Frame, fault_of, mirrored, preview_jpeg
from services.camera.preview import Fit, View, sensor_view
from services.camera.state import Drawn, Failed, Opened, PictureCame, StoodStill, TookLong
from views.camera.stage import Curtain, LiveView
from views.parts.shell import use_shell

log = logging.getLogger(__name__)

T = TypeVar("T")

OnFrame = Callable[[bytes | Frame], Coroutine[object, None, None]]
"""Is called with each frame: a JPEG's bytes, or an array on desktops."""

PICTURE_TIMEOUT = 5.0
"""`take_picture` has no time-out of its own; a camera that does not answer for so long has gone (seconds)."""

STREAM_TIMEOUT = 10.0
"""A stream that brings no frame for so long has ended (seconds): a slow phone needs one or two for a frame."""

SLOW = 3.0
"""An opening that takes longer than this needs words of advice, such as that a question is to be answered (seconds)."""


@ft.component
def LiveCamera(camera: LiveView, on_frame: OnFrame, overlay: ft.Control | None = None) -> ft.Control:
    """Open the camera, show its picture and give its frames to `on_frame`; to be drawn by `camera_stage`.

    A frame that comes while `on_frame` runs is dropped. The camera is released when the component leaves the tree.
    """
    page = use_shell().page
    plugin = page.web or page.platform in (ft.PagePlatform.ANDROID, ft.PagePlatform.IOS)
    picture = (_PluginCamera if plugin else _DesktopCamera)(camera, on_frame, overlay)
    return ft.Stack([picture, Curtain(camera)], expand=True, fit=ft.StackFit.EXPAND)


@ft.component
def _PluginCamera(camera: LiveView, on_frame: OnFrame, overlay: ft.Control | None) -> ft.Control:
    shell = use_shell()
    page = shell.page
    drawn: MutableRef[fc.Camera] = ft.use_ref(None)
    sensor: MutableRef[fc.CameraDescription] = ft.use_ref(None)
    one_at_a_time = ft.use_memo(asyncio.Lock, [])
    came = ft.use_memo(asyncio.Event, [])
    android = not page.web and page.platform is ft.PagePlatform.ANDROID

    async def streamed(event: fc.CameraImageEvent) -> None:
        came.set()
        await on_frame(event.bytes)

    def turned(event: fc.CameraStateEvent) -> None:
        """Follow the device's turns: Android gives frames as the sensor is mounted, but turns the preview."""
        if sensor.current and event.device_orientation:
            turn = _TURNS[event.device_orientation]
            camera.view = sensor_view(sensor.current.sensor_orientation, turn, front=_faces_person(sensor.current))

    # Controls are made anew at each drawing; the newest is on the screen and answers calls.
    drawn.current = fc.Camera(
        expand=True, content=overlay, on_stream_image=streamed, on_state_change=turned if android else None
    )

    def control() -> fc.Camera:
        if drawn.current is None:
            raise RuntimeError("the camera has not been drawn yet")
        return drawn.current

    async def soon(call: Callable[[fc.Camera], Awaitable[T]]) -> T:
        """Call the newest control, and limit the wait."""
        async with asyncio.timeout(PICTURE_TIMEOUT):
            return await call(control())

    async def take() -> bytes:
        async with one_at_a_time:  # the plugin refuses a request for a picture before the last one has come
            return await soon(lambda newest: newest.take_picture())

    async def photo() -> bytes:
        """A picture to be kept. Browsers' plugin mirrors those of every camera that does not face away."""
        picture = await take()
        if page.web and sensor.current and sensor.current.lens_direction is not fc.CameraLensDirection.BACK:
            return await asyncio.to_thread(mirrored, picture)
        return picture

    async def torch(on: bool) -> None:
        mode = fc.FlashMode.TORCH if on else fc.FlashMode.OFF
        await soon(lambda newest: newest.set_flash_mode(mode))

    async def pictures(run: int) -> None:
        """Open the camera and pass its pictures on; the opening may wait for the person's answer, and has no limit."""
        camera.view = View() if page.web else View(Fit.FILL)
        sensor.current = chosen = await _choose(control, insecure=_insecure(page))
        if android:
            camera.view = sensor_view(chosen.sensor_orientation, 0, front=_faces_person(chosen))
        await control().initialize(chosen, fc.ResolutionPreset.HIGH, enable_audio=False)
        camera.torch = torch if await _can(torch) else None
        camera.take = photo
        camera.tell(Opened(run))
        if await soon(lambda newest: newest.supports_image_streaming()):
            await soon(lambda newest: newest.start_image_stream())
            while not _was_cancelled():
                came.clear()
                async with asyncio.timeout(STREAM_TIMEOUT):
                    await came.wait()
                camera.tell(PictureCame(run))
        while not _was_cancelled():
            picture = await take()
            camera.tell(PictureCame(run))
            if picture and camera.looks_still(picture):
                camera.tell(StoodStill(run))
            await on_frame(picture)
            await asyncio.sleep(0.02)

    async def run() -> None:
        number = camera.state.run
        try:
            await pictures(number)
        except CameraError as error:
            camera.tell(Failed(number, error.fault))
        except TimeoutError:
            camera.tell(Failed(number, CameraFault.UNPLUGGED))
        except RuntimeError as error:
            if not _on_screen(control()):  # it was just removed, as when the window's layout changes
                return
            log.info("camera: %s", error)
            camera.tell(Failed(number, fault_of(str(error))))

    def covered() -> None:
        """Release the camera of a page that is hidden, in which nothing is drawn, and so nothing is taken away."""
        if page.web and shell.away and drawn.current:
            asyncio.get_running_loop().create_task(_let_go(page, drawn.current._i))

    _use_while_shown(camera, run, covered)
    if page.web:  # the video fills any box, and what reaches beyond is cut off
        return cast("ft.Control", drawn.current)
    # The plugin keeps the picture's shape only if its size is free; in a box of a given size it would distort the
    # picture.
    return ft.Container(drawn.current, alignment=ft.Alignment.CENTER, bgcolor=ft.Colors.BLACK, expand=True)


def _was_cancelled() -> bool:
    """Whether the running task is to end: Flet waits by `asyncio.wait_for`, which may forget it with an answer."""
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0


async def _let_go(page: ft.Page, camera: int) -> None:
    """End what a camera control has opened. The plugin has no call for it, but to open another ends the one before."""
    nobody = fc.CameraDescription("", fc.CameraLensDirection.EXTERNAL, 0)
    arguments = {"description": nobody, "resolution_preset": fc.ResolutionPreset.LOW, "enable_audio": False}
    with contextlib.suppress(RuntimeError, TimeoutError):  # there is no such camera
        await page.session.invoke_method(camera, "initialize", arguments, PICTURE_TIMEOUT)


# How far the screen's content is turned against the phone (Display.getRotation), by Flutter's names of orientations.
_TURNS = {
    ft.DeviceOrientation.PORTRAIT_UP: 0,
    ft.DeviceOrientation.LANDSCAPE_LEFT: 90,
    ft.DeviceOrientation.PORTRAIT_DOWN: 180,
    ft.DeviceOrientation.LANDSCAPE_RIGHT: 270,
}


def _on_screen(control: ft.Control) -> bool:
    try:
        return bool(control.page)
    except RuntimeError:
        return False


def _faces_person(camera: fc.CameraDescription) -> bool:
    return camera.lens_direction is fc.CameraLensDirection.FRONT


async def _can(torch: Callable[[bool], Awaitable[None]]) -> bool:
    """Whether the camera has a light: where there is none, browsers and iOS refuse even to switch it off.

    Android refuses only to switch it on.
    """
    try:
        await torch(False)
    except (RuntimeError, TimeoutError):
        return False
    return True


def _use_while_shown(
    camera: LiveView, run: Callable[[], Coroutine[object, None, None]], left: Callable[[], None] = lambda: None
) -> None:
    """Hook: run the camera while its picture is on the screen, then release it and call `left`."""
    task: MutableRef[asyncio.Task[None]] = ft.use_ref(None)
    number = camera.state.run

    async def advise() -> None:
        await asyncio.sleep(SLOW)
        camera.tell(TookLong(number))

    async def both() -> None:
        advice = asyncio.create_task(advise())
        try:
            await run()
        finally:
            advice.cancel()

    def start() -> None:
        camera.tell(Drawn(number))
        task.current = camera.run(both())

    def stop() -> None:
        if task.current:
            camera.end(task.current)
        left()

    ft.use_effect(start, [], cleanup=stop)


async def _choose(camera: Callable[[], fc.Camera], *, insecure: bool) -> fc.CameraDescription:
    """Choose the camera that faces away from the person, else the first. Raises CameraError or RuntimeError.

    The screen may be redrawn meanwhile, so each call uses the newest control.
    """
    if insecure:
        raise CameraError(CameraFault.INSECURE_PAGE)
    cameras = await camera().get_available_cameras()
    if not cameras:
        raise CameraError(CameraFault.NO_CAMERA)
    back = [c for c in cameras if c.lens_direction == fc.CameraLensDirection.BACK]
    return (back or cameras)[0]


def _insecure(page: ft.Page) -> bool:
    """Whether browsers refuse this page the camera because it is neither HTTPS nor local (W3C Secure Contexts, 3.1)."""
    if not page.web or not page.url:
        return False
    address = urlsplit(page.url)
    return address.scheme in ("http", "ws") and address.hostname not in ("localhost", "127.0.0.1", "::1")


@ft.component
def _DesktopCamera(camera: LiveView, on_frame: OnFrame, overlay: ft.Control | None) -> ft.Control:
    picture, set_picture = ft.use_state(_BLACK)

    async def run() -> None:
        number = camera.state.run
        device = DesktopCamera()
        reading: asyncio.Task[None] | None = None
        newest_number = 0
        try:
            await asyncio.to_thread(device.start)

            async def still() -> bytes | None:
                newest = await asyncio.to_thread(device.latest, 0)
                return preview_jpeg(newest[1], width=2560) if newest else None

            camera.take = still
            camera.tell(Opened(number))
            while True:
                newest = await asyncio.to_thread(device.latest, newest_number)
                if newest is None:
                    continue
                newest_number, frame = newest
                set_picture(await asyncio.to_thread(preview_jpeg, frame))
                camera.tell(PictureCame(number))
                if reading is None or reading.done():
                    reading = asyncio.get_running_loop().create_task(on_frame(frame))
        except CameraError as error:
            camera.tell(Failed(number, error.fault))
        finally:
            await asyncio.shield(asyncio.to_thread(device.stop))

    _use_while_shown(camera, run)
    preview = ft.Image(src=picture, gapless_playback=True, fit=ft.BoxFit.COVER, expand=True)
    return ft.Stack([preview, *([overlay] if overlay else [])], expand=True, fit=ft.StackFit.EXPAND)


_BLACK = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c4944415408d763606060000000040001f61738550000000049454e44ae426082"
)
"""A black picture of one pixel, shown until the first frame."""
