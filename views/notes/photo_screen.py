"""The screen with the camera for one photo of a note."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import cast

import flet as ft

from services.camera.frames import CameraFault
from views.camera.live import LiveCamera, Shutter, fault_panel
from views.parts.look import keyed, known_as, screen
from views.parts.shell import use_shell

_SHUTTER_TIMEOUT = 8.0
"""How long a photo may take, in seconds; after that the camera counts as gone."""


@ft.component
def PhotoScreen(route: str, add: Callable[[bytes], Awaitable[None]], close: Callable[[], None]) -> ft.View:
    """Show the camera until a picture is taken, which is passed to `add`, or until the person goes back."""
    shell = use_shell()
    _ = shell.texts.gettext
    shutter = ft.use_memo(Shutter, [])
    fault, set_fault = ft.use_state(cast("CameraFault | None", None))
    attempt, set_attempt = ft.use_state(0)

    def retry() -> None:
        set_fault(None)
        set_attempt(attempt + 1)

    async def ignore(_frame: object) -> None:
        return None

    async def take() -> None:
        if shutter.take is None:
            return
        try:
            picture = await asyncio.wait_for(shutter.take(), _SHUTTER_TIMEOUT)
        except TimeoutError:
            set_fault(CameraFault.UNPLUGGED)
            return
        close()
        if picture:
            await add(picture)

    stage: ft.Control
    if fault is None:
        stage = keyed(f"camera {attempt}", LiveCamera, ignore, set_fault, shutter)
    else:
        stage = fault_panel(shell, fault, retry)
    return screen(
        shell,
        route,
        _("Take a photo"),
        [
            ft.Container(stage, expand=True, border_radius=16, clip_behavior=ft.ClipBehavior.ANTI_ALIAS),
            known_as(
                "photo-take",
                ft.FilledButton(
                    _("Take it"),
                    icon=ft.Icons.CAMERA,
                    height=56,
                    disabled=fault is not None,
                    on_click=shell.guard(take),
                ),
            ),
            ft.OutlinedButton(_("Back to the note"), on_click=shell.guard(close)),
        ],
        scroll=False,
    )
