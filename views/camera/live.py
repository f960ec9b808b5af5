"""The live camera of every target behind one component.

It polls pictures in a browser, has an image stream on phones, and uses `cv2.VideoCapture` on a desktop. What it does
and why it does not is one state (`services/camera/state.py`), which the screen shows in words wherever there is no
picture. When it leaves the screen it releases the camera; when it returns, or another client connects, it opens the
camera again.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import Awaitable, Callable, Coroutine
from typing import TypeVar, cast
from urllib.parse import urlsplit

import flet as ft
import flet_camera as fc
from flet.components.hooks.use_ref import MutableRef

from services.camera.frames import CameraError, CameraFault, DesktopCamera, Frame, fault_of, preview_jpeg
from services.camera.preview import Fit, View, sensor_view
from services.camera.state import (
    CameraState,
    Drawn,
    Event,
    Failed,
    Opened,
    Phase,
    PictureCame,
    Retried,
    Seen,
    StillPictures,
    StoodStill,
    TookLong,
    after,
)
from views.parts.look import known_as
from views.parts.shell import Shell, use_shell
from views.parts.words import CAMERA_FAULTS, CAMERA_PAUSED

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


class Told(ft.Observable):
    """One thing that is told of a camera; a change redraws the components that use it."""

    def __init__(self, value: object) -> None:
        self.value = value


class LiveView:
    """The camera of one screen: its state, and what the screen may do with it.

    `take` takes one still picture, and is None until the camera is open. `torch` switches the light of a camera that
    has one on and off; it may raise RuntimeError or TimeoutError. `view` tells how frames are shown in the preview,
    which an overlay covers. `place` changes with what has the camera's place on the screen, `progress` with each step
    of an opening: what is drawn for a step must not redraw the camera itself.
    """

    def __init__(self) -> None:
        self._state = CameraState()
        self._still = StillPictures()
        self._task: asyncio.Task[None] | None = None
        self.take: Callable[[], Awaitable[bytes | None]] | None = None
        self.torch: Callable[[bool], Awaitable[None]] | None = None
        self.view = View()
        self.place = Told(None)
        self.progress = Told(None)

    @property
    def state(self) -> CameraState:
        """What the camera does now."""
        return self._state

    def follow(self, client: int, *, shown: bool) -> CameraState:
        """Give the state for a drawing, in which the picture is shown or not, by this client.

        Asked at each drawing rather than told by an effect, because Flet drops effects while no client is connected.
        """
        self._state = after(self._state, Seen(shown, client))
        return self._state

    def tell(self, event: Event) -> None:
        """Tell what has happened."""
        self._state = after(self._state, event)
        self.place.value = (self._state.run, self._state.fault)
        self.progress.value = (self._state.phase, self._state.slow)

    def looks_still(self, picture: bytes) -> bool:
        """Whether the pictures have stood still so long that it is time to look what is the matter."""
        return self._still.told(picture, time.monotonic())

    def run(self, doing: Coroutine[object, None, None]) -> asyncio.Task[None]:
        """Run the camera; what ran before is ended, where Flet has dropped the effect that would have done so."""
        if self._task:
            self._task.cancel()
        self._task = asyncio.get_running_loop().create_task(doing)
        return self._task

    def end(self, task: asyncio.Task[None]) -> None:
        """End a run, and release what it gave to the screen."""
        task.cancel()
        if task is self._task:
            self.take = self.torch = None


def use_camera() -> LiveView:
    """Hook: a camera for this screen, which is redrawn when something else has the camera's place."""
    camera = ft.use_memo(LiveView, [])
    ft.use_state(camera.place)
    return camera


def camera_stage(shell: Shell, camera: LiveView, draw: Callable[[str], ft.Control], *, shown: bool) -> ft.Control:
    """Draw what has the camera's place on a screen, which is `shown` or covered by another.

    While the camera runs, that is what `draw` makes: a `LiveCamera`, or what holds one, under the given key. Each
    opening has another key and so begins afresh. Else it says why there is no picture, with a button to try again.
    """
    state = camera.follow(shell.client, shown=shown and not shell.away)
    return draw(f"camera {state.run}") if state.runs else _no_picture(shell, camera)


