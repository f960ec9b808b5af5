"""The screen with the camera for one photo of a note or a report."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import flet as ft

from services.camera.frames import CameraFault, fault_of
from services.camera.state import Failed
from views.camera.live import LiveCamera
from views.camera.stage import LiveView, camera_stage, use_camera
from views.design import ON_OVER_READ, OVER_PICTURE, PICTURE, VEIL
from views.parts.frame import screen
from views.parts.look import keyed, known_as
from views.parts.shell import use_shell

SHUTTER = 80
"""The side of the large shutter, in logical pixels: hit without looking, in gloves."""

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
        picture = await still(camera)
        if picture is None and camera.state.fault:
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
            keyed("trigger", Shutter, camera, take),
            ft.OutlinedButton(back, on_click=shell.guard(close)),
        ],
        scroll=False,
    )


async def still(camera: LiveView) -> bytes | None:
    """Take one picture; None where the camera gives none, which its state says then."""
    if camera.take is None:
        return None
    run = camera.state.run
    try:
        async with asyncio.timeout(_SHUTTER_TIMEOUT):
            return await camera.take()
    except TimeoutError:
        camera.tell(Failed(run, CameraFault.UNPLUGGED))
    except RuntimeError as error:
        camera.tell(Failed(run, fault_of(str(error))))
    return None


@ft.component
def Shutter(camera: LiveView, take: Callable[[], Awaitable[None]], round_name: str | None = None) -> ft.Control:
    """The button that takes the photo: off until the camera is open, and while a photo is being taken.

    With `round_name` it is a large round one that lies on the picture, without words; screen readers say the name.
    """
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

    if round_name is not None:
        return known_as("photo-take", _round(shell.guard(pressed), round_name, off=taking or camera.take is None))
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


def _round(pressed: Callable[[], object], name: str, *, off: bool) -> ft.Control:
    return ft.IconButton(
        ft.Icon(ft.Icons.CAMERA, size=40, semantics_label=name, color=OVER_PICTURE if off else PICTURE),
        tooltip=name,
        width=SHUTTER,
        height=SHUTTER,
        bgcolor=VEIL if off else OVER_PICTURE,
        style=ft.ButtonStyle(side=ft.BorderSide(4, ON_OVER_READ), shape=ft.CircleBorder()),
        disabled=off,
        on_click=pressed,
    )
