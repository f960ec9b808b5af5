"""The live camera of every target behind one component.

It polls pictures in a browser, has an image stream on phones, and uses `cv2.VideoCapture` on a desktop. When it leaves
the screen it releases the camera; when it returns, it opens the camera again.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass, field
from typing import cast
from urllib.parse import urlsplit

import flet as ft
import flet_camera as fc
from flet.components.hooks.use_ref import MutableRef

from services.camera.frames import CameraError, CameraFault, DesktopCamera, Frame, fault_of, preview_jpeg
from services.camera.preview import Fit, View, sensor_view
from views.parts.look import known_as
from views.parts.shell import Shell
from views.parts.words import CAMERA_FAULTS

log = logging.getLogger(__name__)

OnFrame = Callable[[bytes | Frame], Coroutine[object, None, None]]
"""Is called with each frame: a JPEG's bytes, or an array on desktops."""

PICTURE_TIMEOUT = 5.0
"""`take_picture` has no time-out of its own; a camera that does not answer for so long has gone (seconds)."""


@dataclass
class Shutter:
    """What the component lets the screen around it do with the camera.

    `take` takes one still picture. `torch` switches the light of a camera that has one on and off; it may raise
    RuntimeError or TimeoutError. `view` tells how frames are shown in the preview, which `overlay` covers.
    """

    take: Callable[[], Awaitable[bytes | None]] | None = None
    torch: Callable[[bool], Awaitable[None]] | None = None
    view: View = field(default_factory=View)


def fault_panel(shell: Shell, fault: CameraFault, retry: Callable[[], None]) -> ft.Control:
    """Drawn instead of the picture: why there is none, what to do, and a button to try again."""
    _ = shell.texts.gettext
    title, advice = CAMERA_FAULTS[fault]
    return known_as(
        "camera-fault",
        ft.Container(
            ft.Column(
                [
                    ft.Icon(ft.Icons.VIDEOCAM_OFF, size=48, color=ft.Colors.ON_SURFACE_VARIANT),
                    ft.Text(_(title), size=18, weight=ft.FontWeight.W_600, text_align=ft.TextAlign.CENTER),
                    ft.Text(_(advice), text_align=ft.TextAlign.CENTER),
                    ft.FilledTonalButton(_("Try again"), icon=ft.Icons.REFRESH, on_click=shell.guard(retry)),
                ],
                alignment=ft.MainAxisAlignment.CENTER,
                horizontal_alignment=ft.CrossAxisAlignment.CENTER,
                scroll=ft.ScrollMode.AUTO,
            ),
            bgcolor=ft.Colors.SURFACE_CONTAINER_HIGH,
            padding=24,
            alignment=ft.Alignment.CENTER,
            expand=True,
        ),
        expand=True,
    )


@ft.component
def LiveCamera(
    on_frame: OnFrame,
    on_fault: Callable[[CameraFault], None],
    shutter: Shutter,
    overlay: ft.Control | None = None,
) -> ft.Control:
    """Show the camera's picture and give its frames to `on_frame`.

    A frame that comes while `on_frame` runs is dropped. `on_fault` is called once with the reason why there is no
    picture. The camera is released when the component leaves the tree.
    """
    page = ft.context.page
    if page.web or page.platform in (ft.PagePlatform.ANDROID, ft.PagePlatform.IOS):
        return _PluginCamera(on_frame, on_fault, shutter, overlay)
    return _DesktopCamera(on_frame, on_fault, shutter, overlay)


