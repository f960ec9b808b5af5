"""The screen with the camera for one photo of a note or a report."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import flet as ft

from services.camera.frames import CameraFault, fault_of
from services.camera.state import Failed
from views.camera.live import LiveCamera
from views.camera.stage import LiveView, camera_stage, use_camera
from views.parts.frame import screen
from views.parts.look import keyed, known_as
from views.parts.shell import use_shell

_SHUTTER_TIMEOUT = 8.0
"""How long a photo may take, in seconds; after that the camera counts as gone."""


@ft.component
def PhotoScreen(route: str, add: Callable[[bytes], Awaitable[None]], close: Callable[[], None], back: str) -> ft.View:
    """Show the camera until a picture is taken, which is passed to `add`, or until the person goes back.

    `back` are the words of the way back.
    """
    shell = use_shell()
    _ = shell.texts.gettext
    camera = use_camera()

    async def ignore(_frame: object) -> None:
        return None

    async def take() -> None:
        if camera.take is None:
            return
        run = camera.state.run
        try:
            picture = await asyncio.wait_for(camera.take(), _SHUTTER_TIMEOUT)
        except TimeoutError:
            camera.tell(Failed(run, CameraFault.UNPLUGGED))
            return
        except RuntimeError as error:
            camera.tell(Failed(run, fault_of(str(error))))
            return
        close()
        if picture:
            await add(picture)

    stage = camera_stage(shell, camera, lambda key: keyed(key, LiveCamera, camera, ignore), shown=True)
    return screen(
        shell,
        route,
        _("Take a photo"),
        [
            ft.Container(stage, expand=True, border_radius=16, clip_behavior=ft.ClipBehavior.ANTI_ALIAS),
            _Trigger(camera, take),
            ft.OutlinedButton(back, on_click=shell.guard(close)),
        ],
        scroll=False,
    )


@ft.component
def _Trigger(camera: LiveView, take: Callable[[], Awaitable[None]]) -> ft.Control:
    """The button that takes the photo: off until the camera is open, and while a photo is being taken."""
    shell = use_shell()
    _ = shell.texts.gettext
    ft.use_state(camera.progress)
    taking, set_taking = ft.use_state(False)

    async def pressed() -> None:
        set_taking(True)
        try:
            await take()
        finally:
            set_taking(False)

    return known_as(
        "photo-take",
        ft.FilledButton(
            _("Taking the photo …") if taking else _("Take it"),
            icon=ft.Icons.CAMERA,
            height=56,
            disabled=taking or camera.take is None,
            on_click=shell.guard(pressed),
        ),
    )
