"""What has the camera's place on a screen: its picture, or words that say why there is none and what to do.

What the camera does and why it does not is one state (`services/camera/state.py`), which is followed here.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Coroutine
from typing import cast

import flet as ft

from services.camera.preview import View
from services.camera.state import CameraState, Event, Phase, Retried, Seen, StillPictures, after
from views.design import INK_2, INSIDE, SHEET, SURFACE_3, Type
from views.parts.look import known_as, text
from views.parts.shell import Shell, use_shell
from views.parts.words import CAMERA_FAULTS, CAMERA_PAUSED


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
    sign = ft.Container(ft.Icon(ft.Icons.VIDEOCAM_OFF, size=40, color=INK_2), bgcolor=SURFACE_3, border_radius=SHEET)
    sign.padding = INSIDE
    words = [
        sign,
        text(_(title), Type.TITLE, text_align=ft.TextAlign.CENTER),
        ft.Text(_(advice), text_align=ft.TextAlign.CENTER),
        ft.FilledTonalButton(
            _("Try again") if fault else _("Start the camera"), icon=ft.Icons.REFRESH, on_click=shell.guard(retry)
        ),
    ]
    told = ft.Container(
        ft.Column(
            cast("list[ft.Control]", words),
            alignment=ft.MainAxisAlignment.CENTER,
            horizontal_alignment=ft.CrossAxisAlignment.CENTER,
            tight=True,
        ),
        padding=INSIDE,
        alignment=ft.Alignment.CENTER,
    )
    return known_as("camera-fault" if fault else "camera-paused", told)


@ft.component
def Curtain(camera: LiveView) -> ft.Control:
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