def _no_picture(shell: Shell, camera: LiveView) -> ft.Control:
    _ = shell.texts.gettext

    def retry() -> None:
        shell.away = False  # whoever taps is here, whatever the client said last
        camera.tell(Retried())

    fault = camera.state.fault
    title, advice = CAMERA_FAULTS[fault] if fault else CAMERA_PAUSED
    words = [
        ft.Icon(ft.Icons.VIDEOCAM_OFF, size=48, color=ft.Colors.ON_SURFACE_VARIANT),
        ft.Text(_(title), size=18, weight=ft.FontWeight.W_600, text_align=ft.TextAlign.CENTER),
        ft.Text(_(advice), text_align=ft.TextAlign.CENTER),
        ft.FilledTonalButton(
            _("Try again") if fault else _("Start the camera"), icon=ft.Icons.REFRESH, on_click=shell.guard(retry)
        ),
    ]
    panel = ft.Container(
        ft.Column(
            cast("list[ft.Control]", words),
            alignment=ft.MainAxisAlignment.CENTER,
            horizontal_alignment=ft.CrossAxisAlignment.CENTER,
            scroll=ft.ScrollMode.AUTO,
        ),
        bgcolor=ft.Colors.SURFACE_CONTAINER_HIGH,
        padding=24,
        alignment=ft.Alignment.CENTER,
        expand=True,
    )
    return known_as("camera-fault" if fault else "camera-paused", panel, expand=True)


@ft.component
def _Curtain(camera: LiveView) -> ft.Control:
    """Cover the preview until there is a picture, and say that it is being opened."""
    shell = use_shell()
    ft.use_state(camera.progress)
    _, state = shell.texts.gettext, camera.state
    if state.phase is Phase.LIVE:
        return ft.Container(visible=False)
    words: list[ft.Control] = [ft.Text(_("Opening the camera …"), color=ft.Colors.WHITE)]
    if state.slow:
        advice = _("If you are asked whether this page or app may use the camera, allow it.")
        words += [
            ft.Text(advice, color=ft.Colors.WHITE, text_align=ft.TextAlign.CENTER),
            ft.FilledTonalButton(
                _("Try again"), icon=ft.Icons.REFRESH, on_click=shell.guard(lambda: camera.tell(Retried()))
            ),
        ]
    column = ft.Column(
        words, alignment=ft.MainAxisAlignment.CENTER, horizontal_alignment=ft.CrossAxisAlignment.CENTER, tight=True
    )
    cover = ft.Container(column, bgcolor=ft.Colors.BLACK, padding=24, alignment=ft.Alignment.CENTER, expand=True)
    return known_as("camera-opening", cover, expand=True)


@ft.component
def LiveCamera(camera: LiveView, on_frame: OnFrame, overlay: ft.Control | None = None) -> ft.Control:
    """Open the camera, show its picture and give its frames to `on_frame`; to be drawn by `camera_stage`.

    A frame that comes while `on_frame` runs is dropped. The camera is released when the component leaves the tree.
    """
    page = use_shell().page
    plugin = page.web or page.platform in (ft.PagePlatform.ANDROID, ft.PagePlatform.IOS)
    picture = (_PluginCamera if plugin else _DesktopCamera)(camera, on_frame, overlay)
    return ft.Stack([picture, _Curtain(camera)], expand=True, fit=ft.StackFit.EXPAND)


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
        """Call the newest control, which may be another by the time that the call is begun, and limit the wait."""

        async def called() -> T:
            return await call(control())

        return await asyncio.wait_for(called(), PICTURE_TIMEOUT)

    async def take() -> bytes:
        async with one_at_a_time:  # the plugin refuses a request for a picture before the last one has come
            return await soon(lambda newest: newest.take_picture())

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
        camera.take = take
        camera.tell(Opened(run))
        if await soon(lambda newest: newest.supports_image_streaming()):
            await soon(lambda newest: newest.start_image_stream())
            while True:
                came.clear()
                await asyncio.wait_for(came.wait(), STREAM_TIMEOUT)
                camera.tell(PictureCame(run))
        while True:
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