@ft.component
def _PluginCamera(
    on_frame: OnFrame,
    on_fault: Callable[[CameraFault], None],
    shutter: Shutter,
    overlay: ft.Control | None,
) -> ft.Control:
    page = ft.context.page
    drawn: MutableRef[fc.Camera] = ft.use_ref(None)
    sensor: MutableRef[fc.CameraDescription] = ft.use_ref(None)
    one_at_a_time = ft.use_memo(asyncio.Lock, [])
    android = not page.web and page.platform is ft.PagePlatform.ANDROID

    async def streamed(event: fc.CameraImageEvent) -> None:
        await on_frame(event.bytes)

    def turned(event: fc.CameraStateEvent) -> None:
        """Follow the device's turns: Android gives frames as the sensor is mounted, but turns the preview."""
        if sensor.current and event.device_orientation:
            turn = _TURNS[event.device_orientation]
            shutter.view = sensor_view(sensor.current.sensor_orientation, turn, front=_faces_person(sensor.current))

    # Controls are made anew at each drawing; the newest is on the screen and answers calls.
    drawn.current = fc.Camera(
        expand=True, content=overlay, on_stream_image=streamed, on_state_change=turned if android else None
    )

    def camera() -> fc.Camera:
        if drawn.current is None:
            raise RuntimeError("the camera has not been drawn yet")
        return drawn.current

    async def take() -> bytes:
        async with one_at_a_time:  # the plugin refuses a request for a picture before the last one has come
            return await asyncio.wait_for(camera().take_picture(), PICTURE_TIMEOUT)

    async def torch(on: bool) -> None:
        mode = fc.FlashMode.TORCH if on else fc.FlashMode.OFF
        await asyncio.wait_for(camera().set_flash_mode(mode), PICTURE_TIMEOUT)

    async def run() -> None:
        shutter.view = View() if page.web else View(Fit.FILL)
        try:
            sensor.current = chosen = await _choose(camera, insecure=_insecure(page))
            if android:
                shutter.view = sensor_view(chosen.sensor_orientation, 0, front=_faces_person(chosen))
            await camera().initialize(chosen, fc.ResolutionPreset.HIGH, enable_audio=False)
            shutter.take = take
            shutter.torch = torch if await _can(torch) else None
            if await camera().supports_image_streaming():
                await camera().start_image_stream()
                return
            while True:
                await on_frame(await take())
                await asyncio.sleep(0.02)
        except CameraError as error:
            on_fault(error.fault)
        except TimeoutError:
            on_fault(CameraFault.UNPLUGGED)
        except RuntimeError as error:
            if not _on_screen(camera()):  # it was just removed, as when the window's layout changes
                return
            log.info("camera: %s", error)
            on_fault(fault_of(str(error)))

    _use_while_shown(run, shutter)
    if page.web:  # the video fills any box, and what reaches beyond is cut off
        return cast("ft.Control", drawn.current)
    # The plugin keeps the picture's shape only if its size is free; in a box of a given size it would distort the
    # picture.
    return ft.Container(drawn.current, alignment=ft.Alignment.CENTER, bgcolor=ft.Colors.BLACK, expand=True)


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


def _use_while_shown(run: Callable[[], Coroutine[object, None, None]], shutter: Shutter) -> None:
    """Hook: run the camera while its picture is on the screen, and release it afterwards."""
    task: MutableRef[asyncio.Task[None]] = ft.use_ref(None)

    def start() -> None:
        task.current = asyncio.get_running_loop().create_task(run())

    def stop() -> None:
        shutter.take = shutter.torch = None
        if task.current:
            task.current.cancel()

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
def _DesktopCamera(
    on_frame: OnFrame,
    on_fault: Callable[[CameraFault], None],
    shutter: Shutter,
    overlay: ft.Control | None,
) -> ft.Control:
    picture, set_picture = ft.use_state(_BLACK)

    async def run() -> None:
        camera = DesktopCamera()
        reading: asyncio.Task[None] | None = None
        number = 0
        try:
            await asyncio.to_thread(camera.start)

            async def still() -> bytes | None:
                newest = await asyncio.to_thread(camera.latest, 0)
                return preview_jpeg(newest[1], width=2560) if newest else None

            shutter.take = still
            while True:
                newest = await asyncio.to_thread(camera.latest, number)
                if newest is None:
                    continue
                number, frame = newest
                set_picture(await asyncio.to_thread(preview_jpeg, frame))
                if reading is None or reading.done():
                    reading = asyncio.get_running_loop().create_task(on_frame(frame))
        except CameraError as error:
            on_fault(error.fault)
        finally:
            await asyncio.shield(asyncio.to_thread(camera.stop))

    _use_while_shown(run, shutter)
    preview = ft.Image(src=picture, gapless_playback=True, fit=ft.BoxFit.COVER, expand=True)
    return ft.Stack([preview, *([overlay] if overlay else [])], expand=True, fit=ft.StackFit.EXPAND)


_BLACK = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c4944415408d763606060000000040001f61738550000000049454e44ae426082"
)
"""A black picture of one pixel, shown until the first frame."""
